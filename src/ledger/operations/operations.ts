/** Operations in the ledger: claimed in sets, each under its own lease, and handed back if no call was made. */
import type { Transaction } from "kysely";
import type { Change } from "../../domain/goldplan/change.ts";
import type { PayScene, Step } from "../../domain/goldplan/objects.ts";
import { callsAllowed, type RateLimit, rateWaitMs } from "../../domain/rate-limiter.ts";
import { commitOrRollBack, type RolledBack, rollBack } from "../../storage/rollback.ts";
import type { Schema } from "../../storage/schema.ts";
import { type AuditEvent, record } from "../audit/audit-log.ts";
import { wasAway } from "../holding/staleness.ts";
import { type LedgerContext, theBot } from "../ledger-context.ts";
import { mayHaveActed } from "../queries/attempt-results.ts";
import { consume, lowerRate, readForClaim } from "./shared-rate-limit.ts";
import { beginAttempts, forgetAttempt, type LeasedRow, leaseDue, putBack } from "./statements.ts";

/** An attempt that has been recorded; until its lease ends, only this instance makes it. */
export interface ClaimedAttempt extends Change {
  id: string;
  operationId: string;
  requestId: string;
  subMchid: string;
  /** What the attempt switches. */
  step: Step;
  /** The scene of 点金计划; undefined if the request does not switch it. */
  scene: PayScene | undefined;
  round: number;
  /** Counts from 1 in each round. */
  number: number;
  /** Counts from 1 in each step of the round; an attempt beyond `begunMax` is concluded without a call. */
  tries: number;
  /** Which of the configured endpoints to call. */
  endpoint: number;
  /** Whether the operation belongs to a bulk request. */
  isOneOfMany: boolean;
  /** Whether an earlier attempt of its step had no certain result, so that WeChat Pay may have carried it out. */
  mayHaveActedBefore: boolean;
  /** The last decision that lets it be carried out, in milliseconds since the epoch; undefined in an older ledger. */
  confirmedAt: number | undefined;
}

export interface Claim {
  attempts: ClaimedAttempt[];
  /** When to claim again, in milliseconds from now, if more may be due. */
  moreInMs: number | undefined;
  /** No instance has worked for longer than STALE_AFTER: no operation is claimed until stale requests are held. */
  wasAway?: true;
}

export interface ClaimInput {
  limit: number;
  leaseMs: number;
  rateLimit: RateLimit;
  /** Whether operations whose lease has ended count as due; they do by default. */
  isTakingOver?: boolean;
  /** STALE_AFTER, in milliseconds; without it, no outage counts as too long. */
  staleAfterMs?: number;
}

/** How often a claim begins again because other instances made the calls that it had seen as allowed. */
const triesMax = 3;
/** How soon to claim again after that, in milliseconds. */
const outpacedMs = 10;
/** No lease ended before this time. */
const beforeAllTime = 0;

/**
 * Claims up to `limit` due operations within the rate limit that all instances share, and records an attempt for each.
 */
export async function claimDue(context: LedgerContext, input: ClaimInput): Promise<Claim> {
  for (let tries = 1; tries <= triesMax; tries++) {
    const claim = await commitOrRollBack(context.store.db, (transaction) => tryToClaim(context, transaction, input));
    if (claim !== "outpaced") return claim;
  }
  return { attempts: [], moreInMs: outpacedMs };
}

