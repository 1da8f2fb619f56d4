/** WeChat Pay: the keys of the settings, and a signed call to each endpoint that changes nothing. */
import { isSignersFault } from "../../domain/attempt-result.ts";
import { guide, hasTheirForm } from "../../domain/guidance.ts";
import type { KeyCheckResult } from "../../domain/platform-certificates/platform-certificates.ts";
import { dayMs } from "../../domain/time/beijing-time.ts";
import { certificateWarning } from "../../settings/provider-certificate.ts";
import type { SettingsProblem, Variable } from "../../settings.ts";
import { type Check, type CheckResult, failed, notNeeded, ok, unseen, warning } from "./check.ts";
import type { DoctorContext } from "./context.ts";
import { dayOf, whyUnreachable, withWeChatPay } from "./remote-checks.ts";
import { checkSigner } from "./signer-check.ts";
import type { EndpointAnswer } from "./wechatpay-access.ts";

export const weChatPayChecks: readonly Check[] = [
  { name: "wechatpay-private-key", run: checkPrivateKey },
  { name: "wechatpay-certificate", run: async (context) => checkCertificate(context) },
  { name: "wechatpay-public-key", run: async (context) => checkPublicKey(context) },
  { name: "wechatpay-platform-certificates", run: (context) => checkPlatformCertificates(context) },
  { name: "wechatpay-endpoints", run: (context) => onAnswers(context, checkEndpoints) },
  { name: "wechatpay-signature", run: (context) => onAnswers(context, checkSignature) },
];

async function checkPrivateKey(context: DoctorContext): Promise<CheckResult> {
  const { settings, texts } = context;
  const names = ["WECHATPAY_PRIVATE_KEY", "WECHATPAY_SIGNER", "WECHATPAY_SIGNER_TOKEN"] as const;
  const kinds = ["certificate-key", "key-and-signer", "signer-without-token"] as const;
  const wrong = ofVariables(context, names, kinds);
  if (wrong) return wrong;
  if (!settings) return unseen(texts.doctor.settingsFirst);
  const { WECHATPAY_SIGNER: signer } = settings;
  return signer ? checkSigner(signer, settings, context) : ok(texts.doctor.keys.privateKey);
}

function checkCertificate(context: DoctorContext): CheckResult {
  const { settings, clock, texts } = context;
  const { keys, settingsFirst } = texts.doctor;
  const kinds = ["certificate-serial", "certificate-owner", "certificate-key"] as const;
  const wrong = ofVariables(context, ["WECHATPAY_CERTIFICATE", "WECHATPAY_SERIAL_NO", "WECHATPAY_MCHID"], kinds);
  if (wrong) return wrong;
  if (!settings) return unseen(settingsFirst);
  const { WECHATPAY_CERTIFICATE: certificate } = settings;
  if (!certificate) return notNeeded(keys.noCertificate);
  const ending = certificateWarning(certificate, clock.now());
  const fine = settings.WECHATPAY_SIGNER ? keys.certificateOfSigner : keys.certificate;
  if (!ending) return ok(fine(dayOf(certificate.expiresAt)));
  return (ending.kind === "certificate-expired" ? failed : warning)(texts.start.warning(ending));
}

function checkPublicKey(context: DoctorContext): CheckResult {
  const { settings, texts } = context;
  const { keys, settingsFirst } = texts.doctor;
  const wrong = ofVariables(context, ["WECHATPAY_PUBLIC_KEY", "WECHATPAY_PUBLIC_KEY_ID"], []);
  if (wrong) return wrong;
  if (!settings) return unseen(settingsFirst);
  const { WECHATPAY_PUBLIC_KEY_ID: id } = settings;
  if (id === undefined) return notNeeded(keys.noPublicKey);
  const isCompared = settings.WECHATPAY_PRIVATE_KEY !== undefined || settings.WECHATPAY_CERTIFICATE !== undefined;
  return ok((isCompared ? keys.publicKey : keys.publicKeyAlone)(id));
}

async function checkPlatformCertificates(context: DoctorContext): Promise<CheckResult> {
  const { settings, texts } = context;
  const wrong = ofVariables(context, ["WECHATPAY_APIV3_KEY"], []);
  if (wrong) return wrong;
  if (settings && !settings.WECHATPAY_APIV3_KEY) return notNeeded(texts.doctor.platformCertificates.off);
  return onAnswers(context, checkFetched);
}

