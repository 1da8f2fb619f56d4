/** A key in a hardware security module, which SoftHSM2 stands for: the signer's sidecar has it sign the bot's calls. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { startLocalWeChatPay } from "../../../src/playground/wechatpay/server.ts";
import { readSignerAddress } from "../../../src/settings/signer.ts";
import { listen } from "../../../src/signer/listen.ts";
import { createSigner } from "../../../src/signer/server.ts";
import { createWeChatPayClient } from "../../../src/wechatpay/client.ts";
import { newTimeLimit } from "../../../src/wechatpay/exchange.ts";
import { signRemotely } from "../../../src/wechatpay/remote-signer.ts";
import { identity } from "../support/identity.ts";
import { createToken, whyNoToken } from "./softhsm.ts";

const skip = process.env["REQUIRE_SOFTHSM"] === "1" ? false : whyNoToken;
if (skip) process.stderr.write(`${skip}: no key in an HSM is tested\n`);

test("WeChat Pay accepts calls that a token of SoftHSM2 signs through OpenSSL, and the token signs nothing else", {
  skip,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "receipt-hsm-"));
  after(() => rmSync(folder, { recursive: true }));
  const hsm = createToken(folder, identity.merchantPrivateKeyPem);
  assert.ok(hsm.publicKey.equals(identity.merchantPublicKey));

  // The sidecar: the reference signer's server and rules, with the token in place of its key.
  const path = join(folder, "sign.sock");
  const asked: Buffer[] = [];
  const sign = (message: Buffer) => {
    asked.push(message);
    return hsm.sign(message);
  };
  const sidecar = createSigner({ sign, token: undefined, pathPrefix: "", now: () => Date.now(), log() {} });
  await listen(sidecar, { kind: "socket", path });
  after(() => sidecar.close());

  const weChatPay = await startLocalWeChatPay(identity);
  after(() => weChatPay.close());
  const address = readSignerAddress(`unix:${path}`);
  assert.ok(address);
  const remote = signRemotely(address, undefined);
  const client = createWeChatPayClient({
    mchid: identity.mchid,
    serialNo: identity.serialNo,
    sign: remote,
    publicKeyId: identity.publicKeyId,
    verificationKeys: new Map([[identity.publicKeyId, identity.publicKey]]),
    endpoints: [weChatPay.url],
    userAgent: "receipt-bot/test",
  });
  after(() => client.close());
  const open = { subMchid: "1900000109", operationType: "OPEN", endpoint: 0 } as const;
  for (const result of [
    await client.changeCustomPageStatus(open),
    await client.changeGoldPlanStatus({ ...open, payScene: "JSAPI" }),
    (await client.checkSignature(0)).result,
  ])
    assert.equal(result.kind, "accepted", JSON.stringify(result));
  assert.equal(weChatPay.states.get("1900000109"), "OPEN");

  const refund = Buffer.from(
    `POST\n/v3/refund/domestic/refunds\n${Math.floor(Date.now() / 1_000)}\n${"A".repeat(32)}\n{}\n`,
  );
  assert.partialDeepStrictEqual(await remote(refund, newTimeLimit()), { why: "signer-refused", mayHaveActed: false });
  assert.equal(asked.length, 3);
});
