/** A day of a team in a minute: afterwards the metrics, read by a parser that is not ours, say what the ledger says. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { freePort } from "../../src/playground/free-port.ts";
import { busy, invalid } from "../../src/playground/wechatpay/scenario.ts";
import { modeOn, onEveryEngine } from "../e2e/support/every-engine.ts";
import { freshNumber, type Stage } from "../e2e/support/stage.ts";
import { eventually } from "../eventually.ts";
import { noPromtool, promtool } from "./promtool.ts";
import { type Scrape, scraped } from "./scrape.ts";

const fresh = (count: number) => Array.from({ length: count }, freshNumber);

onEveryEngine("metrics", (openStage, engine) => {
  test("the counters equal the ledger after requests, decisions, failures, a bulk request and a stop", async (t) => {
    const port = await freePort();
    const mode = modeOn[engine];
    const stage = await openStage({ mode, environment: { OPS_PORT: String(port), WECHATPAY_RATE: "20" } });
    t.after(() => stage.close());
    const page = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const before = scraped(await page());
    await campaign(stage);
    const ended = "select count(*) as open from operations where state in ('queued', 'running')";
    await eventually(async () => Number((await stage.rows(ended))[0]?.["open"]) === 0);
    const shown = "select count(*) as waiting from posts where shown < wanted";
    await eventually(async () => Number((await stage.rows(shown))[0]?.["waiting"]) === 0);
    // What was read of the ledger before may be shown for ten seconds.
    await stage.later(11_000);
    const text = await page();
    const after = scraped(text);
    await assertEqualToLedger(stage, after);

    const grew = (name: string, labels: Record<string, string>) =>
      (after.value(name, labels) ?? Number.NaN) - (before.value(name, labels) ?? Number.NaN);
    const typed = (name: string, result: string) =>
      grew("receipt_interactions_total", { type: "command", name, result });
    assert.equal(typed("open", "answered"), 6);
    assert.equal(typed("open", "not-understood"), 1);
    assert.equal(typed("close", "answered"), 1);
    assert.equal(typed("status", "answered"), 1);
    assert.equal(typed("open", "refused"), 1);
    const clicked = (name: string, result: string) =>
      grew("receipt_interactions_total", { type: "click", name, result });
    assert.equal(clicked("approve", "answered"), 5);
    assert.equal(clicked("approve", "refused"), 1);
    assert.equal(clicked("stop", "answered"), 1);
    assert.equal(grew("receipt_interactions_total", { type: "form", name: "reject", result: "answered" }), 1);
    assert.equal(grew("receipt_acknowledgement_seconds_count", { type: "command" }), 10);
    assert.ok(grew("receipt_slack_calls_total", { method: "chat.postMessage", error: "none" }) >= 7);
    assert.ok(grew("receipt_ledger_commit_seconds_count", { result: "committed" }) > 10);
    assert.ok(grew("receipt_ledger_statement_seconds_count", {}) > 10);
    assert.equal(after.value("receipt_ledger_up"), 1);
    assert.equal(after.value("receipt_socket_mode_connected"), mode === "socket" ? 1 : Number.NaN);
    assert.equal(after.value("receipt_wechatpay_certificate_expiry_seconds"), Number.NaN);
    assert.equal(after.value("receipt_provider_certificate_expiry_seconds"), Number.NaN);
    if (!noPromtool) assert.deepEqual(promtool(["check", "metrics"], text), { code: 0, said: "" });
  });
});

/** One of everything that a team does, each waited for. */
async function campaign(stage: Stage): Promise<void> {
  const decide = async (words: string, button: string, shown: string | RegExp) => {
    const request = await stage.request("ann", words);
    await stage.press("bob", request, button);
    await stage.untilShown(request, shown);
    return request;
  };
  await decide(`open ${freshNumber()}`, "Approve", "Receipts opened");
  await decide(`close ${freshNumber()}`, "Approve", "Receipts closed");
  const [penalised = "", unwell = ""] = fresh(2);
  stage.weChatPay.behave(penalised, () => invalid("特约商户被处罚中"));
  await decide(`open ${penalised}`, "Approve", "Receipts not opened");
  let failures = 0;
  stage.weChatPay.behave(unwell, () => (failures++ === 0 ? busy() : undefined));
  await decide(`open ${unwell}`, "Approve", "Receipts opened");
  const rejected = await stage.request("ann", `open ${freshNumber()}`);
  await stage.pressAndRead("ann", rejected, "Approve");
  await stage.reject("bob", rejected);
  await stage.untilShown(rejected, "Rejected by @bob");
  const undecided = await stage.request("ann", `open ${freshNumber()}`);
  await stage.untilKnown(undecided);

  const bulk = await stage.request("ann", `open ${fresh(100).join(" ")}`);
  await stage.press("bob", bulk, "Approve");
  await stage.untilShown(bulk, /\d+ done/);
  await stage.press("dan", bulk, "Stop");
  await stage.untilShown(bulk, "not started, stopped by @dan");

  await stage.typeAndRead("ann", "open 12x");
  await stage.typeAndRead("ann", "status 1900000109");
  await stage.typeAndRead("ghost", `open ${freshNumber()}`);
}

