/** The requests that *Add 点金计划* submitted. */
import type { Database } from "../../../storage/schema.ts";

/**
 * The source key of the request for 点金计划 that follows a round of another one. Presses at the same time have the same
 * key, and so have presses while such a request is open; once it has ended, the next press has a new one.
 */
export async function goldPlanKey(db: Database, requestId: string, round: number): Promise<string> {
  for (let ended = 0; ; ended++) {
    const key = `add-goldplan:${requestId}:${round}${ended === 0 ? "" : `:${ended}`}`;
    const before = await db.selectFrom("requests").select("state").where("source_key", "=", key).executeTakeFirst();
    if (!before || before.state === "pending" || before.state === "approved") return key;
  }
}
