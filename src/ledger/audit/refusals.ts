/** Refusals in the ledger: who was refused what, and why; of one person so many a day, and no more. */
import type { Transaction } from "kysely";
import type { Refusal, Standing } from "../../domain/policy.ts";
import type { Schema } from "../../storage/schema.ts";
import { statement } from "../../storage/statement.ts";
import type { LedgerNeeds } from "../ledger-context.ts";
import { type Origin, record } from "./audit-log.ts";

/** What the policy refuses, and what an admin cannot do to the grants. */
export type Refused =
  | Refusal
  | { why: "cannot-hold"; standing: Standing }
  | { why: "stands-in-settings" | "last-admin" };

export interface Refusals {
  /**
   * Notes a refusal, unless this person's latest `refusalsMost` are all less than a day old. So nobody can fill the
   * ledger by pressing what is refused; the last one that is noted says that the limit was reached.
   */
  note(refusal: {
    by: string;
    origin: Origin;
    refused: Refused;
    /** What they wanted, as they put it; `askedMost` characters of it are kept. */
    asked: string;
    requestId?: string;
  }): Promise<void>;
}

/** Refusals of one person that are noted within a day: more than anybody comes by who means well. Two that come in the same moment may both be the last. */
export const refusalsMax = 200;
export const askedMax = 200;
const dayMs = 86_400_000;

export function createRefusals({ store: { db }, clock }: LedgerNeeds): Refusals {
  return {
    async note({ by, origin, refused, asked, requestId }) {
      await db.transaction().execute(async (transaction) => {
        const now = clock.now();
        const count = await refusalsSince(transaction, by, now - dayMs);
        if (count >= refusalsMax) return;
        const detail = {
          why: refused.why,
          ...("role" in refused ? { role: refused.role } : {}),
          ...("standing" in refused ? { standing: refused.standing } : {}),
          ...("because" in refused ? { because: refused.because.why } : {}),
          asked: asked.slice(0, askedMax).toWellFormed(),
          ...(count === refusalsMax - 1 ? { limitReached: true } : {}),
        };
        await record(transaction, [
          { what: "refused", at: now, actor: by, origin, detail, ...(requestId === undefined ? {} : { requestId }) },
        ]);
      });
    },
  };
}

async function refusalsSince(transaction: Transaction<Schema>, actor: string, since: number): Promise<number> {
  return (await latestRefusals(transaction, { actor, since })).rows.length;
}

/** No more rows than the limit, however many there are. */
const latestRefusals = statement<{ actor: string; since: number }>()((db, { actor, since }) =>
  db
    .selectFrom("events")
    .select("seq")
    .where("what", "=", "refused")
    .where("actor", "=", actor)
    .where("at", ">", since)
    .limit(refusalsMax),
);
