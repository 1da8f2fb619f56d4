/** Judges an answer from WeChat Pay: whether it is authentic, and whether it matches the call. */
import type { KeyObject } from "node:crypto";
import type { CallResult } from "../domain/attempt-result.ts";
import type { KeyCheckResult } from "../domain/platform-certificates/platform-certificates.ts";
import { readCertificateList } from "./certificates/certificate-list.ts";
import { keysInForce, type OpenedCertificate, openCertificate } from "./certificates/open-certificate.ts";
import { type Answer, classify, codeIn, jsonIn } from "./errors.ts";
import { clockAheadMsOf, requestIdOf, tokenOf } from "./headers.ts";
import type { SignedRequest } from "./sign-information.ts";
import { claimsSignature, readSignature, verifyResponse } from "./signature.ts";

/** An answer, the call that it answers, and its time of arrival in milliseconds since 1970. */
export type Received = Answer & { kind: "answer"; cut: boolean; signed: SignedRequest; now: number };

export type VerificationKeys = ReadonlyMap<string, KeyObject>;

/** A success needs a valid signature; a refusal needs one only if it claims to be signed. */
export async function verifyChangeAnswer(
  received: Received,
  { subMchid, keys }: { subMchid: string; keys: VerificationKeys },
): Promise<CallResult> {
  const { status, body } = received;
  const isSuccess = isSuccessful(status);
  const distrusted = await distrust(received, { keys, needsSignature: isSuccess });
  if (distrusted) return distrusted;
  // 202 is verified like every 2xx, but requires the same call again: the table lists it among the errors to retry.
  if (!isSuccess || status === 202) return classify(received);
  return namesSubMerchant(body, subMchid) ? accepted(received) : unverified(received, "wrong-body");
}

/** How the answer to `GET /v3/certificates` is to be understood. */
export interface VerifiedCertificates {
  result: KeyCheckResult;
  /** Those that can be used, also ones that are not in force yet; none unless the answer is accepted. */
  certificates: readonly OpenedCertificate[];
}

/**
 * The answer to `GET /v3/certificates`: a list of certificates, or a 404 that there are none for a provider with WeChat
 * Pay's public key. Either shows that WeChat Pay accepts our signature, and, verified, that we can verify its own.
 *
 * With an APIv3 key, the answer may also be signed under one of the certificates in it: their tags prove that WeChat
 * Pay encrypted them, because nobody else but the provider has that key.
 */
export async function verifyCertificatesAnswer(
  received: Received,
  { keys, apiV3Key }: { keys: VerificationKeys; apiV3Key: KeyObject | undefined },
): Promise<VerifiedCertificates> {
  const without = (result: KeyCheckResult): VerifiedCertificates => ({ result, certificates: [] });
  const { status, body, now } = received;
  const hasNone = status === 404 && codeIn(body) === "RESOURCENOTEXISTS";
  const list = isSuccessful(status) ? readCertificateList(body) : undefined;
  const openings = apiV3Key && list ? list.map((each) => openCertificate(each, apiV3Key)) : [];
  const certificates = openings.flatMap((opening) => (opening.ok ? [opening.certificate] : []));
  const inForce = keysInForce(certificates, now);
  if (openings.length > 0 && inForce.size === 0) {
    const isKeyWrong = openings.every((opening) => !opening.ok && opening.why === "wrong-key");
    return without({ kind: "certificates", why: isKeyWrong ? "wrong-key" : "unusable" });
  }
  const distrusted = await distrust(received, {
    keys: new Map([...keys, ...inForce]),
    needsSignature: hasNone || isSuccessful(status),
  });
  // Without the public key, nothing can verify this answer, and the operator has to know what it says.
  if (hasNone && distrusted && keys.size === 0) return without({ kind: "certificates", why: "none" });
  if (distrusted) return without(distrusted);
  if (hasNone) return without(accepted(received));
  if (!isSuccessful(status) || status === 202) return without(classify(received));
  if (list === undefined) return without(unverified(received, "wrong-body"));
  return { result: accepted(received), certificates };
}

/** Why an answer does not count; undefined if it does. */
async function distrust(
  received: Received,
  { keys, needsSignature }: { keys: VerificationKeys; needsSignature: boolean },
): Promise<CallResult | undefined> {
  const { headers, body, cut, now } = received;
  // A truncated answer cannot be verified: it is no success, and a refusal is read from its status and first bytes.
  if (cut && !needsSignature) return classify(received);
  if (cut) {
    // A proxy's page is not WeChat Pay's body: the headers show whose answer it is.
    const signature = readSignature({ headers, keys, now });
    return unverified(received, signature.ok ? "wrong-body" : signature.why);
  }
  if (!needsSignature && !claimsSignature(headers)) return undefined;
  const verification = await verifyResponse({ headers, body, keys, now });
  if (verification.ok) return undefined;
  return {
    ...unverified(received, verification.why),
    ...(verification.why === "wrong-signature" && verification.probe && { probe: true }),
  };
}

function accepted({ status, headers }: Received): CallResult {
  const requestId = requestIdOf(headers);
  return { kind: "accepted", status, ...(requestId !== undefined && { requestId }), ...encodingOf(headers) };
}

/** The encoding that something in between has added, so that the log and the operator know of it. */
function encodingOf(headers: Received["headers"]): { contentEncoding?: string } {
  const contentEncoding = tokenOf(headers, "content-encoding");
  return contentEncoding === undefined || contentEncoding === "identity" ? {} : { contentEncoding };
}

type Unverified = Extract<CallResult, { kind: "unverified" }>;

function unverified({ status, headers, now }: Received, why: Unverified["why"]): Unverified {
  const requestId = requestIdOf(headers);
  const clockAheadMs = why === "stale" ? clockAheadMsOf(headers, now) : undefined;
  const serial = why === "unknown-serial" ? tokenOf(headers, "wechatpay-serial") : undefined;
  return {
    kind: "unverified",
    why,
    status,
    ...(requestId !== undefined && { requestId }),
    ...(clockAheadMs !== undefined && { clockAheadMs }),
    ...(serial !== undefined && { serial }),
    ...encodingOf(headers),
  };
}

function isSuccessful(status: number): boolean {
  return status >= 200 && status <= 299;
}

/** The documented success: a JSON object with the sub-merchant's number. Further keys are ignored. */
function namesSubMerchant(body: Buffer, subMchid: string): boolean {
  const answer = jsonIn(body);
  return typeof answer === "object" && answer !== null && "sub_mchid" in answer && answer.sub_mchid === subMchid;
}