/** How long before its end a platform certificate without a successor is warned of, in days. */
const warnBeforeDays = 30;

function checkFetched(answers: readonly EndpointAnswer[], { clock, texts }: DoctorContext): CheckResult {
  const { platformCertificates: words } = texts.doctor;
  const problem = answers.map(({ result }) => result).find((result) => result.kind === "certificates");
  if (problem) return failed(texts.start.platformCertificates[problem.why]);
  const [listed] = answers.map(({ certificates }) => certificates).filter(({ length }) => length > 0);
  if (listed) {
    const expiresAt = Math.max(...listed.map((certificate) => certificate.expiresAt));
    const days = Math.floor((expiresAt - clock.now()) / dayMs);
    return days < warnBeforeDays
      ? warning(words.ending(dayOf(expiresAt), days))
      : ok(words.fine(listed.length, dayOf(expiresAt), days));
  }
  return answers.some(({ result }) => result.kind === "accepted") ? ok(words.notNeeded) : unseen(words.unknown);
}

/** The problems of these settings, in the start's wording; undefined if there are none. */
function ofVariables(
  { problems, texts }: DoctorContext,
  variables: readonly Variable[],
  kinds: readonly SettingsProblem["kind"][],
): CheckResult | undefined {
  const those = problems.filter(
    (problem) =>
      kinds.includes(problem.kind) || ("variable" in problem && variables.some((name) => name === problem.variable)),
  );
  return those.length === 0 ? undefined : failed(...those.map(texts.start.problem));
}

function onAnswers(
  context: DoctorContext,
  check: (answers: readonly EndpointAnswer[], context: DoctorContext) => CheckResult,
): Promise<CheckResult> {
  return withWeChatPay(context, async (weChatPay) => {
    const answers = await weChatPay.endpoints();
    const isUnsigned = answers.some(({ result }) => result.kind === "unreachable" && isSignersFault(result.why));
    return isUnsigned ? unseen(context.texts.doctor.signer.first) : check(answers, context);
  });
}

function checkEndpoints(answers: readonly EndpointAnswer[], { texts }: DoctorContext): CheckResult {
  const { endpoints } = texts.doctor;
  const wrong = answers.flatMap(({ endpoint, result }) =>
    result.kind === "unreachable" ? [endpoints.unreachable(endpoint, whyUnreachable(result, endpoint, texts))] : [],
  );
  return wrong.length > 0 ? failed(...wrong) : ok(endpoints.fine(answers.map(({ endpoint }) => endpoint).join(", ")));
}

/** Of several answers, the worst counts: a key that one endpoint accepts may not have reached the other. */
function checkSignature(answers: readonly EndpointAnswer[], context: DoctorContext): CheckResult {
  const { signature } = context.texts.doctor;
  const heard = answers.map(({ result }) => result).filter(({ kind }) => kind !== "unreachable");
  if (heard.length === 0) return unseen(signature.unreachable);
  const [refused] = heard.filter((result) => result.kind !== "accepted" && !isPassing(result));
  if (refused && refused.kind !== "accepted") return failed(...wordsOf(refused, context));
  return heard.some(isPassing) ? warning(signature.passing) : ok(signature.accepted);
}

/** WeChat Pay then does not report anything about the signature. */
function isPassing(result: KeyCheckResult): boolean {
  return result.kind === "refused" && (result.fault === "server-error" || result.fault === "rate-limited");
}

/** Explains a refusal and what to do, with WeChat Pay's message. */
function wordsOf(result: Exclude<KeyCheckResult, { kind: "accepted" }>, { texts }: DoctorContext): string[] {
  if (result.kind === "certificates") return [texts.start.platformCertificates[result.why]];
  const { short, todo } = texts.guidance[guide(result).topic];
  const message = result.kind === "refused" ? result.message : undefined;
  const requestId = "requestId" in result ? result.requestId : undefined;
  const says = hasTheirForm(result) ? texts.thread.weChatPaySays : texts.thread.answerSays;
  return [
    texts.doctor.signature.refused(short),
    texts.doctor.signature.advice(todo),
    ...(message === undefined ? [] : [says(message)]),
    ...(requestId === undefined ? [] : [`${texts.thread.requestId}: ${requestId}`]),
  ];
}
