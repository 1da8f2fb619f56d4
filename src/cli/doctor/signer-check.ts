/** The signer: whether it signs, and with the private key of the certificate. */
import { guide } from "../../domain/guidance.ts";
import { keysOf } from "../../settings/wechatpay-keys.ts";
import { callLimitMs } from "../../settings/wechatpay-options.ts";
import type { Settings } from "../../settings.ts";
import { certificatesPath, randomNonce } from "../../wechatpay/client.ts";
import { pathPrefixOf } from "../../wechatpay/endpoints.ts";
import { withinTimeLimit } from "../../wechatpay/exchange.ts";
import type { SignerAddress } from "../../wechatpay/remote-signer.ts";
import { requestMessage, verifyMessage } from "../../wechatpay/signature.ts";
import { type CheckResult, failed, ok } from "./check.ts";
import type { DoctorContext } from "./context.ts";
import { whyUnreachable } from "./remote-checks.ts";

export async function checkSigner(
  signer: SignerAddress,
  settings: Settings,
  { clock, texts }: DoctorContext,
): Promise<CheckResult> {
  const { doctor, guidance } = texts;
  const message = harmlessMessage(settings, clock.now());
  const result = await withinTimeLimit(callLimitMs, Date, (limit) => keysOf(settings).sign(message, limit));
  if (result.kind === "unreachable") {
    const { todo } = guidance[guide(result).topic];
    return failed(whyUnreachable(result, signer.name, texts), doctor.signature.advice(todo));
  }
  const { WECHATPAY_CERTIFICATE: certificate } = settings;
  if (!certificate) return ok(doctor.signer.signs(signer.name));
  const isRight = await verifyMessage(message, result.signature, certificate.publicKey);
  return isRight ? ok(doctor.signer.fine(signer.name)) : failed(doctor.signer.otherKey(signer.name));
}

/** Of a call that changes nothing, and that is never sent. */
function harmlessMessage({ WECHATPAY_ENDPOINTS: [endpoint = ""] }: Settings, now: number): Buffer {
  const path = pathPrefixOf(new URL(endpoint)) + certificatesPath;
  const timestamp = Math.floor(now / 1_000);
  return requestMessage({ method: "GET", path, timestamp, nonce: randomNonce(), body: Buffer.alloc(0) });
}
