/** Refusals in the audit trail: the person, the refused action and the reason, up to a daily limit per person. */
import type { Transaction } from "kysely";
import type { Refusal, Standing } from "../../domain/policy.ts";
import { dayMs } from "../../domain/time/beijing-time.ts";
import type { Schema } from "../../storage/schema.ts";
import { statement } from "../../storage/statement.ts";
import type { LedgerContext } from "../ledger-context.ts";
import { type Origin, record } from "./audit-log.ts";

/** A refusal by the policy, or a change of grants that even an admin cannot make. */
export type Refused =
  | Refusal
  | { why: "cannot-hold"; standing: Standing }
  | { why: "stands-in-settings" | "last-admin" };

/** Maximum refusals recorded per person and day. Two concurrent refusals may both be recorded as the last one. */
export const refusalsMax = 200;
/** Maximum characters recorded of a refused command or click. */
export const askedMax = 200;

export interface RefusalInput {
  by: string;
  origin: Origin;
  refused: Refused;
  /** The command that they typed, or the button that they pressed. */
  asked: string;
  requestId?: string;
}

/**
 * Records a refusal, unless this person already has `refusalsMax` within a day, so that repeated clicks cannot fill the
 * ledger. The last recorded refusal notes that the limit was reached.
 */
export async function note({ store: { db }, clock }: LedgerContext, refusal: RefusalInput): Promise<void> {
  const { by, origin, refused, asked, requestId } = refusal;
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
}

async function refusalsSince(transaction: Transaction<Schema>, actor: string, since: number): Promise<number> {
  return (await latestRefusals(transaction, { actor, since })).rows.length;
}

/** Reads at most `refusalsMax` rows. */
const latestRefusals = statement<{ actor: string; since: number }>()((db, { actor, since }) =>
  db
    .selectFrom("events")
    .select("seq")
    .where("what", "=", "refused")
    .where("actor", "=", actor)
    .where("at", ">", since)
    .limit(refusalsMax),
);
