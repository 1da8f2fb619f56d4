/** Changed keys of WeChat Pay, checked at two endpoints of which at least the primary one cannot be reached. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { pino } from "pino";
import { connectWeChatPay } from "../../src/connections/wechatpay.ts";
import { freePort } from "../../src/playground/free-port.ts";
import { startPlayground } from "../../src/playground/playground.ts";
import { readSettings } from "../../src/settings.ts";
import { openStore } from "../../src/storage/open.ts";
import { systemClock, systemRandom } from "../../src/system-clock.ts";
import { identity } from "../e2e/support/identity.ts";

const untilMs = 20_000;
const serialNo = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1";

/** A connection that watches nothing by itself: `asked` reloads the keys and resolves to what the log says of it. */
async function connected(
  t: TestContext,
  { isSecondAway = false, first }: { isSecondAway?: boolean; first?: string } = {},
) {
  const playground = await startPlayground({ identity });
  const away = async () => `http://127.0.0.1:${await freePort()}`;
  const second = isSecondAway ? await away() : playground.weChatPay.url;
  const env: Record<string, string> = {
    ...playground.environment,
    WECHATPAY_ENDPOINTS: `${first ?? (await away())},${second}`,
  };
  const read = readSettings(env);
  assert.ok(read.ok);
  const { settings } = read;
  const store = await openStore({ engine: "sqlite", path: ":memory:" });
  const lines: string[] = [];
  const connection = connectWeChatPay({
    settings,
    env,
    store,
    clock: systemClock,
    ledgerClock: systemClock,
    random: systemRandom,
    log: pino({ base: null }, { write: (line) => void lines.push(JSON.parse(line).msg) }),
  });
  connection.start();
  t.after(async () => {
    await connection.stop();
    await connection.client.close();
    await store.close();
    await playground.close();
  });
  return {
    settings,
    weChatPay: playground.weChatPay,
    change() {
      const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
      playground.weChatPay.certificates.set(serialNo, publicKey);
      env.WECHATPAY_SERIAL_NO = serialNo;
      env.WECHATPAY_PRIVATE_KEY = String(privateKey.export({ type: "pkcs8", format: "pem" }));
    },
    async asked(): Promise<string | undefined> {
      const before = lines.length;
      connection.reloadKeys();
      const end = performance.now() + untilMs;
      while (lines.length === before && performance.now() < end) await delay(10);
      return lines[before];
    },
  };
}

const couldNot = "WeChat Pay could not check the new keys; the bot keeps the current keys and tries again";

test("changed keys are checked at the second endpoint when the primary one cannot be reached", async (t) => {
  const { change, asked } = await connected(t);
  change();
  assert.equal(await asked(), couldNot);
  assert.equal(await asked(), "the keys of WeChat Pay were changed");
});

test("a changed key is one secret of the log, however often it could not be checked", async (t) => {
  const { settings, change, asked } = await connected(t, { isSecondAway: true });
  const before = settings.secrets.length;
  change();
  for (let nth = 0; nth < 3; nth++) assert.equal(await asked(), couldNot);
  assert.equal(settings.secrets.length, before + 1);
});

test("keys that WeChat Pay could not judge are not called wrong, and are used once it can", async (t) => {
  const { change, asked, weChatPay } = await connected(t);
  change();
  assert.equal(await asked(), couldNot);
  // The answer is about the clock, before WeChat Pay looks at the signature.
  weChatPay.skewMs = 600_000;
  assert.equal(await asked(), couldNot);
  weChatPay.skewMs = 0;
  assert.equal(await asked(), couldNot, "the primary one again");
  assert.equal(await asked(), "the keys of WeChat Pay were changed");
});

test("changed keys are checked at the second endpoint when a gateway answers for the primary one", async (t) => {
  const gateway = createServer((_request, response) => response.writeHead(503).end("<html>maintenance</html>"));
  gateway.listen(0, "127.0.0.1");
  await once(gateway, "listening");
  t.after(() => gateway.close());
  const { port } = gateway.address() as AddressInfo;
  const { change, asked } = await connected(t, { first: `http://127.0.0.1:${port}` });
  change();
  assert.equal(await asked(), couldNot);
  assert.equal(await asked(), "the keys of WeChat Pay were changed");
});
