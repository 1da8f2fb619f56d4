/** Refusals in the audit trail: who was refused what and why, up to a daily limit per person. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { askedMax, refusalsMax } from "../../../src/ledger/audit/refusals.ts";
import { atOnce, type Bench, click, hourMs, onEveryEngine } from "../builders.ts";

const command = { from: "command", channelId: "COPS" } as const;

function refuse({ refusals }: Bench, by: string, asked = "open 1900000109"): Promise<void> {
  return refusals.note({ by, origin: command, refused: { why: "needs-role", role: "requester" }, asked });
}

async function refused({ db }: Bench): Promise<Record<string, unknown>[]> {
  const events = await db.selectFrom("events").selectAll().where("what", "=", "refused").orderBy("seq").execute();
  return events.map(({ actor, detail_json, request_id, origin }) => {
    const { v: _, ...detail } = JSON.parse(detail_json ?? "{}");
    return { actor, origin, requestId: request_id, ...detail };
  });
}

onEveryEngine("refusals", (fresh) => {
  test("record who tried what, where, and why it was refused", async () => {
    const bench = await fresh();
    const requestId = await bench.asked();
    await refuse(bench, "UEVE");
    const own = { why: "own-request" } as const;
    await bench.refusals.note({ by: "UASKER", origin: click, refused: own, asked: "approve", requestId });
    const guest = { why: "cannot-hold", standing: "guest" } as const;
    await bench.refusals.note({ by: "UADMIN", origin: command, refused: guest, asked: "grant <@UGUEST> approver" });
    assert.deepEqual(await refused(bench), [
      {
        actor: "UEVE",
        origin: "command COPS",
        requestId: null,
        why: "needs-role",
        role: "requester",
        asked: "open 1900000109",
      },
      { actor: "UASKER", origin: "click COPS", requestId, why: "own-request", asked: "approve" },
      {
        actor: "UADMIN",
        origin: "command COPS",
        requestId: null,
        why: "cannot-hold",
        standing: "guest",
        asked: "grant <@UGUEST> approver",
      },
    ]);
  });

  test("keep only the start of a long text, and no half characters", async () => {
    const bench = await fresh();
    await refuse(bench, "UEVE", `${"x".repeat(askedMax - 1)}😀 and more`);
    const [{ asked } = {}] = await refused(bench);
    assert.equal(asked, `${"x".repeat(askedMax - 1)}\u{fffd}`);
  });

  test("are recorded up to a daily limit per person, and the last one notes the limit", async () => {
    const bench = await fresh();
    for (let nth = 0; nth < refusalsMax + 5; nth++) await refuse(bench, "UEVE");
    await refuse(bench, "UANN");
    const noted = await refused(bench);
    assert.deepEqual(
      noted.map(({ actor, limitReached }) => [actor, limitReached]),
      [...Array.from({ length: refusalsMax - 1 }, () => ["UEVE", undefined]), ["UEVE", true], ["UANN", undefined]],
    );
    bench.clock.advance(24 * hourMs);
    await refuse(bench, "UEVE");
    assert.equal((await refused(bench)).length, refusalsMax + 2);
  });

  test("that arrive at once hardly exceed the limit", async () => {
    const bench = await fresh();
    await atOnce(refusalsMax + 40, () => refuse(bench, "UEVE"));
    const { length } = await refused(bench);
    assert.ok(length >= refusalsMax && length < refusalsMax + 20, `${length} were recorded`);
  });
});
