/**
 * What operators deploy for Prometheus and Grafana: it parses, it fires, it names metrics that exist, and it is
 * explained.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { parse, stringify } from "yaml";
import { createMetrics } from "../../src/metrics/metrics.ts";
import { virtualClock } from "../ledger/builders.ts";
import { noPromtool, promtool } from "../metrics/promtool.ts";

interface Rules {
  groups: { rules: { alert: string; expr: string; annotations: { runbook_url: string } }[] }[];
}

interface RuleTests {
  tests: { alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] }[];
}

interface Dashboard {
  panels: { id: number; title: string; targets: { expr: string }[] }[];
}

const alertsFile = "src/deploy/alerts.yml";
const testsFile = "test/deploy/alerts.rules-test.yml";
const alerts = (parse(readFileSync(alertsFile, "utf8")) as Rules).groups.flatMap(({ rules }) => rules);
const { panels } = JSON.parse(readFileSync("src/deploy/dashboard.json", "utf8")) as Dashboard;
const shown = panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, expr })));

/** Every metric on the page, with the samples of the histograms. */
async function existing(): Promise<Set<string>> {
  const names = { interactions: { command: [], click: [], form: [], shortcut: [] } };
  const { watch, page } = createMetrics({ ...names, endpoints: [], slackMethods: [], slackErrors: [] });
  watch({
    version: "0",
    linesLost: () => 0,
    slackRefusals: () => 0,
    isSocketConnected: () => undefined,
    certificateEndsInMs: () => undefined,
    ownCertificateEndsInMs: () => undefined,
    read: () => Promise.reject(new Error("away")),
    write: () => Promise.reject(new Error("away")),
    clock: virtualClock(),
    isBackedUpElsewhere: false,
  });
  const { body } = await page();
  return new Set(
    [...body.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = "", type]) =>
      type === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
}

const metricsIn = (expr: string) => expr.match(/\b(?:receipt|process)_\w+/g) ?? [];

test("promtool accepts the alerts", { skip: noPromtool }, () => {
  const { code, said } = promtool(["check", "rules", "--lint-fatal", alertsFile]);
  assert.equal(code, 0, said);
});

test("each alert fires for its own problem and for no other", { skip: noPromtool }, () => {
  const { code, said } = promtool(["test", "rules", testsFile]);
  assert.equal(code, 0, said);
  const { tests } = parse(readFileSync(testsFile, "utf8")) as RuleTests;
  const cases = tests.flatMap(({ alert_rule_test }) => alert_rule_test);
  for (const { alert } of alerts) {
    const fired = cases.filter(({ alertname }) => alertname === alert).map(({ exp_alerts }) => exp_alerts.length > 0);
    assert.deepEqual(fired, [true, false], alert);
  }
});

test("promtool parses every expression of the dashboard, and refuses one that is wrong", { skip: noPromtool }, (t) => {
  const folder = mkdtempSync(join(tmpdir(), "receipt-dashboard-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "rules.yml");
  const check = (expressions: readonly string[]) => {
    const rules = expressions.map((expr, nth) => ({
      record: `dashboard:expression_${nth}`,
      // Grafana puts a duration in its place.
      expr: expr.replaceAll("$__rate_interval", "5m"),
    }));
    writeFileSync(file, stringify({ groups: [{ name: "dashboard", rules }] }));
    return promtool(["check", "rules", file]);
  };
  assert.ok(shown.length > 20);
  const { code, said } = check(shown.map(({ expr }) => expr));
  assert.equal(code, 0, said);
  assert.notEqual(check(["sum by (receipt_ledger_up"]).code, 0);
});

test("every metric in an alert or on the dashboard exists", async () => {
  const known = await existing();
  assert.ok(known.size > 40);
  const used = [...alerts.map(({ expr }) => expr), ...shown.map(({ expr }) => expr)];
  for (const expr of used) {
    const metrics = metricsIn(expr);
    assert.ok(metrics.length > 0 || /^up\{/.test(expr), expr);
    for (const name of metrics) assert.ok(known.has(name), `${name} in ${expr}`);
  }
});

test("every alert's runbook_url leads to a runbook, and every runbook has an alert", () => {
  const page = ".github/docs/operating.md";
  const [, section = ""] = readFileSync(page, "utf8").split("\n## Alerts\n");
  const runbooks = [...(section.split("\n## ")[0] ?? "").matchAll(/^### (\w+)\n\n(.+)/gm)];
  assert.deepEqual(
    runbooks.map(([, name]) => name),
    alerts.map(({ alert }) => alert),
  );
  for (const { alert, annotations } of alerts)
    assert.equal(annotations.runbook_url, `${page}#${alert.toLowerCase()}`, alert);
});
