/** TLS to a PostgreSQL server: what an address can require, and why a server's certificate is refused. */
import type { DatabaseProblem } from "../../domain/startup/database-problem.ts";
import { codeOf, whyOf } from "../store-errors.ts";

/** Values of `sslmode` that pg understands. All but the first and the last verify the certificate and the host name. */
export const sslModes: readonly string[] = ["disable", "prefer", "require", "verify-ca", "verify-full", "no-verify"];

/**
 * The same address with the mode that pg gives it a meaning of: pg verifies with `require` as with `verify-full`, and
 * prints ten lines about a later version that will not.
 */
export function withExplicitMode(url: string): string {
  if (/[?&]uselibpqcompat=true(&|$)/.test(url)) return url;
  return url.replace(/([?&]sslmode=)(prefer|require|verify-ca)(?=&|$)/g, "$1verify-full");
}

/** Codes of Node's and OpenSSL's verification, by what to do about them. */
const certificateFaults = [
  { codes: /^ERR_TLS_CERT_ALTNAME_|^HOSTNAME_MISMATCH$/, fault: "host" },
  { codes: /^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/, fault: "date" },
  {
    codes: /SELF_SIGNED_CERT|^UNABLE_TO_|^CERT_(UNTRUSTED|REJECTED|CHAIN_TOO_LONG)$|^INVALID_(CA|PURPOSE)$/,
    fault: "issuer",
  },
] as const;

/** The problem with TLS that an error of pg reports; undefined for any other error. */
export function tlsProblemOf(error: unknown): DatabaseProblem | undefined {
  const [code, why] = [codeOf(error), whyOf(error)];
  if (/server does not support SSL/i.test(why)) return { kind: "no-tls" };
  // PostgreSQL's pg_hba.conf with `hostssl`, and the wording of hosted services.
  if (/, no encryption$|SSL connection is required|connection is insecure/i.test(why)) return { kind: "tls-required" };
  const found = certificateFaults.find(({ codes }) => codes.test(code));
  // Node adds a hint about its own options after a semicolon.
  if (found) return { kind: "certificate", fault: found.fault, why: `${why.split(";")[0]}, ${code}` };
  // The address names files of certificates, and pg reads them before it connects.
  const isFile = error instanceof Error && "syscall" in error && error.syscall === "open" && "path" in error;
  return isFile ? { kind: "tls-file", path: String(error.path), why: code } : undefined;
}
