/** The provider's API certificate against the settings that it has to fit, and how long it is still valid. */
import type { KeyObject } from "node:crypto";
import { isSameSerialNumber } from "../wechatpay/certificates/serial-number.ts";
import { type CertificateFacts, isPair } from "../wechatpay/keys.ts";

/** The certificate does not match the related settings. */
export type CertificateProblem =
  /** WECHATPAY_SERIAL_NO is the serial number of another certificate. */
  | { kind: "certificate-serial"; serialNo: string }
  /** It was issued to another merchant than WECHATPAY_MCHID. */
  | { kind: "certificate-owner" }
  /** WECHATPAY_PRIVATE_KEY belongs to another certificate. */
  | { kind: "certificate-key" };

/** WeChat Pay refuses every call from the end of its validity on. Times are milliseconds since 1970. */
export type CertificateWarning = { kind: "certificate-expired" | "certificate-expires"; at: number };

/** The related settings; undefined if they are missing or wrong themselves. */
export interface CertificateNeighbours {
  serialNo: string | undefined;
  mchid: string | undefined;
  privateKey: KeyObject | undefined;
}

/** How long before its end a certificate is warned of, in milliseconds: a new one takes people some days. */
const warnBeforeMs = 30 * 24 * 3_600_000;

export function certificateProblems(
  { serialNo, commonName, publicKey }: CertificateFacts,
  settings: CertificateNeighbours,
): CertificateProblem[] {
  const { privateKey, mchid } = settings;
  const problems: CertificateProblem[] = [];
  if (settings.serialNo !== undefined && !isSameSerialNumber(settings.serialNo, serialNo))
    problems.push({ kind: "certificate-serial", serialNo });
  if (mchid !== undefined && commonName !== mchid) problems.push({ kind: "certificate-owner" });
  if (privateKey && !isPair(privateKey, publicKey)) problems.push({ kind: "certificate-key" });
  return problems;
}

/** @param now milliseconds since 1970 */
export function certificateWarning({ expiresAt }: CertificateFacts, now: number): CertificateWarning | undefined {
  if (expiresAt <= now) return { kind: "certificate-expired", at: expiresAt };
  return expiresAt - now <= warnBeforeMs ? { kind: "certificate-expires", at: expiresAt } : undefined;
}
