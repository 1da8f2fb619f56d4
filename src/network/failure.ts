/**
 * Maps a network error to the reason why there is no answer. Any error is accepted; a known code only makes the reason
 * more precise.
 */
import type { ConnectionCause, UnreachableReason } from "../domain/attempt-result.ts";

/** A connection that could not be made, with everything that is known about it. */
export class ConnectionError extends Error {
  readonly why: UnreachableReason;
  readonly details: ConnectionCause;

  constructor(why: UnreachableReason, details: ConnectionCause, options?: ErrorOptions) {
    super(sentenceOf(why, details), options);
    this.name = "ConnectionError";
    this.why = why;
    this.details = details;
  }
}

/** Why `error` prevented an answer, and its details about the connection. Never throws. */
export function failureOf(error: unknown): { why: UnreachableReason; cause: ConnectionCause } {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if (at instanceof ConnectionError) return { why: at.why, cause: at.details };
  }
  const code = codeOf(error);
  return { why: reasonOf(error, code), cause: code === undefined ? {} : { code } };
}

/**
 * The first code in an error's chain of causes, if it looks like one. Those of OpenSSL's alerts contain a slash:
 * `ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE`.
 */
export function codeOf(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if ("code" in at && typeof at.code === "string" && /^[A-Z][A-Z0-9_/-]{1,63}$/.test(at.code)) return at.code;
  }
  return undefined;
}

const reasonsByCode: readonly { code: RegExp; why: UnreachableReason }[] = [
  { code: /^E(CONNREFUSED|HOSTUNREACH|HOSTDOWN|NETUNREACH|NETDOWN|ADDRNOTAVAIL|ACCES|PERM)$/, why: "refused" },
  { code: /^E(NOTFOUND|NODATA|SERVFAIL|FORMERR|BADRESP|REFUSED)$|^EAI_|^EDNS/, why: "dns" },
  { code: /^E?(TIMEDOUT|TIMEOUT)$|^UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT$/, why: "timeout" },
  { code: /^(EMFILE|ENFILE|ENOBUFS|ENOMEM)$/, why: "local-limit" },
  // The server's refusal of the handshake, even where it names a certificate: the bot has none that it could mean.
  { code: /^ERR_SSL_.*ALERT_/, why: "tls" },
  { code: /^CERT_HAS_EXPIRED$/, why: "certificate-expired" },
  { code: /^CERT_NOT_YET_VALID$/, why: "certificate-not-yet-valid" },
  { code: /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN)$/, why: "certificate-self-signed" },
  { code: /^UNABLE_TO_(GET_ISSUER_CERT(_LOCALLY)?|VERIFY_LEAF_SIGNATURE)$/, why: "certificate-unknown-issuer" },
  { code: /^(ERR_TLS_CERT_ALTNAME_(INVALID|FORMAT)|HOSTNAME_MISMATCH)$/, why: "certificate-wrong-host" },
  { code: /CERT|^CRL_|^INVALID_(CA|PURPOSE)$|^PATH_LENGTH_/, why: "certificate-invalid" },
  { code: /^EPROTO$|^ERR_(SSL|TLS|OSSL)_/, why: "tls" },
  // undici reports ERR_ASSERTION for a 101 Switching Protocols that the request did not ask for.
  {
    code: /^E(CONNRESET|CONNABORTED|PIPE)$|^UND_ERR_(SOCKET|HEADERS_OVERFLOW|RES_)|^HPE_|^ERR_ASSERTION$/,
    why: "reset",
  },
];

function reasonOf(error: unknown, code: string | undefined): UnreachableReason {
  // From undici's HTTP parser: `code` contains llhttp's code with the prefix HPE_, or is missing.
  if (error instanceof Error && error.name === "HTTPParserError") return "reset";
  if (code === undefined) return "other";
  return reasonsByCode.find((row) => row.code.test(code))?.why ?? "other";
}

/** For logs: one line with host, proxy and code. */
function sentenceOf(why: UnreachableReason, { host, proxy, code, status, at }: ConnectionCause): string {
  const facts = [
    proxy && `proxy ${proxy}`,
    status && `status ${status}`,
    at !== undefined && new Date(at).toISOString().slice(0, 10),
    code,
  ].filter(Boolean);
  return `no connection to ${host ?? "the server"}: ${why}${facts.length > 0 ? ` (${facts.join(", ")})` : ""}`;
}
