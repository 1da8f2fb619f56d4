/** `npm run doctor` as the person who runs it sees it: lines, exit codes, JSON and its options. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { after, test } from "node:test";
import { z } from "zod";
import { checks } from "../../../src/cli/doctor/checks.ts";
import { startBotProcess } from "../../../src/playground/bot-process.ts";
import { migrations } from "../../../src/storage/migrations/migrations.ts";
import { en } from "../../../src/text/en/catalogue.ts";
import { zhCN } from "../../../src/text/zh-CN/catalogue.ts";
import { openInstallation, run, runProcess } from "./builders.ts";

const { playground, env, path } = await openInstallation({ after });
const names = checks.map(({ name }) => name);

test("a correct installation passes every check while the bot runs, and does not change", async () => {
  const bot = startBotProcess(
    Object.fromEntries(Object.entries(env).flatMap(([k, v]) => (v === undefined ? [] : [[k, v]]))),
  );
  try {
    await bot.until('"listening"');
    const { code, out, error } = await runProcess([], env);
    assert.equal(error, "");
    const results = [...out.matchAll(/^(ok|warning|failed|skipped) +(\S+)$/gm)].map(([, result, name]) => [
      name,
      result,
    ]);
    assert.deepEqual(
      results,
      names.map((name) => [name, "ok"]),
      out,
    );
    assert.equal(code, 0);
    assert.ok(!out.includes("[redacted]"), "something that is no secret is not shown");
    assert.ok(out.endsWith(`\n${en.doctor.summary(names.length, 0, 0, 0)}\n`), out);
    for (const [name, lines] of [...out.split(/^(?=ok )/m)].map((part) => [
      part.split("\n")[0],
      part.split("\n").length,
    ]))
      assert.ok(Number(lines) > 2, `nothing is said under ${name}`);
  } finally {
    assert.equal(await bot.end(), 0);
  }
  assert.equal(playground.slack.messages("C0MERCHANT").length, 0);
  assert.equal(playground.weChatPay.states.size, 0);
  assert.ok(playground.weChatPay.calls.every(({ acted }) => !acted));
  assert.deepEqual(
    readdirSync(dirname(path)).filter((file) => !file.startsWith("receipts.db")),
    [],
  );
});

test("in Chinese, everything but names and results is Chinese", async () => {
  const { code, out } = await runProcess([], { ...env, LOCALE: "zh-CN" });
  assert.equal(code, 0, out);
  assert.ok(out.includes(zhCN.doctor.summary(names.length, 0, 0, 0)), out);
  const findings = out.split("\n").filter((line) => line.startsWith("  "));
  assert.ok(findings.length >= names.length);
  for (const line of findings) assert.match(line, /\p{Script=Han}/u);
});

test("--json prints one object of the documented shape", async () => {
  const { code, out, error } = await runProcess(["--json", "--offline"], env);
  assert.deepEqual([code, error], [0, ""]);
  const results = ["ok", "warning", "failed", "skipped"] as const;
  const count = z.int().nonnegative();
  const shape = z.strictObject({
    exit: z.literal([0, 1, 2]),
    counts: z.strictObject({ ok: count, warning: count, failed: count, skipped: count }),
    checks: z.array(
      z.strictObject({ name: z.enum(names), result: z.enum(results), findings: z.array(z.string().min(1)).min(1) }),
    ),
  });
  const said = shape.parse(JSON.parse(out));
  assert.deepEqual(
    said.checks.map(({ name }) => name),
    names,
  );
  for (const result of results)
    assert.equal(said.counts[result], said.checks.filter((each) => each.result === result).length);
});

test("--list describes at least 12 checks, in both languages", async () => {
  for (const [locale, texts] of [
    ["en", en],
    ["zh-CN", zhCN],
  ] as const) {
    const { code, out } = await run(["--list"], { LOCALE: locale });
    assert.equal(code, 0);
    const listed = out
      .trimEnd()
      .split("\n")
      .map((line) => line.split(/ {2,}/));
    assert.ok(listed.length >= 12);
    assert.deepEqual(
      listed,
      Object.keys(texts.doctor.checks).map((name) => [name, texts.doctor.checks[name as "node"]]),
    );
    assert.deepEqual(listed.map(([name]) => name).sort(), names.toSorted());
  }
});

test("--only runs these checks alone", async () => {
  const { code, out } = await run(["--only", "clock, node"], env);
  assert.equal(code, 0);
  assert.deepEqual(
    [...out.matchAll(/^ok +(\S+)$/gm)].map(([, name]) => name),
    ["node", "clock"],
  );
});

test("tokens of two Slack apps are told apart", async () => {
  const other = await openInstallation({ after });
  Object.assign(other.playground.slack.app, { appId: "A0OTHER001" });
  const { code, out } = await run(["--only", "slack-socket"], other.env);
  assert.equal(code, 1);
  assert.ok(out.includes(en.doctor.socket.otherApp("A0RECEIPT1", "A0OTHER001")), out);
});

test("--offline contacts neither Slack nor WeChat Pay, and looks at the database all the same", async () => {
  const before = [playground.slack.log.length, playground.weChatPay.calls.length];
  const { code, out } = await run(["--offline"], env);
  assert.equal(code, 0, out);
  assert.deepEqual([playground.slack.log.length, playground.weChatPay.calls.length], before);
  const resultOf = (name: string) => new RegExp(`^(\\S+) +${name}$`, "m").exec(out)?.[1];
  for (const name of names) {
    const isFar = /^(slack-|wechatpay-(platform|endpoints|signature))/.test(name) || name === "clock";
    assert.equal(resultOf(name), isFar ? "skipped" : "ok", name);
  }
});

test("an unknown option or check is answered with one sentence and 2", async () => {
  for (const args of [["--nope"], ["--only"], ["--only", "colour"], ["--only", "node,"], ["node"], ["--json=yes"]]) {
    const { code, out, error } = await run(args, env);
    assert.deepEqual([code, out], [2, ""], args.join(" "));
    assert.match(error, /^[^\n]+\.\n$/, args.join(" "));
  }
  assert.match((await run(["--only", "colour"], env)).error, /no check colour/);
});

test("the sample in operating.md matches the checks' output", () => {
  const page = readFileSync(new URL("../../../.github/docs/operating.md", import.meta.url), "utf8");
  const [, sample = ""] = /^## Check an installation\n.*?^```\n(.*?)^```/ms.exec(page) ?? [];
  const shown = [...sample.matchAll(/^(ok|warning|failed|skipped) +(\S+)$/gm)].map(([, , name = ""]) => name);
  assert.ok(shown.length > 4);
  assert.deepEqual(
    shown,
    names.filter((name) => shown.includes(name)),
  );
  const { clock, schema, channels, escalation, settings, signature } = en.doctor;
  const newest = Object.keys(migrations("sqlite")).at(-1) ?? "";
  for (const line of [
    settings.fine,
    clock.fine("slack", 0),
    clock.fine("weChatPay", 0),
    schema.pending(newest),
    channels["not-in"]("C0RANDOM01"),
    escalation.off,
    signature.accepted,
    en.doctor.summary(24, 1, 1, 3),
  ])
    assert.ok(sample.includes(`${line}\n`), line);
});

test("--help says how it is used, and ends with 0", async () => {
  const { code, out } = await run(["--help"], {});
  assert.equal(code, 0);
  for (const option of ["--list", "--only", "--offline", "--json"]) assert.ok(out.includes(option));
});

test("malformed settings are a failed check, and checks that do not need them still run", async () => {
  const { code, out, error } = await run([], { ...env, SLACK_BOT_TOKEN: "nonsense", PORT: "none" });
  assert.deepEqual([code, error], [1, ""]);
  assert.match(out, /^failed +settings\n(.+\n)*? +SLACK_BOT_TOKEN must be/m);
  assert.match(out, /^ok +database$/m);
  assert.match(out, /^ok +database-writable$/m);
  assert.match(out, /^skipped +slack-token$/m);
  assert.equal((await run(["--offline"], {})).code, 1);
});

test("the exit code is 2 if a requested check could not run, and nothing else failed", async () => {
  const wrong = { ...env, SLACK_BOT_TOKEN: "xoxb-1-other" };
  assert.equal((await run(["--only", "slack-scopes"], wrong)).code, 2);
  assert.equal((await run(["--only", "slack-scopes,slack-token"], wrong)).code, 1);
  assert.equal((await run(["--only", "slack-scopes", "--offline"], wrong)).code, 0);
  assert.equal((await run(["--only", "wechatpay-signature"], { ...env, PORT: "none" })).code, 2);
});
