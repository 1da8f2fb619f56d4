/** Every error of the network is understood: by its kind where that is known, and as `other` where it is not. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { UnreachableReason } from "../../src/domain/attempt-result.ts";
import { ConnectionError, failureOf } from "../../src/network/failure.ts";

const withCode = (code: string) => Object.assign(new Error("failed"), { code });

const rows: Record<string, UnreachableReason> = {
  ECONNREFUSED: "refused",
  EHOSTUNREACH: "refused",
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  ESERVFAIL: "dns",
  EREFUSED: "dns",
  ETIMEDOUT: "timeout",
  UND_ERR_CONNECT_TIMEOUT: "timeout",
  ECONNRESET: "reset",
  UND_ERR_SOCKET: "reset",
  EMFILE: "local-limit",
  ENFILE: "local-limit",
  ENOBUFS: "local-limit",
  EPROTO: "tls",
  ERR_SSL_WRONG_VERSION_NUMBER: "tls",
  CERT_HAS_EXPIRED: "certificate-expired",
  CERT_NOT_YET_VALID: "certificate-not-yet-valid",
  DEPTH_ZERO_SELF_SIGNED_CERT: "certificate-self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "certificate-self-signed",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "certificate-unknown-issuer",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "certificate-unknown-issuer",
  ERR_TLS_CERT_ALTNAME_INVALID: "certificate-wrong-host",
  CERT_REVOKED: "certificate-invalid",
  UNSPECIFIED: "other",
  UND_ERR_PRX_CONN: "other",
  EWHATEVER: "other",
};

for (const [code, why] of Object.entries(rows)) {
  test(`${code} means ${why}, also as the cause of another error`, () => {
    assert.deepEqual(failureOf(withCode(code)), { why, cause: { code } });
    assert.deepEqual(failureOf(new TypeError("fetch failed", { cause: withCode(code) })), { why, cause: { code } });
  });
}

test("whatever is thrown is understood, and nothing but a code is taken from it", () => {
  const secret = "http://user:hunter2@proxy";
  for (const thrown of [undefined, null, secret, 7, {}, new Error(secret), withCode(secret), withCode("")])
    assert.deepEqual(failureOf(thrown), { why: "other", cause: {} });
});

test("a connection error keeps its details, and shows them in one line", () => {
  const details = { host: "api.mch.weixin.qq.com", code: "CERT_HAS_EXPIRED", at: Date.UTC(2026, 10, 12) };
  const error = new ConnectionError("certificate-expired", details);
  assert.deepEqual(failureOf(new TypeError("fetch failed", { cause: error })), {
    why: "certificate-expired",
    cause: details,
  });
  assert.equal(
    error.message,
    "no connection to api.mch.weixin.qq.com: certificate-expired (2026-11-12, CERT_HAS_EXPIRED)",
  );
});
