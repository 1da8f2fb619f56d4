/**
 * The check before each call if LEDGER_KEY is set: a colleague approved exactly this operation, and the trail, whose
 * events all have valid MACs, leads to this attempt. Someone who can write to the database but does not have the key
 * cannot cause a call for an operation that nobody approved, or another call for one that has ended, was stopped or is
 * held.
 */
import type { ScenedChange } from "../../../domain/goldplan/change.ts";
import type { Step } from "../../../domain/goldplan/objects.ts";
import type { Database } from "../../../storage/schema.ts";
import { type ChainedEvent, chainedColumns } from "../hash-chain.ts";
import { parseObject } from "../json-object.ts";
import { isStarted, type ReplayedEvent } from "../replay/operation-replay.ts";
import { type Approved, verifiedDecision } from "./approval-macs.ts";
import { eventsWithMac, keyOf, type LedgerKey } from "./macs.ts";

/** Decisions kept in memory, because thousands of attempts of a bulk request need the same decision. */
const keptMax = 20;

export interface CheckedAttempt extends ScenedChange {
  requestId: string;
  operationId: string;
  subMchid: string;
  step: Step;
  round: number;
  number: number;
}

/** Returns a function that checks whether a recorded attempt may call WeChat Pay. */
export function createCallCheck(db: Database): (attempt: CheckedAttempt) => Promise<boolean> {
  const kept = new Map<string, Approved>();

  async function approvedFor(key: LedgerKey, requestId: string): Promise<Approved | undefined> {
    const known = kept.get(requestId);
    if (known) return known;
    const found = await verifiedDecision(db, key, requestId);
    const [oldest] = kept.keys();
    if (found && oldest !== undefined && kept.size >= keptMax) kept.delete(oldest);
    if (found) kept.set(requestId, found);
    return found;
  }

  return async (attempt) => {
    const key = keyOf(db);
    if (!key) return true;
    const approved = await approvedFor(key, attempt.requestId);
    if (!approved || !isSame(approved, attempt)) return false;
    if (approved.operations.get(attempt.operationId) !== attempt.subMchid) return false;
    const events = await signedEvents(db, attempt);
    return events !== undefined && isStarted(events, attempt);
  };
}

function isSame(one: ScenedChange, other: ScenedChange): boolean {
  return one.action === other.action && one.object === other.object && one.scene === other.scene;
}

/** The events of a request and of one of its operations, in order; undefined if one has no valid MAC. */
async function signedEvents(
  db: Database,
  { requestId, operationId }: CheckedAttempt,
): Promise<ReplayedEvent[] | undefined> {
  const ofRequest = db.selectFrom("events").select(chainedColumns).where("request_id", "=", requestId);
  // Two queries, because each then reads only its part of the index, however many operations the request has.
  const shared = await ofRequest.where("operation_id", "is", null).execute();
  const own = await ofRequest.where("operation_id", "=", operationId).execute();
  const events = [...shared, ...own].sort((a, b) => Number(a.seq) - Number(b.seq));
  const signed = await eventsWithMac(db, events);
  return signed.length === events.length ? events.map(replayed) : undefined;
}

function replayed({ at, actor, what, operation_id: operationId, detail_json }: ChainedEvent): ReplayedEvent {
  return { at: Number(at), actor, what, operationId, detail: parseObject(detail_json) };
}
