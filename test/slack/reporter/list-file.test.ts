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
  return (await linesOf(rows, locale)).map((line) => line.split(",").slice(-3).join(","));
}

async function linesOf(rows: readonly Row[], locale: "en" | "zh-CN" = "en"): Promise<string[]> {
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
  return file.toString("utf8").trim().split("\r\n").slice(1);
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

test("a row says why a connection failed, what is wrong with an answer, and until when to wait", async () => {
  const cause = { host: "api.mch.weixin.qq.com", proxy: "proxy:3128", code: "ECONNRESET" };
  const results: [AttemptResult, en: RegExp, zh: RegExp][] = [
    [
      { kind: "unreachable", why: "reset", mayHaveActed: true, cause },
      /The connection to api\.mch\.weixin\.qq\.com through the proxy proxy:3128 was interrupted \(ECONNRESET\)\./,
      /经代理 proxy:3128 到 api\.mch\.weixin\.qq\.com 的连接中断（ECONNRESET）。/,
    ],
    [unverified, /The answer carries no complete signature, as if something other/, /应答没有完整的微信支付签名/],
    [{ ...unverified, why: "wrong-signature" }, /The answer's signature does not match/, /应答的签名不匹配/],
    [{ ...unverified, why: "wrong-signature", probe: true }, /wrong on purpose/, /做了探测/],
    [
      {
        kind: "refused",
        fault: "rate-limited",
        status: 429,
        retryAfterMs: 7_200_000,
        retryAt: Date.UTC(2026, 10, 30, 16),
      },
      /asks to wait until 2026-12-01 00:00:00 \(UTC\+8\)/,
      /要求等到 2026-12-01 00:00:00 \(UTC\+8\) 再试/,
    ],
  ];
  const rows = results.map(([result]): Row => ({ object: "receipt", state: "failed", step: "receipt", result }));
  const [en, zh] = [await linesOf(rows), await linesOf(rows, "zh-CN")];
  for (const [nth, [, english, chinese]] of results.entries()) {
    assert.match(en[nth] ?? "", english);
    assert.match(zh[nth] ?? "", chinese);
  }
});

test("a cell has no marks of Slack", async () => {
  const serial: AttemptResult = {
    kind: "refused",
    fault: "sign-serial",
    status: 401,
    code: "SIGN_ERROR",
    message: "x",
  };
  for (const locale of ["en", "zh-CN"] as const) {
    const [line = ""] = await linesOf(
      [{ object: "receipt", state: "failed", step: "receipt", result: serial }],
      locale,
    );
    assert.match(line, /WECHATPAY_SERIAL_NO/);
    // The one before the number keeps a spreadsheet from changing it.
    assert.equal(line.split("`").length - 1, 1, line);
  }
});
