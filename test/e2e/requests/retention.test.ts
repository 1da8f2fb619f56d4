/** RETAIN in a running bot: what people meet of a request that was pruned. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../../eventually.ts";
import { freshNumber, openStage } from "../support/stage.ts";

const dayMs = 86_400_000;

test("a bot with RETAIN prunes old requests, and their old messages say so", async (t) => {
  const stage = await openStage({ environment: { RETAIN: "30d" } });
  t.after(() => stage.close());
  const untilRun = (nth: number) => eventually(async () => prunedIn(stage.logged).length >= nth);
  const number = freshNumber();
  const old = await stage.request("ann", `open ${number}`);
  const copy = structuredClone(stage.messageOf(old));
  await stage.press("bob", old, "Approve");
  await stage.untilReply(old);
  await untilRun(1);
  await stage.later(31 * dayMs);
  await untilRun(2);
  const newer = await stage.request("ann", `close ${number}`);
  await stage.press("bob", newer, "Approve");
  await stage.untilReply(newer);
  // Slack shows of the old one that another followed, and all events are sealed.
  for (const waiting of ["select 1 from posts where shown < wanted", "select 1 from unsealed"])
    await eventually(async () => (await stage.rows(waiting)).length === 0);
  await stage.later(dayMs);
  await untilRun(3);
  assert.deepEqual(prunedIn(stage.logged), [0, 0, 1]);

  assert.match(
    await stage.pressAndRead("bob", copy, "Approve"),
    /^This request is no longer in the ledger: .* 30 days/,
  );
  const history = await stage.typeAndRead("ann", `history ${number}`);
  assert.match(
    history,
    new RegExp(`${number} ✅ receipts closed .*\\n_Older requests may be missing: .* 30 days ago`, "s"),
  );
  assert.doesNotMatch(history, /✅ receipts opened/);
  assert.match(await stage.typeAndRead("ann", `status ${number}`), /closed/);
  assert.match(await stage.typeAndRead("ann", "history #1001"), /^Request #1001 is no longer in the ledger/);
});

/** How many requests each run has pruned, according to the log. */
function prunedIn(logged: readonly string[]): number[] {
  const lines = logged.map((line): { msg: string; requests: number } => JSON.parse(line));
  return lines.filter(({ msg }) => msg === "old requests were pruned").map(({ requests }) => requests);
}
