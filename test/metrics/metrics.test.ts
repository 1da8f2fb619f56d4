/** The page for Prometheus: its names, its labels, and what it shows while the ledger is away. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { topics } from "../../src/domain/guidance.ts";
import { fullRate } from "../../src/domain/rate-limiter.ts";
import type { LedgerFigures } from "../../src/domain/telemetry/ledger-figures.ts";
import { createMetrics } from "../../src/metrics/metrics.ts";
import { slackErrors, slackMethods } from "../../src/slack/api/call-metrics.ts";
import { interactionNames } from "../../src/slack/interaction-names.ts";
import { virtualClock } from "../ledger/builders.ts";
import { noPromtool, promtool } from "./promtool.ts";
import { scraped } from "./scrape.ts";

const endpoints = ["api.mch.weixin.qq.com", "api2.mch.weixin.qq.com"];
const open = { object: "receipt", action: "OPEN" } as const;
const none: LedgerFigures = {
  requests: [],
  oldestUndecidedAt: undefined,
  operations: { waiting: 0, queued: 0, running: 0, held: 0 },
  oldestQueuedAt: undefined,
  posts: 0,
  oldestPostAt: undefined,
  postsRefused: 0,
  unsealed: 0,
  oldestUnsealedAt: undefined,
  rate: fullRate,
  backedUpAt: undefined,
};

function opened(
  read: () => Promise<LedgerFigures> = async () => none,
  isBackedUpElsewhere = false,
  write: () => Promise<void> = async () => {},
) {
  const clock = virtualClock();
  const { metrics, watch, page } = createMetrics({
    interactions: interactionNames,
    endpoints,
    slackMethods,
    slackErrors,
  });
  watch({
    version: "1.2.3",
    linesLost: () => 3,
    slackRefusals: () => 0,
    isSocketConnected: () => true,
    certificateEndsInMs: () => 86_400_000,
    ownCertificateEndsInMs: () => 7_200_000,
    read,
    write,
    clock,
    isBackedUpElsewhere,
  });
  return { clock, metrics, text: async () => (await page()).body, scrape: async () => scraped((await page()).body) };
}

test("promtool has nothing to say about names, units and help", { skip: noPromtool }, async () => {
  const { text } = opened();
  assert.deepEqual(promtool(["check", "metrics"], await text()), { code: 0, said: "" });
});

test("every combination of labels is there from the start, at 0", async () => {
  const { scrape } = opened();
  const page = await scrape();
  for (const action of ["OPEN", "CLOSE"]) {
    const about = { object: "receipt", action };
    for (const outcome of ["succeeded", "cancelled"])
      assert.equal(page.value("receipt_operations_total", { ...about, outcome, fault: "none" }), 0);
    for (const fault of [...topics, "other"])
      assert.equal(page.value("receipt_operations_total", { ...about, outcome: "failed", fault }), 0, fault);
    assert.equal(page.value("receipt_operations_total", { ...about, outcome: "uncertain", fault: "unfinished" }), 0);
    for (const state of ["pending", "approved", "rejected", "withdrawn", "expired", "done"])
      assert.equal(page.value("receipt_requests_total", { ...about, state }), 0);
  }
  for (const endpoint of [...endpoints, "other"])
    for (const status of ["200", "429", "500", "none", "unsigned", "other"])
      for (const call of ["receipt", "goldplan"])
        assert.equal(page.value("receipt_attempts_total", { endpoint, status, call }), 0);
  for (const method of slackMethods)
    for (const error of ["none", "no-answer", "other", ...slackErrors])
      assert.equal(page.value("receipt_slack_calls_total", { method, error }), 0);
  for (const [type, names] of Object.entries(interactionNames))
    for (const name of names)
      assert.equal(page.series("receipt_interactions_total", { type, name }), 7, `${type} ${name}`);
  assert.equal(page.value("receipt_log_lines_lost_total"), 3);
  assert.equal(page.value("receipt_build_info", { version: "1.2.3", node: process.versions.node }), 1);
  for (const name of [
    "receipt_leases_lost_total",
    "receipt_slack_future_requests_total",
    "receipt_slack_unverified_requests_total",
  ])
    assert.equal(page.value(name), 0);
});

test("unlisted values count as other, and create no new series", async () => {
  const { metrics, scrape } = opened();
  const before = (await scrape()).families.map(({ name, metrics }) => [name, metrics.length]);
  metrics.slackCalled("made.up", "some_new_error", 5);
  metrics.attempted("receipt", 1, 418, 5);
  metrics.interaction("click", "button-of-a-later-version", "answered");
  metrics.operationEnded({ ...open, outcome: "failed", fault: "later" as never, sinceApprovalMs: undefined });
  const page = await scrape();
  assert.deepEqual(
    page.families.map(({ name, metrics }) => [name, metrics.length]),
    before,
  );
  assert.equal(page.value("receipt_slack_calls_total", { method: "other", error: "other" }), 1);
  const attempt = { endpoint: "api2.mch.weixin.qq.com", status: "other", call: "receipt" };
  assert.equal(page.value("receipt_attempts_total", attempt), 1);
  assert.equal(page.value("receipt_interactions_total", { type: "click", name: "other", result: "answered" }), 1);
  assert.equal(page.value("receipt_operations_total", { outcome: "failed", fault: "other" }), 1);
});

test("times are histograms in seconds, and an endpoint's index wraps around as the client's does", async () => {
  const { metrics, text } = opened();
  metrics.attempted("goldplan", 2, 200, 300);
  metrics.operationEnded({
    object: "both",
    action: "CLOSE",
    outcome: "succeeded",
    fault: undefined,
    sinceApprovalMs: 90_000,
  });
  const page = await text();
  const endpoint = 'endpoint="api.mch.weixin.qq.com"';
  assert.match(page, new RegExp(`^receipt_attempt_seconds_bucket\\{le="0.25",${endpoint}\\} 0$`, "m"));
  assert.match(page, new RegExp(`^receipt_attempt_seconds_bucket\\{le="0.5",${endpoint}\\} 1$`, "m"));
  assert.match(page, /^receipt_approval_to_outcome_seconds_sum\{object="both",action="CLOSE"\} 90$/m);
});

test("the ledger is read at most every ten seconds, and ages increase in the meantime", async () => {
  let reads = 0;
  const { clock, scrape } = opened(async () => {
    reads += 1;
    return { ...none, operations: { ...none.operations, queued: reads }, oldestQueuedAt: clock.now() - 30_000 };
  });
  assert.equal((await scrape()).value("receipt_queue_oldest_seconds"), 30);
  clock.advance(9_000);
  const page = await scrape();
  assert.equal(reads, 1);
  assert.equal(page.value("receipt_operations_open", { state: "queued" }), 1);
  assert.equal(page.value("receipt_queue_oldest_seconds"), 39);
  clock.advance(2_000);
  assert.equal((await scrape()).value("receipt_operations_open", { state: "queued" }), 2);
});

test("while the ledger is unavailable, its figures become unknown after 15 seconds and the process' own go on", async () => {
  let read: () => Promise<LedgerFigures> = async () => ({ ...none, posts: 4 });
  const { clock, metrics, scrape } = opened(() => read());
  assert.equal((await scrape()).value("receipt_posts_waiting"), 4);
  read = () => Promise.reject(new Error("away"));
  clock.advance(12_000);
  const soon = await scrape();
  assert.deepEqual([soon.value("receipt_ledger_up"), soon.value("receipt_posts_waiting")], [0, 4]);
  clock.advance(4_000);
  metrics.leaseLost();
  const later = await scrape();
  assert.deepEqual([later.value("receipt_ledger_up"), later.value("receipt_posts_waiting")], [0, Number.NaN]);
  assert.equal(later.value("receipt_leases_lost_total"), 1);
  assert.ok((later.value("process_resident_memory_bytes") ?? 0) > 1e6);
  read = async () => none;
  const back = await scrape();
  assert.deepEqual([back.value("receipt_ledger_up"), back.value("receipt_posts_waiting")], [1, 0]);
});

test("a ledger that does not answer holds the page up for a second, not longer", async () => {
  const { clock, scrape } = opened(() => new Promise(() => {}));
  const waiting = scrape();
  while (clock.nextWake() === undefined) await new Promise(setImmediate);
  clock.advance(1_000);
  assert.equal((await waiting).value("receipt_ledger_up"), 0);
});

test("a ledger that can be read but not written to shows as such, and is tried again at the next scrape", async () => {
  let writes = 0;
  let write = () => Promise.reject(new Error("database or disk is full"));
  const { clock, scrape } = opened(undefined, false, () => {
    writes += 1;
    return write();
  });
  const shown = async () => {
    const page = await scrape();
    return ["receipt_ledger_up", "receipt_ledger_writable", "receipt_posts_waiting"].map((name) => page.value(name));
  };
  assert.deepEqual(await shown(), [1, 0, 0]);
  assert.deepEqual(await shown(), [1, 0, 0]);
  assert.equal(writes, 2);
  write = () => Promise.resolve() as Promise<never>;
  assert.deepEqual(await shown(), [1, 1, 0]);
  clock.advance(9_000);
  assert.deepEqual(await shown(), [1, 1, 0]);
  assert.equal(writes, 3, "a write that succeeded is not repeated for ten seconds");
  write = () => Promise.reject(new Error("attempt to write a readonly database"));
  clock.advance(2_000);
  assert.deepEqual(await shown(), [1, 0, 0]);
});

test("a write that does not end holds the page up for two seconds, and does not start again meanwhile", async () => {
  let writes = 0;
  const { clock, scrape } = opened(undefined, false, () => {
    writes += 1;
    return new Promise(() => {});
  });
  for (const _ of [1, 2]) {
    const waiting = scrape();
    // The ledger's figures are read first.
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    clock.advance(1_999);
    assert.equal(await Promise.race([waiting, new Promise((resolve) => setImmediate(resolve, "waits"))]), "waits");
    clock.advance(1);
    assert.equal((await waiting).value("receipt_ledger_writable"), 0);
  }
  assert.equal(writes, 1);
});

test("a ledger that was never backed up has an infinite backup age, unless others back it up", async () => {
  const age = async (isElsewhere: boolean, backedUpAt?: number) =>
    (await opened(async () => ({ ...none, backedUpAt }), isElsewhere).scrape()).value("receipt_backup_age_seconds");
  assert.equal(await age(false), Number.POSITIVE_INFINITY);
  assert.equal(await age(true), Number.NaN);
  for (const isElsewhere of [true, false])
    assert.equal(await age(isElsewhere, virtualClock().now() - 7_200_000), 7_200);
});

test("the time until a certificate expires is in seconds", async () => {
  const page = await opened().scrape();
  assert.equal(page.value("receipt_wechatpay_certificate_expiry_seconds"), 86_400);
  assert.equal(page.value("receipt_provider_certificate_expiry_seconds"), 7_200);
});

test("every method of Slack that the code calls is counted under its name", () => {
  const source = readdirSync("src/slack", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(`src/slack/${file}`, "utf8"))
    .join("\n");
  const called = [...source.matchAll(/\b(?:ask|slack)\("(\w+(?:\.\w+)+)"/g)].map((match) => match[1] ?? "");
  assert.deepEqual([...new Set(called)].sort(), [...slackMethods].sort());
});

test("operating.md explains every metric, and no other", async () => {
  const page = await opened().text();
  const shown = new Set([...page.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
  const [, monitoring = ""] = readFileSync(".github/docs/operating.md", "utf8").split("\n## Monitoring\n");
  const rows = monitoring.split("\n").filter((line) => line.startsWith("| `"));
  const explained = rows.flatMap((row) =>
    [...(row.split("|")[1] ?? "").matchAll(/`((?:receipt|process)_\w+)/g)].map(([, name]) => name),
  );
  assert.deepEqual(explained.toSorted(), [...shown].sort());
});
