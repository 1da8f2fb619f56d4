/** One signed call to a local WeChat Pay of its own, and what was observed of it. */
import assert from "node:assert/strict";
import { sign } from "node:crypto";
import type { TestContext } from "node:test";
import type { Step } from "../../../src/playground/lab/verification.ts";
import { type Exchange, type LocalWeChatPay, startLocalWeChatPay } from "../../../src/playground/wechatpay/server.ts";
import { identity } from "../../e2e/support/identity.ts";

export const path = "/v3/goldplan/merchants/changecustompagestatus";

/** The step at which a verification ended. */
export const failedAt = (steps: readonly Step[]) => steps.find(({ ok }) => ok === false)?.step;

/** Sends one request, signed as documented but for `changes`, and returns what was observed. */
export async function exchange(
  t: TestContext,
  subMchid: string,
  changes: {
    /** What is done to WeChat Pay before the call. */
    prepare?: (local: LocalWeChatPay) => void;
    ageSeconds?: number;
    serialNo?: string;
    signedBody?: string;
    scheme?: string;
  } = {},
): Promise<Exchange> {
  let seen: Exchange | undefined;
  const local = await startLocalWeChatPay({
    ...identity,
    observe: (observed) => {
      seen = observed;
    },
  });
  t.after(() => local.close());
  changes.prepare?.(local);
  const body = JSON.stringify({ sub_mchid: subMchid, operation_type: "OPEN" });
  const timestamp = Math.floor(Date.now() / 1000) - (changes.ageSeconds ?? 0);
  const message = `POST\n${path}\n${timestamp}\nNONCE\n${changes.signedBody ?? body}\n`;
  const signature = sign("RSA-SHA256", Buffer.from(message), identity.merchantPrivateKey).toString("base64");
  const serialNo = changes.serialNo ?? identity.serialNo;
  const fields = `mchid="${identity.mchid}",nonce_str="NONCE",signature="${signature}",timestamp="${timestamp}",serial_no="${serialNo}"`;
  const response = await fetch(`${local.url}${path}`, {
    method: "POST",
    headers: {
      accept: "application/json",
      "content-type": "application/json",
      "user-agent": "test",
      "wechatpay-serial": identity.publicKeyId,
      authorization: `${changes.scheme ?? "WECHATPAY2-SHA256-RSA2048"} ${fields}`,
    },
    body,
    redirect: "manual",
  });
  await response.arrayBuffer();
  return seen ?? assert.fail("nothing was observed");
}