async function assertEqualToLedger(stage: Stage, page: Scrape): Promise<void> {
  const operations = await stage.rows(
    "select action, state, topic, count(*) as count from operations where state in ('succeeded', 'failed', 'cancelled') group by action, state, topic",
  );
  for (const { action, state, topic, count } of operations) {
    const labels = { object: "receipt", action: String(action), fault: String(topic ?? "none") };
    const outcomes = state === "failed" ? ["failed", "uncertain"] : [String(state)];
    const counted = outcomes.map((outcome) => page.value("receipt_operations_total", { ...labels, outcome }) ?? 0);
    assert.equal(
      counted.reduce((sum, one) => sum + one, 0),
      Number(count),
      `${action} ${state} ${topic}`,
    );
  }
  const sum = (rows: readonly { count?: unknown }[]) => rows.reduce((all, { count }) => all + Number(count), 0);
  assert.equal(page.value("receipt_operations_total"), sum(operations));
  const requests = await stage.rows("select action, state, count(*) as count from requests group by action, state");
  const of = (action: string, ...states: string[]) =>
    sum(requests.filter((row) => row["action"] === action && states.includes(String(row["state"]))));
  for (const action of ["OPEN", "CLOSE"]) {
    const moved = (state: string) => page.value("receipt_requests_total", { object: "receipt", action, state });
    const every = ["pending", "approved", "rejected", "withdrawn", "expired", "done"];
    assert.equal(moved("pending"), of(action, ...every));
    assert.equal(moved("approved"), of(action, "approved", "done"));
    assert.equal(moved("rejected"), of(action, "rejected"));
    assert.equal(moved("done"), of(action, "done"));
    assert.equal(page.value("receipt_requests_open", { action, state: "pending" }), of(action, "pending"));
  }
  const attempts = (having: string) =>
    stage.rows("select count(*) as count from attempts where result_json like ?", `%${having}%`).then(sum);
  assert.equal(page.value("receipt_attempts_total"), await attempts("kind"));
  for (const status of ["200", "400", "500"])
    assert.equal(page.value("receipt_attempts_total", { status }), await attempts(`"status":${status}`), status);
  const carriedOut = operations.filter(({ state }) => state !== "cancelled");
  assert.equal(page.value("receipt_approval_to_outcome_seconds_count"), sum(carriedOut));
  assert.equal(page.value("receipt_operations_open", { state: "waiting" }), 1);
  for (const name of ["receipt_posts_waiting", "receipt_leases_lost_total", "receipt_slack_refused"])
    assert.equal(page.value(name), 0, name);
}
