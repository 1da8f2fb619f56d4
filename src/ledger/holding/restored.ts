/** What a restore does to the ledger that it copied: nothing runs before an approver looks at it, however young it is. */
import { record } from "../audit/audit-log.ts";
import { type LedgerContext, theBot } from "../ledger-context.ts";
import { type Held, holdEverything } from "./hold.ts";

/** What waits for people in a restored ledger. */
export interface RestoredLedger {
  /** Everything that is on hold, what the backup already held included. */
  held: Held;
  /** Requests that still wait for a first decision. */
  undecided: number;
}

/** Holds everything that is open, and records the restore, in one transaction. No instance may be running. */
export async function holdRestored(context: LedgerContext, heldForMs: number): Promise<RestoredLedger> {
  const { store, clock } = context;
  return store.db.transaction().execute(async (transaction) => {
    const held = await holdEverything(context, transaction, heldForMs);
    const { by: actor, origin } = theBot(context);
    await record(transaction, [{ what: "restored", at: clock.now(), actor, origin, detail: { ...held } }]);
    const onHold = await transaction
      .selectFrom("operations")
      .select((operation) => [
        operation.fn.countAll<number>().as("operations"),
        operation.fn.count<number>("request_id").distinct().as("requests"),
      ])
      .where("state", "=", "held")
      .executeTakeFirstOrThrow();
    const row = await transaction
      .selectFrom("requests")
      .select((request) => request.fn.countAll<number>().as("count"))
      .where("state", "=", "pending")
      .where("expires_at", ">", clock.now())
      .executeTakeFirstOrThrow();
    const { operations, requests } = onHold;
    return { held: { operations: Number(operations), requests: Number(requests) }, undecided: Number(row.count) };
  });
}
