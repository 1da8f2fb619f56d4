/** Settings that belong together: what is missing or wrong although each setting is right on its own. */
import type { Environment } from "./environment.ts";
import { type CertificateProblem, certificateProblems } from "./provider-certificate.ts";
import { schema, type Variable } from "./schema.ts";
import { type SignerProblem, signerProblems } from "./signer.ts";
import { type TicketProblem, ticketProblems } from "./tickets.ts";

export type CombinationProblem =
  | { kind: "missing"; variable: Variable }
  /** Neither Socket Mode nor HTTP mode was chosen. */
  | { kind: "no-mode" }
  /** Only one of BULK_FROM and BULK_APPROVERS_NEEDED is set. */
  | { kind: "half-bulk" }
  /** OPS_PORT is PORT, on which HTTP mode listens. Socket Mode has no PORT. */
  | { kind: "equal-ports"; port: number }
  /** Only one of ESCALATE_AFTER and ESCALATE_TO is set. */
  | { kind: "half-escalation" }
  /** ESCALATE_AFTER is not shorter than REQUEST_TTL, so every request would expire first. */
  | { kind: "late-escalation" }
  | TicketProblem
  | SignerProblem
  | CertificateProblem;

const publicKeyVariables = ["WECHATPAY_PUBLIC_KEY_ID", "WECHATPAY_PUBLIC_KEY"] as const;

/**
 * @param given the settings as texts, those from files included
 * @param wrong settings with a problem of their own, about which nothing more is said
 */
export function combinationProblems({
  given,
  env,
  wrong,
}: {
  given: Environment;
  env: Environment;
  wrong: ReadonlySet<Variable>;
}): CombinationProblem[] {
  const isSet = (variable: Variable) => given[variable] !== undefined;
  // A mode that a secret's file selects counts as selected even if the file cannot be read.
  const isChosen = (secret: Variable) => isSet(secret) || Boolean(env[`${secret}_FILE`]);
  const isHalf = (...pair: readonly [Variable, Variable]) =>
    pair.filter(isSet).length === 1 && !pair.some((variable) => wrong.has(variable));
  const msOf = (variable: "ESCALATE_AFTER" | "REQUEST_TTL") => schema.shape[variable].safeParse(given[variable]).data;
  const [afterMs, ttlMs] = [msOf("ESCALATE_AFTER"), msOf("REQUEST_TTL")];
  const isKnown = (variable: Variable) => isSet(variable) || wrong.has(variable);
  const problems: CombinationProblem[] = [];
  // With the APIv3 key, platform certificates can take the place of the public key, but never of half of it.
  if (!isChosen("WECHATPAY_APIV3_KEY") || publicKeyVariables.some(isKnown))
    for (const variable of publicKeyVariables) if (!isKnown(variable)) problems.push({ kind: "missing", variable });
  if (!isChosen("SLACK_APP_TOKEN") && !isChosen("SLACK_SIGNING_SECRET")) problems.push({ kind: "no-mode" });
  const [port, opsPort] = [
    schema.shape.PORT.safeParse(given["PORT"]).data,
    schema.shape.OPS_PORT.safeParse(given["OPS_PORT"]).data,
  ];
  if (!isChosen("SLACK_APP_TOKEN") && port !== undefined && port === opsPort)
    problems.push({ kind: "equal-ports", port });
  if (isHalf("BULK_FROM", "BULK_APPROVERS_NEEDED")) problems.push({ kind: "half-bulk" });
  if (isHalf("ESCALATE_AFTER", "ESCALATE_TO")) problems.push({ kind: "half-escalation" });
  if (afterMs !== undefined && ttlMs !== undefined && afterMs >= ttlMs) problems.push({ kind: "late-escalation" });
  const signer = signerProblems({
    hasPrivateKey: isChosen("WECHATPAY_PRIVATE_KEY"),
    signer: schema.shape.WECHATPAY_SIGNER.safeParse(given["WECHATPAY_SIGNER"]).data,
    hasToken: isChosen("WECHATPAY_SIGNER_TOKEN"),
  });
  return [...problems, ...ticketProblemsIn(given, wrong), ...signer, ...certificateProblemsIn(given)];
}

function ticketProblemsIn(given: Environment, wrong: ReadonlySet<Variable>): TicketProblem[] {
  const found = ticketProblems({
    pattern: given["TICKET_PATTERN"],
    example: given["TICKET_EXAMPLE"],
    url: given["TICKET_URL"],
  });
  return found.filter((problem) => !wrong.has(problem.kind === "ticket-alone" ? problem.variable : "TICKET_EXAMPLE"));
}

/** Where the certificate itself is readable, compared with each setting that is. */
function certificateProblemsIn(given: Environment): CertificateProblem[] {
  const certificate = schema.shape.WECHATPAY_CERTIFICATE.safeParse(given["WECHATPAY_CERTIFICATE"]).data;
  if (!certificate) return [];
  return certificateProblems(certificate, {
    serialNo: schema.shape.WECHATPAY_SERIAL_NO.safeParse(given["WECHATPAY_SERIAL_NO"]).data,
    mchid: schema.shape.WECHATPAY_MCHID.safeParse(given["WECHATPAY_MCHID"]).data,
    privateKey: schema.shape.WECHATPAY_PRIVATE_KEY.safeParse(given["WECHATPAY_PRIVATE_KEY"]).data,
  });
}
