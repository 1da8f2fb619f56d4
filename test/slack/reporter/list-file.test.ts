/** What a request's CSV file says of each switch, whatever an operation has done so far. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleRequest } from "../../../src/cli/doctor/samples/requests.ts";
import type { AttemptResult } from "../../../src/domain/attempt-result.ts";
import type { OperationResult } from "../../../src/ledger/queries/bulk/results.ts";
import { listFile } from "../../../src/slack/reporter/list-file.ts";
import { textsOf } from "../../../src/text/texts.ts";

const refused: AttemptResult = {
  kind: "refused",
  fault: "sub-merchant-penalised",
  status: 400,
  code: "INVALID_REQUEST",
  message: "特约商户被处罚中",
};
const unverified: AttemptResult = { kind: "unverified", why: "missing", status: 200 };

type Row = Pick<OperationResult, "object" | "state" | "step"> & Partial<OperationResult>;

/** The last three columns of each row: receipt, 点金计划, scene. */
async function switchesOf(rows: readonly Row[], locale: "en" | "zh-CN" = "en"): Promise<string[]> {
  const results = rows.map(
    (row, nth): OperationResult => ({
      seq: nth + 1,
      subMchid: `190000010${nth}`,
      name: undefined,
      isUnlisted: false,
      givenAs: undefined,
      action: "OPEN",
      excludedBy: undefined,
      attempts: 1,
      endedAt: undefined,
      result: undefined,
      ...row,
    }),
  );
  const needs = {
    ledger: { bulk: { results: async () => results } },
    workspace: { knownName: () => undefined },
    texts: textsOf(locale),
    command: "/receipt",
  };
  const request = sampleRequest({ action: "OPEN", object: "both", scene: "JSAPI" });
  const { file } = await listFile(needs, request, { name: "results", of: "all", count: rows.length, text: "" });
  const lines = file.toString("utf8").trim().split("\r\n").slice(1);
  return lines.map((line) => line.split(",").slice(-3).join(","));
}

const both = (row: Omit<Row, "object">): Row => ({ object: "both", ...row });

test("of two switches, a row says what each has come to", async () => {
  const rows: [row: Row, receipt: string, goldplan: string][] = [
    [both({ state: "waiting", step: "receipt" }), "waiting for a decision", "waiting for a decision"],
    [both({ state: "queued", step: "receipt" }), "queued", "queued"],
    [both({ state: "running", step: "receipt" }), "in progress", "queued"],
    [
      both({ state: "held", step: "receipt" }),
      "on hold until an approver decides",
      "on hold until an approver decides",
    ],
    [both({ state: "failed", step: "receipt", result: refused }), "failed", "not carried out"],
    [both({ state: "failed", step: "receipt", result: unverified }), "not certain", "not carried out"],
    [both({ state: "cancelled", step: "receipt" }), "not carried out", "not carried out"],
    [both({ state: "cancelled", step: "receipt", excludedBy: "UBOB" }), "left out", "left out"],
    [both({ state: "queued", step: "goldplan" }), "done", "queued"],
    [both({ state: "running", step: "goldplan" }), "done", "in progress"],
    [both({ state: "held", step: "goldplan" }), "done", "on hold until an approver decides"],
    [both({ state: "failed", step: "goldplan", result: refused }), "done", "failed"],
    [both({ state: "failed", step: "goldplan", result: unverified }), "done", "not certain"],
    [both({ state: "cancelled", step: "goldplan" }), "done", "not carried out"],
    [both({ state: "succeeded", step: "goldplan" }), "done", "done"],
  ];
  assert.deepEqual(
    await switchesOf(rows.map(([row]) => row)),
    rows.map(([, receipt, goldplan]) => `"${receipt}","${goldplan}","JSAPI"`),
  );
});

test("of one switch, a row says nothing about the other", async () => {
  assert.deepEqual(
    await switchesOf([
      { object: "receipt", state: "succeeded", step: "receipt" },
      { object: "goldplan", state: "failed", step: "goldplan", result: refused },
    ]),
    ['"done","","JSAPI"', '"","failed","JSAPI"'],
  );
});

test("in Chinese, the columns are in Chinese", async () => {
  const half = both({ state: "failed", step: "goldplan", result: refused });
  assert.deepEqual(await switchesOf([half], "zh-CN"), ['"成功","失败","JSAPI"']);
});
