/** The job that prunes under RETAIN: after the start and then daily, batch by batch, whenever it is interrupted. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { pino } from "pino";
import { createRetention } from "../../src/jobs/retention.ts";
import { createLedger, type Ledger } from "../../src/ledger/ledger.ts";
import { type Bench, onEveryEngine, withoutAudit } from "../ledger/builders.ts";
import { age, audited, dayMs, retainMs, sealAll, show } from "../ledger/retention/pruning.ts";

interface Line {
  msg: string;
  requests: number;
  operations: number;
}

/** Bulk requests that ended long ago, each a batch of its own, and whose sub-merchants were asked for again. */
async function withOld(bench: Bench, requests: number): Promise<void> {
  for (let nth = 0; nth < requests; nth++) {
    const subMchids = Array.from({ length: 600 }, (_, n) => String(1_900_000_000 + nth * 1_000 + n));
    for (let time = 0; time < 2; time++) await bench.decided(await bench.asked({ subMchids }), "withdraw", "UASKER");
  }
  await age(bench);
  await bench.succeeded();
  await show(bench);
  await sealAll(bench);
}

function jobOn(bench: Bench, ledger: Pick<Ledger, "retention"> = bench) {
  const lines: Line[] = [];
  const log = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) });
  const { clock } = bench;
  return { worker: createRetention({ ledger, retainMs, clock, log }), lines };
}

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await nextTurn();
}

/** Lets the job go on after its pause. */
async function afterPause({ clock }: Bench): Promise<number> {
  await until(() => clock.nextWake() !== undefined);
  const pause = (clock.nextWake() ?? 0) - clock.now();
  clock.advance(pause);
  return pause;
}

onEveryEngine("the retention job", (fresh) => {
  test("prunes after the start with a pause after each batch, logs the counts, and again a day later", async () => {
    const bench = await fresh();
    await withOld(bench, 2);
    const { worker, lines } = jobOn(bench);
    const pausesOfRun = async () => {
      const pauses = [await afterPause(bench)];
      while (pauses.at(-1) !== dayMs) pauses.push(await afterPause(bench));
      return pauses.slice(0, -1);
    };
    worker.start();
    const pauses = await pausesOfRun();
    assert.ok(pauses.length >= 3, "two batches, and one that found nothing more");
    assert.ok(pauses.every((pause) => pause > 0 && pause <= 1_000));
    assert.partialDeepStrictEqual(lines, [{ msg: "old requests were pruned", requests: 2, operations: 1_200 }]);
    assert.deepEqual(await audited(bench.store), []);
    await pausesOfRun();
    assert.partialDeepStrictEqual(lines[1], { requests: 0 });
    await worker.stop();
  });

  test("goes on in another instance after it was killed between two batches", async () => {
    const bench = await fresh();
    await withOld(bench, 2);
    const killed = jobOn(bench).worker;
    killed.start();
    await until(async () => (await bench.count("requests")) < 5);
    await killed.stop();
    assert.equal(await bench.count("requests"), 4);
    assert.deepEqual(await audited(bench.store), []);
    const { store, clock, random } = bench;
    const ledger = createLedger({ store, clock, random, mchid: "1900000100", instance: "other" });
    const { worker, lines } = jobOn(bench, ledger);
    worker.start();
    while (lines.length === 0) await afterPause(bench);
    await worker.stop();
    assert.partialDeepStrictEqual(lines, [{ requests: 1, operations: 600 }]);
    assert.equal(await bench.count("requests"), 3);
    assert.deepEqual(await audited(bench.store), []);
  });

  test("changes nothing with a batch that fails halfway, and completes it later", async () => {
    const bench = await fresh();
    await withOld(bench, 1);
    const { worker, lines } = jobOn(bench);
    await withoutAudit(bench.db, async () => {
      await assert.rejects(bench.retention.pruneRequests({ retainMs, after: undefined }));
    });
    await bench.db.schema.alterTable("attempts").renameTo("attempts_away").execute();
    await assert.rejects(bench.retention.pruneRequests({ retainMs, after: undefined }));
    await bench.db.schema.alterTable("attempts_away").renameTo("attempts").execute();
    assert.equal(await bench.count("requests"), 3);
    assert.equal(await bench.count("pruned_ranges"), 0);
    assert.deepEqual(await audited(bench.store), []);
    worker.start();
    while (lines.length === 0) await afterPause(bench);
    await worker.stop();
    assert.partialDeepStrictEqual(lines, [{ requests: 1 }]);
    assert.deepEqual(await audited(bench.store), []);
  });
});
