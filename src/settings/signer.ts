/** WECHATPAY_SIGNER and WECHATPAY_SIGNER_TOKEN: who signs the calls if the bot does not hold the private key. */
import { isLoopback } from "../network/proxy.ts";
import type { SignerAddress } from "../wechatpay/remote-signer.ts";

export type SignerProblem =
  /** Both WECHATPAY_PRIVATE_KEY and WECHATPAY_SIGNER are set. */
  | { kind: "key-and-signer" }
  /** WECHATPAY_SIGNER is HTTP, where any process of the machine can ask, and no token is set. */
  | { kind: "signer-without-token" };

/** The longest path of a Unix socket on Linux, in bytes. */
const socketPathMax = 107;

/** `unix:/PATH`, or `http://` on this machine without a path; undefined for anything else. */
export function readSignerAddress(text: string): SignerAddress | undefined {
  const [, socketPath] = /^unix:(\/[^\0\s]+)$/.exec(text) ?? [];
  if (socketPath !== undefined)
    return Buffer.byteLength(socketPath) <= socketPathMax
      ? { name: text, origin: "http://localhost", socketPath }
      : undefined;
  const url = URL.parse(text);
  // Exactly an origin: nothing that follows the port has a meaning.
  if (url?.protocol !== "http:" || !isLoopback(url.hostname) || text.replace(/\/$/, "") !== url.origin)
    return undefined;
  return { name: url.origin, origin: url.origin, socketPath: undefined };
}

/** Long enough that it cannot be guessed; only characters that a header can contain. */
export const signerTokenPattern = /^[\x21-\x7e]{32,256}$/;

/** @param signer undefined if it is not set, or wrong itself */
export function signerProblems(given: {
  hasPrivateKey: boolean;
  signer: SignerAddress | undefined;
  hasToken: boolean;
}): SignerProblem[] {
  const { hasPrivateKey, signer, hasToken } = given;
  if (signer === undefined) return [];
  if (hasPrivateKey) return [{ kind: "key-and-signer" }];
  return signer.socketPath === undefined && !hasToken ? [{ kind: "signer-without-token" }] : [];
}
