/** `status` with a name that resembles too many others to know whom it means. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createLedger } from "../../src/ledger/ledger.ts";
import { systemClock, systemRandom } from "../../src/system-clock.ts";
import { imported, type Named } from "../ledger/directory/rows.ts";
import { engines } from "../storage/engines.ts";
import { handlersOn, member } from "./assembled.ts";

test("a merchant that may not be the only one of its name is named, and its status is not shown", async (t) => {
  const store = await (engines[0] as (typeof engines)[number]).open();
  t.after(() => store.close());
  const similar = Array.from({ length: 2_100 }, (_, nth): Named => [String(1_900_000_001 + nth), `锅火锅 ${nth}`]);
  const ledger = createLedger({
    store,
    clock: systemClock,
    random: systemRandom,
    mchid: "1900000100",
    instance: "us",
  });
  await imported(ledger, [["1900000000", "火锅火一店"], ...similar]);
  const typed = (text: string) => ({ text, user_id: member, channel_id: "COPS", trigger_id: "T" });
  const answer = JSON.stringify(await handlersOn({ store }).command(typed("status 火锅火")));
  assert.match(
    answer,
    /Too many names are similar to `火锅火`.*`\/receipt status 1900000000`.*`\/receipt find 火锅火`/,
  );
  assert.match(answer, /• `1900000000` 火锅火一店/);
  assert.ok(!answer.includes("last set"), answer);
});
