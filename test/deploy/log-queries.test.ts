/** The lines that operating.md gives for questions to the log, run over what a bot really logs. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { invalid } from "../../src/playground/wechatpay/scenario.ts";
import { freshNumber, logLines, openStage, people } from "../e2e/support/stage.ts";
import { eventually } from "../eventually.ts";

const isInstalled = spawnSync("jq", ["--version"]).status === 0;
if (!isInstalled && process.env["REQUIRE_JQ"]) throw new Error("jq is not installed, and REQUIRE_JQ forbids the skip");
const skip = !isInstalled && "SKIPPED: jq is not installed";

const [, section = ""] = readFileSync(".github/docs/operating.md", "utf8").split(
  "\n### Questions that the log answers\n",
);
const lines = [...(section.split("\n## ")[0] ?? "").matchAll(/^jq .+$/gm)].map(([line]) => line);
/** What `npm start` prints before the bot's first line, and systemd after its last one. */
const npmBanner = "\n> receipt-bot@0.1.0 start\n> node src/node-version.js && exec env node src/main.ts\n\n";
const systemdLine = "receipt-bot.service: Deactivated successfully.\n";
/** The sub-merchant in the documentation's example. */
const example = "1900000109";

test("five lines of jq lead from a number to the request, its steps, people, answers and failures", {
  skip,
}, async (t) => {
  const stage = await openStage();
  t.after(() => stage.close());
  const folder = mkdtempSync(join(tmpdir(), "receipt-log-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const number = freshNumber();
  const other = await stage.request("ann", `open ${freshNumber()}`);
  await stage.press("bob", other, "Approve");
  await stage.untilShown(other, "Receipts opened");
  stage.weChatPay.behave(number, () => invalid("特约商户被处罚中"));
  const request = await stage.request("ann", `open ${number}`);
  await stage.pressAndRead("ann", request, "Approve");
  await stage.press("bob", request, "Approve");
  await stage.untilShown(request, "Receipts not opened");
  await stage.untilReply(request);
  const [row] = await stage.rows("select request_id from operations where sub_mchid = ?", number);
  const id = String(row?.["request_id"]);
  await eventually(() =>
    logLines(stage.logged).some((line) => line["post"] === `${id}:outcome:1` && line.msg === "Slack shows the change"),
  );
  writeFileSync(join(folder, "bot.log"), [npmBanner, ...stage.logged, systemdLine].join(""));

  const answers = lines.map((line) => {
    const options = { cwd: folder, env: { ...process.env, id }, encoding: "utf8" } as const;
    const { status, stdout, stderr } = spawnSync("bash", ["-c", line.replace(example, number)], options);
    assert.equal(status, 0, `${line}\n${stderr}`);
    // Without the times, which every other run has different.
    return stdout
      .trim()
      .split("\n")
      .map((answer) => answer.replace(/^(\[")?\d{4}-\S+?Z( |",)/, "$1"));
  });
  assert.equal(answers.length, 5);
  const [requests, steps, decisions, results, failures] = answers;
  assert.deepEqual(requests, [id]);
  assert.equal(steps?.[0], "slack: request recorded");
  const inOrder = [
    "slack: refused",
    "slack: request decided",
    "executor: calling WeChat Pay",
    "executor: WeChat Pay answered",
    "executor: the attempt has ended",
  ];
  assert.deepEqual(
    steps?.filter((step) => inOrder.includes(step)),
    inOrder,
  );
  assert.equal(steps?.at(-1), "reporter: Slack shows the change");
  assert.deepEqual(decisions, [`${people.ann} own-request`, `${people.bob} approve`]);
  assert.equal(results?.length, 1);
  assert.match(results?.[0] ?? "", /"fault":"sub-merchant-penalised","status":400.*"requestId":"/);
  assert.deepEqual(failures, [`${id} failed`]);
});
