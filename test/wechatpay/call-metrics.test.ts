import assert from "node:assert/strict";
import { test } from "node:test";
import type { CallResult } from "../../src/domain/attempt-result.ts";
import { counted } from "../../src/wechatpay/call-metrics.ts";

test("each call is counted under what it switches, with its endpoint, status and time", async () => {
  const attempted: unknown[] = [];
  const limited: string[] = [];
  let now = 0;
  const answering = (result: CallResult, ms: number) => async () => {
    now += ms;
    return result;
  };
  const calls = counted(
    {
      changeCustomPageStatus: answering({ kind: "refused", fault: "rate-limited", status: 429 }, 20),
      changeGoldPlanStatus: answering({ kind: "unreachable", why: "timeout", mayHaveActed: true }, 8_000),
    },
    {
      metrics: { attempted: (...given) => void attempted.push(given), rateLimited: (by) => void limited.push(by) },
      clock: { monotonic: () => now },
    },
  );
  const given = { subMchid: "1900000109", operationType: "OPEN", payScene: "JSAPI_AND_MINIPROGRAM" } as const;
  assert.equal((await calls.changeCustomPageStatus({ ...given, endpoint: 0 })).kind, "refused");
  assert.equal((await calls.changeGoldPlanStatus({ ...given, endpoint: 1 })).kind, "unreachable");
  assert.deepEqual(attempted, [
    ["receipt", 0, 429, 20],
    ["goldplan", 1, "none", 8_000],
  ]);
  assert.deepEqual(limited, ["wechatpay"]);
});
