/** `npm run demo` as a process: its settings, its port, and the roles with which it begins. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startAttachedProcess } from "../../src/playground/attached-process.ts";
import { demoSettings } from "../../src/playground/demo-settings.ts";
import { poolFor } from "../../src/playground/lab/ledger/own-schema.ts";
import { sceneSettings } from "../../src/playground/scene-settings.ts";
import { engines } from "../storage/engines.ts";
import { createPostgresSchema } from "../storage/postgres-schemas.ts";

const script = fileURLToPath(new URL("../../src/playground/demo.ts", import.meta.url));

function startDemo(t: TestContext, args: readonly string[], environment: Record<string, string> = {}) {
  const demo = startAttachedProcess([script, ...args], environment);
  t.after(() => demo.kill("SIGKILL"));
  const lines: string[] = [];
  const reading = createInterface({ input: demo.stdout });
  createInterface({ input: demo.stderr }).on("line", (line) => lines.push(line));
  reading.on("line", (line) => lines.push(line));
  const ended = once(demo, "exit").then(([code]) => code as number);
  const until = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const found = lines.find((line) => pattern.test(line));
      if (found !== undefined) return found;
      await Promise.race([once(reading, "line"), ended.then(() => assert.fail(lines.join("\n")))]);
    }
  };
  return { lines, ended, until };
}

async function pageOf({ until }: ReturnType<typeof startDemo>): Promise<string> {
  return /http:\S+/.exec(await until(/Try it yourself/))?.[0] ?? "";
}

type Snapshot = { people: readonly { name: string; roles?: readonly string[] }[] };
async function rolesAt(page: string): Promise<Record<string, readonly string[] | undefined>> {
  const { people } = (await (await fetch(`${page}playground/state`)).json()) as Snapshot;
  return Object.fromEntries(people.map(({ name, roles }) => [name, roles]));
}

test("settings reach the bot, and the demo names those that it replaces by its own", async (t) => {
  const demo = startDemo(t, ["--once"], {
    LOCALE: "zh-CN",
    APPROVERS_NEEDED: "2",
    REASON: "required",
    DATABASE_URL: "sqlite:/elsewhere/receipts.db",
    WECHATPAY_PRIVATE_KEY_FILE: "/nowhere",
  });
  assert.equal(await demo.ended, 0, demo.lines.join("\n"));
  await demo.until(/^Ignored, because the demo has its own: DATABASE_URL, WECHATPAY_PRIVATE_KEY_FILE$/);
  await demo.until(/✅ 已开通商家小票 · 1900000109/);
  await demo.until(/须 2 人批准/);
});

const { skip = false } = engines.find(({ engine }) => engine === "postgres") ?? {};

test("with PostgreSQL, the demo's ledger has a schema of its own, which ends with the demo", { skip }, async (t) => {
  const { url, drop } = await createPostgresSchema();
  t.after(drop);
  const demo = startDemo(t, ["--once", "--empty"], { DATABASE_URL: url.href });
  assert.equal(await demo.ended, 0, demo.lines.join("\n"));
  const line = await demo.until(/^The ledger is in the schema /);
  const schema = /schema (\S+)/.exec(line)?.[1] ?? "";
  const pool = poolFor(url.href);
  const { rows } = await pool.query("select 1 from pg_namespace where nspname = $1", [schema]);
  await pool.end();
  assert.deepEqual(rows, []);
});

test("a database that cannot be reached ends the demo with a sentence", async (t) => {
  const demo = startDemo(t, ["--once"], { DATABASE_URL: "postgres://127.0.0.1:1/receipts" });
  assert.equal(await demo.ended, 1);
  await demo.until(/^The database of DATABASE_URL cannot be used: .*ECONNREFUSED/);
});

test("the demo takes the next free port, and its page opens in the bot's language", async (t) => {
  const taken = createServer();
  taken.listen(0, "127.0.0.1");
  await once(taken, "listening");
  t.after(() => taken.close());
  const { port } = taken.address() as AddressInfo;
  const demo = startDemo(t, ["--empty", "--port", String(port)], { LOCALE: "zh-CN" });
  const page = await pageOf(demo);
  const got = Number(new URL(page).port);
  assert.ok(got > port && got < port + 100, page);
  await demo.until(new RegExp(`Port ${port} is taken`));
  assert.match(await (await fetch(page)).text(), /<html lang="zh-CN">/);
});

test("roles begin empty with --empty, and otherwise as the scene has granted them", async (t) => {
  const empty = await rolesAt(await pageOf(startDemo(t, ["--empty", "--port", "4170"])));
  assert.deepEqual(empty, { ann: [], bob: [], carol: ["admin"], dan: [], eve: [], sam: [], receipt: [] });
  const played = await rolesAt(await pageOf(startDemo(t, ["--port", "4170"])));
  assert.deepEqual(played, { ...empty, ann: ["requester"], bob: ["approver"] });
});

test("the scene follows settings for channels and tickets", async (t) => {
  const demo = startDemo(t, ["--once"], {
    RECEIPT_CHANNELS: "C0NEWSTORE",
    TICKET_PATTERN: "OPS-\\d+",
    TICKET_EXAMPLE: "OPS-1",
    LOG_LEVEL: "silent",
  });
  assert.equal(await demo.ended, 0, demo.lines.join("\n"));
  await demo.until(/^Ignored, because the demo has its own: LOG_LEVEL$/);
  await demo.until(/^#new-stores$/);
  await demo.until(/new store, contract 4711 OPS-1/);
  await demo.until(/^The scene took .* every step succeeded/);
});

test("a setting that the scene cannot play is named, and the page is there without it", async (t) => {
  const demo = startDemo(t, ["--port", "4170"], { APPROVERS_NEEDED: "4" });
  const page = await pageOf(demo);
  assert.deepEqual((await rolesAt(page))["carol"], ["admin"]);
  assert.match(demo.lines[0] ?? "", /^The demo goes on without its scene: with APPROVERS_NEEDED=4, /);
  await demo.until(/^Nobody holds a role yet/);
});

test("each setting that the scene cannot play has its sentence", () => {
  for (const [name, value] of [
    ["TICKET_PATTERN", "OPS-\\d+"],
    ["RECEIPT_CHANNELS", "C0ELSEWHERE"],
    ["APPROVERS_NEEDED", "3"],
  ] as const)
    assert.match(
      String(sceneSettings({ [name]: value })),
      new RegExp(`^The demo goes on without its scene: .*${name}`),
    );
  assert.deepEqual(sceneSettings({ APPROVERS_NEEDED: "2", RECEIPT_CHANNELS: "C0CLOSINGS, C0ELSEWHERE" }), {
    approvers: ["bob", "dan"],
    channels: ["C0CLOSINGS"],
    goldplan: "off",
    ticket: undefined,
  });
});

test("a bot that does not start gives its own reason, and nothing else is printed", async (t) => {
  const demo = startDemo(t, ["--once"], { LOCALE: "fr", WECHATPAY_SERIAL_NO: "ignored" });
  assert.equal(await demo.ended, 1);
  assert.match(demo.lines[0] ?? "", /^The bot cannot start: one setting is missing or wrong\.$/);
  assert.ok(demo.lines.includes("  LOCALE must be en or zh-CN."));
  assert.doesNotMatch(demo.lines.join("\n"), /did not print|last lines|--empty/);
});

test("variables that lead out of the machine or belong to this process do not reach the bot", () => {
  const given = {
    HTTPS_PROXY: "http://proxy:3128",
    SLACK_APP_TOKEN: "xapp-1",
    NODE_OPTIONS: "--inspect",
    npm_config_x: "y",
    TZ: "Asia/Shanghai",
    LOCALE: "",
  };
  assert.deepEqual(demoSettings(given, { PORT: "1" }), {
    environment: { TZ: "Asia/Shanghai", PORT: "1" },
    ignored: ["HTTPS_PROXY", "SLACK_APP_TOKEN"],
  });
});