async function tryToClaim(
  context: LedgerContext,
  transaction: Transaction<Schema>,
  { limit, leaseMs, rateLimit, isTakingOver = true, staleAfterMs }: ClaimInput,
): Promise<Claim | "outpaced" | RolledBack<Claim | "outpaced">> {
  const now = context.clock.now();
  const { rate: seen, beatenAt } = await readForClaim(transaction);
  if (staleAfterMs !== undefined && wasAway(beatenAt, { now, staleAfterMs }))
    return { attempts: [], moreInMs: undefined, wasAway: true };
  const max = Math.min(limit, callsAllowed(seen, rateLimit, now));
  if (max < 1) return { attempts: [], moreInMs: rateWaitMs(seen, rateLimit, now) };
  // Operations that another instance abandoned have waited longest.
  const abandonedBy = isTakingOver ? now : beforeAllTime;
  const lease = { claim: context.random.id(), now, abandonedBy, until: now + leaseMs, max };
  const { rows } = await leaseDue(transaction, lease);
  if (rows.length === 0) return { attempts: [], moreInMs: undefined };
  const again = rows.filter(({ attempts, round }) => attempts > 1 || round > 1);
  const acted = await mayHaveActed(
    transaction,
    again.map(({ id }) => id),
  );
  const attempts = rows.map((row) => attemptOf(row, acted.has(row.id))).sort((one, other) => nthOf(one) - nthOf(other));
  await beginAttempts(
    transaction,
    attempts.map((attempt) => newAttempt(attempt, now)),
  );
  await record(
    transaction,
    attempts.map((attempt) => attemptEvent(context, "attempt-started", attempt, now)),
  );
  const after = await consume(transaction, seen, attempts.length, rateLimit, now);
  if (!after) return rollBack("outpaced");
  return { attempts, moreInMs: attempts.length < max ? undefined : rateWaitMs(after, rateLimit, now) };
}

function attemptOf(row: LeasedRow, mayHaveActedBefore: boolean): ClaimedAttempt {
  return {
    id: row.lease_owner,
    operationId: row.id,
    requestId: row.request_id,
    subMchid: row.sub_mchid,
    action: row.action,
    object: row.object,
    step: row.step,
    scene: row.scene ?? undefined,
    round: row.round,
    number: row.attempts,
    tries: row.attempts - row.attempts_before,
    endpoint: row.endpoint,
    isOneOfMany: row.queue_rank > 0,
    mayHaveActedBefore,
    confirmedAt: row.confirmed_at ?? undefined,
  };
}

function newAttempt({ id, operationId, round, number, step, endpoint }: ClaimedAttempt, now: number) {
  return { id, operation_id: operationId, round, number, step, endpoint, started_at: now };
}

/** The place of an attempt in its claim, by which its id ends. */
function nthOf({ id }: ClaimedAttempt): number {
  return Number(id.slice(id.lastIndexOf("-") + 1));
}

/** Lowers the rate of all instances for a while, after WeChat Pay reported too many calls. */
export async function slowDown({ store, clock }: LedgerContext, rateLimit: RateLimit): Promise<void> {
  await store.db.transaction().execute((transaction) => lowerRate(transaction, rateLimit, clock.now()));
}

/**
 * Returns an attempt that was claimed and never made. Its operation is due at once, after those already waiting, and
 * the attempt does not count. If the lease has gone to another attempt, this one stays in the ledger as one without an
 * end.
 */
export async function handBack(context: LedgerContext, attempt: ClaimedAttempt): Promise<void> {
  await context.store.db.transaction().execute(async (transaction) => {
    const now = context.clock.now();
    const { operationId, id: attemptId } = attempt;
    const handedBack = await putBack(transaction, { operationId, attemptId, now });
    if (handedBack.numAffectedRows === 0n) return;
    await forgetAttempt(transaction, { id: attemptId });
    await record(transaction, [attemptEvent(context, "attempt-handed-back", attempt, now)]);
  });
}

/** An event about an attempt, by the bot itself. */
export function attemptEvent(
  context: LedgerContext,
  what: AuditEvent["what"],
  attempt: ClaimedAttempt,
  at: number,
  detail?: Record<string, unknown>,
): AuditEvent {
  const { requestId, operationId, number, round, step } = attempt;
  const { by: actor, origin } = theBot(context);
  const of = { round, attempt: number, ...(step === "goldplan" && { step }) };
  return { what, at, actor, origin, requestId, operationId, detail: { ...of, ...detail } };
}
