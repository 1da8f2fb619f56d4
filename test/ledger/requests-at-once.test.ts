/** Requests in sets: those that arrive at once share a transaction, and none takes another down. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { NewRequest } from "../../src/ledger/requests/new-request.ts";
import { aRequest, atOnce, type Bench, counted, onEveryEngine, type What } from "./builders.ts";

const numbers = Array.from({ length: 6 }, (_, i) => String(1_900_000_501 + i));

/** One request for each number, all at once; `what` says what is special about the third. */
async function submitted(bench: Bench, what: What, ledger: Pick<Bench, "requests"> = bench) {
  const all = numbers.map((subMchid, i) => aRequest({ subMchid, ...(i === 2 && what) }));
  return Promise.allSettled(all.map((request) => ledger.requests.submit(request)));
}

/** The numbers of the requests in the order of their sub-merchants. */
async function requestNumbers({ db }: Bench): Promise<(number | null)[]> {
  const rows = db
    .selectFrom("operations")
    .innerJoin("requests", "requests.id", "request_id")
    .select(["sub_mchid", "number"])
    .orderBy("sub_mchid");
  return (await rows.execute()).map(({ number }) => number);
}

function kindOf(answer: PromiseSettledResult<{ kind: string }>): string {
  return answer.status === "fulfilled" ? answer.value.kind : answer.status;
}

onEveryEngine("requests that arrive at once", (fresh) => {
  test("share a transaction, in the order in which they arrived", async () => {
    const bench = await fresh();
    const { requests, transactions } = counted(bench);
    const answers = await submitted(bench, { action: "CLOSE", reason: "moved out" }, { requests });
    assert.deepEqual(answers.map(kindOf), Array(6).fill("recorded"));
    assert.equal(transactions(), 1);
    assert.deepEqual(await requestNumbers(bench), [1001, 1002, 1003, 1004, 1005, 1006]);
    for (const [i, answer] of answers.entries()) {
      const requestId = answer.status === "fulfilled" && answer.value.kind === "recorded" ? answer.value.requestId : "";
      const { operation, action, reason, counts } = await bench.request(requestId);
      assert.deepEqual([operation.subMchid, counts.total], [numbers[i], 1]);
      assert.deepEqual([action, reason], i === 2 ? ["CLOSE", "moved out"] : ["OPEN", undefined]);
      assert.deepEqual(await bench.events(requestId), ["asked"]);
    }
    for (const table of ["requests", "operations", "posts"] as const) assert.equal(await bench.count(table), 6, table);
  });

  test("take several transactions if they are many", async () => {
    const bench = await fresh();
    const { requests, transactions } = counted(bench);
    const answers = await atOnce(130, (nth) => requests.submit(aRequest({ subMchid: String(1_800_000_000 + nth) })));
    assert.equal(answers.filter(({ kind }) => kind === "recorded").length, 130);
    assert.equal(transactions(), 3);
    assert.equal(new Set(await requestNumbers(bench)).size, 130);
  });

  const special: { what: string; third: (bench: Bench) => Promise<What>; answer: string; requests: number }[] = [
    {
      what: "one whose sub-merchant has an open request is refused alone",
      async third(bench) {
        await bench.asked({ subMchid: "1900000777" });
        return { subMchid: "1900000777" };
      },
      answer: "open-already",
      requests: 6,
    },
    {
      what: "one whose payload was recorded before is recognized alone",
      async third(bench) {
        const sourceKey = "delivered before";
        await bench.asked({ sourceKey });
        return { sourceKey };
      },
      answer: "repeated",
      requests: 6,
    },
    {
      what: "one that the ledger does not take fails alone",
      third: async () => ({ channelId: null as unknown as string }),
      answer: "rejected",
      requests: 5,
    },
    {
      what: "one for the same sub-merchant as another is refused alone",
      third: async () => ({ subMchid: numbers[0] as string }),
      answer: "open-already",
      requests: 5,
    },
    {
      what: "one for several sub-merchants is recorded beside the others",
      third: async () => ({ subMchids: ["1900000601", "1900000602"] }),
      answer: "recorded",
      requests: 6,
    },
    {
      what: "one with a name beside its number is recorded beside the others",
      third: async () => ({ givenNames: { [numbers[2] as string]: "蓝海火锅" } satisfies NewRequest["givenNames"] }),
      answer: "recorded",
      requests: 6,
    },
  ];
  for (const { what, third, answer, requests } of special)
    test(what, async () => {
      const bench = await fresh();
      const answers = await submitted(bench, await third(bench));
      const expected = numbers.map((_, i) => (i === 2 ? answer : "recorded"));
      assert.deepEqual(answers.map(kindOf), expected);
      assert.equal(await bench.count("requests"), requests);
      const orphans = await bench.db
        .selectFrom("requests")
        .leftJoin("operations", "request_id", "requests.id")
        .where("operations.id", "is", null)
        .select("requests.id")
        .execute();
      assert.deepEqual(orphans, [], "a request without an operation");
    });
});
