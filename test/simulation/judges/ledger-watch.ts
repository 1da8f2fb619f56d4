/** Reads the ledger after every commit and keeps its states, so that statements to people can be compared with them. */
import type { DatabaseSync } from "node:sqlite";
import { type Action, parseResult } from "../../../src/domain/attempt-result.ts";
import type { Step, SwitchObject } from "../../../src/domain/goldplan/objects.ts";
import { isUncertain } from "../../../src/domain/guidance.ts";
import { type OperationState, openOperationStates, type RequestState } from "../../../src/storage/schema.ts";

/** One sub-merchant of a request, as committed. */
export interface LedgerOperation {
  operationId: string;
  /** Of two operations on one sub-merchant, the later has the higher one. */
  seq: number;
  subMchid: string;
  operationState: OperationState;
  operationRound: number;
  /** What its attempts switch; once it has ended, what the last of them switched. */
  step: Step;
  /** Attempts started in this round. */
  attempts: number;
  /** Those of its step, by the ledger's own count. */
  tries: number;
  /** Those of its step, as far as the ledger has a row of them. */
  attemptsOfStep: number;
  /** Whether an attempt at the receipt is recorded as accepted. */
  isReceiptDone: 0 | 1;
  /** End of the lease that a running operation's attempt holds. */
  leaseUntil: number | null;
  /** Who excluded it from its request. */
  excludedBy: string | null;
  /** How its newest finished attempt ended. */
  resultJson: string | null;
}

/** A request with its operations, as committed. Fields of one operation are those of a bulk request's first. */
export interface LedgerRequest extends LedgerOperation {
  id: string;
  action: Action;
  object: SwitchObject;
  reason: string | null;
  requestedBy: string;
  state: RequestState;
  round: number;
  /** Who pressed Retry last. */
  retriedBy: string | null;
  /** The number of its operations in its own row. */
  total: number;
  leftOut: number;
  open: number;
  succeeded: number;
  failed: number;
  /** How many of `failed` are not certain. */
  uncertain: number;
  decidedBy: string | null;
  decidedAt: number | null;
  stoppedBy: string | null;
  /** Who last stopped its current round, or cancelled it on hold. */
  roundStoppedBy: string | null;
  /** Whether a hold was cancelled or expired after the last Retry, if there was one. */
  isUnconfirmed: 0 | 1;
  /** Since when it is held after an outage. */
  heldAt: number | null;
  /** When it was last confirmed: by its approval, Retry or Carry out. */
  confirmedAt: number | null;
  expiresAt: number;
  /** Slack's id of its message, as far as the ledger knows it. */
  ts: string | null;
  /** End of the lease under which one instance posts or edits the message. */
  messageLeaseUntil: number | null;
  operations: readonly LedgerOperation[];
}

export interface LedgerWatch {
  /** Reads the ledger after a commit. */
  read(): void;
  /** By id, as of the last commit. */
  requests: ReadonlyMap<string, LedgerRequest>;
  /** The running operation that makes such a call, and its request. */
  underWay(call: {
    subMchid: string;
    operationType: Action;
    step: Step;
  }): { request: LedgerRequest; operation: LedgerOperation } | undefined;
  /** The request whose message has an id in Slack. */
  withMessage(ts: string): LedgerRequest | undefined;
  /** The states since a moment, the newest first. An answer is based on one of them. */
  since(at: number): (readonly LedgerRequest[])[];
  /** Who decided a request first, and when. */
  decisions: ReadonlyMap<string, { by: string; at: number }>;
  /** What a request's row counted at some moment, as `countsOf` formats it, by the request's id. */
  counted: ReadonlyMap<string, ReadonlySet<string>>;
  /** What no commit may leave behind. */
  problems: readonly string[];
  /** Whether nothing is left to do, to show or to seal. */
  isAtRest(now: number): boolean;
}

/** A request that is still undecided expires within this time of rest, or not at all in a history. */
const soonMs = 60_000;

export function watchLedger(database: DatabaseSync, now: () => number): LedgerWatch {
  const everything = database.prepare(
    `select requests.id, operations.id as operationId, operations.seq, operations.sub_mchid as subMchid, operations.action, operations.object, requests.reason,
       requests.requested_by as requestedBy, requests.state, operations.state as operationState, requests.round,
       (select actor from events where request_id = requests.id and what = 'retried' order by seq desc limit 1) as retriedBy,
       operations.round as operationRound, operations.step, operations.attempts, operations.attempts - operations.attempts_before as tries,
       (select count(*) from attempts where operation_id = operations.id and round = operations.round and step = operations.step) as attemptsOfStep,
       exists (select 1 from attempts where operation_id = operations.id and step = 'receipt' and result_json like '{"kind":"accepted"%') as isReceiptDone,
       operations.lease_until as leaseUntil, operations.left_out_by as excludedBy,
       (select result_json from attempts where operation_id = operations.id and result_json is not null
        order by attempts.round desc, attempts.number desc limit 1) as resultJson,
       requests.total, requests.left_out as leftOut, requests.open, requests.succeeded, requests.failed, requests.uncertain, requests.stopped_by as stoppedBy,
       case when requests.stopped_by is not null then (select actor from events as stop
          where stop.request_id = requests.id and stop.what in ('stopped', 'cancelled-held') and stop.seq >
            coalesce((select max(seq) from events where request_id = requests.id and what = 'retried'), 0)
          order by stop.seq desc limit 1) end as roundStoppedBy,
       case when requests.round = 1 and requests.failed = 0 then 0 else coalesce((select what in ('cancelled-held', 'held-expired')
          from events where request_id = requests.id and what in ('carried-out', 'cancelled-held', 'held-expired', 'retried')
          order by seq desc limit 1), 0) end as isUnconfirmed,
       requests.held_at as heldAt, requests.confirmed_at as confirmedAt,
       requests.decided_by as decidedBy, requests.decided_at as decidedAt, requests.expires_at as expiresAt, posts.ts,
       posts.lease_until as messageLeaseUntil
     from requests
     join operations on operations.request_id = requests.id
     left join posts on posts.request_id = requests.id and posts.kind = 'message'
     order by operations.seq`,
  );
  const changes = database.prepare("select total_changes() as count");
  let seen = -1;
  const unshown = database.prepare("select count(*) as count from posts where shown < wanted");
  const unattended = database.prepare(
    "select count(*) as count from requests where state = 'pending' and attend_at <= ?",
  );
  const expiring = database.prepare("select count(*) as count from requests where held_until < ?");
  const unsealed = database.prepare("select count(*) as count from unsealed");
  let requests = new Map<string, LedgerRequest>();
  const looks: { at: number; rows: readonly LedgerRequest[] }[] = [{ at: now(), rows: [] }];
  const decisions = new Map<string, { by: string; at: number }>();
  const counted = new Map<string, Set<string>>();
  const problems: string[] = [];

  function noteDecision({ id, decidedBy }: LedgerRequest): void {
    if (decidedBy === null) return;
    const first = decisions.get(id);
    if (!first) decisions.set(id, { by: decidedBy, at: now() });
    else if (first.by !== decidedBy) problems.push(`request ${id}: decided by ${first.by}, later also by ${decidedBy}`);
  }

  function noteCounts(request: LedgerRequest): void {
    const own = counted.get(request.id) ?? new Set();
    const counts = countsOf(request);
    counted.set(request.id, own.add(counts));
    const operations = countsOf(recounted(request));
    if (counts !== operations) problems.push(`request ${request.id}: counts ${counts}, but has ${operations}`);
    const leftOut = request.operations.filter(({ excludedBy }) => excludedBy !== null).length;
    if (request.leftOut !== leftOut)
      problems.push(`request ${request.id}: counts ${request.leftOut} exclusions, but has ${leftOut}`);
    if (leftOut === request.total) problems.push(`request ${request.id}: all of it is excluded`);
  }

  return {
    read() {
      const count = Number(changes.get()?.["count"]);
      if (count === seen) return;
      seen = count;
      requests = wholeRequests(everything.all() as unknown as Row[]);
      const rows = [...requests.values()];
      looks.unshift({ at: now(), rows });
      const open = new Set<string>();
      for (const request of rows) {
        noteDecision(request);
        noteCounts(request);
        for (const { subMchid, tries, attemptsOfStep, step } of request.operations.filter(isOpen)) {
          if (tries !== attemptsOfStep)
            problems.push(`${subMchid}: counts ${tries} attempts at ${step} in its round, but has ${attemptsOfStep}`);
          if (open.has(subMchid)) problems.push(`${subMchid}: two open operations at once`);
          open.add(subMchid);
        }
      }
    },
    get requests() {
      return requests;
    },
    underWay({ subMchid, operationType, step }) {
      for (const request of requests.values()) {
        const operation = request.operations.find((each) => each.subMchid === subMchid);
        if (operation?.operationState === "running" && request.action === operationType && operation.step === step)
          return request.state === "approved" ? { request, operation } : undefined;
      }
      return undefined;
    },
    withMessage(ts) {
      for (const request of requests.values()) if (request.ts === ts) return request;
      return undefined;
    },
    since(at) {
      const first = looks.findIndex((look) => look.at < at);
      return looks.slice(0, first < 0 ? looks.length : first + 1).map(({ rows }) => rows);
    },
    decisions,
    counted,
    problems,
    isAtRest(at) {
      if (database.isTransaction) return false;
      for (const { operations, state, expiresAt } of requests.values()) {
        if (operations.some(({ operationState }) => operationState === "queued" || operationState === "running"))
          return false;
        if (state === "pending" && expiresAt < at + soonMs) return false;
      }
      if (Number(expiring.get(at + soonMs)?.["count"]) > 0) return false;
      if (Number(unattended.get(at)?.["count"]) > 0) return false;
      return Number(unshown.get()?.["count"]) === 0 && Number(unsealed.get()?.["count"]) === 0;
    },
  };
}

export function isForMany({ total }: LedgerRequest): boolean {
  return total > 1;
}

/** The number of sub-merchants that its decision covers. */
export function stillIn({ total, leftOut }: LedgerRequest): number {
  return total - leftOut;
}

export function isOpen({ operationState }: LedgerOperation): boolean {
  return openOperationStates.some((state) => state === operationState);
}

type Counts = Pick<LedgerRequest, "succeeded" | "failed" | "uncertain" | "open">;

/** The counts that a message may give for a request: done, failed, not certain and remaining. */
export function countsOf({ succeeded, failed, uncertain, open }: Counts): string {
  return `${succeeded} done, ${failed - uncertain} failed, ${uncertain} not certain, ${open} left`;
}

/** Whether a count may have been read between two changes that share a commit, of which the watch has seen the ends. */
export function isBetween(count: number, one: number, other: number): boolean {
  return count >= Math.min(one, other) && count <= Math.max(one, other);
}

/** Whether WeChat Pay may have acted although the operation failed, by the result of its last attempt. */
export function isInDoubt({ operationState, resultJson }: LedgerOperation): boolean {
  const result = operationState === "failed" ? parseResult(resultJson) : undefined;
  return result !== undefined && isUncertain(result);
}

function recounted({ operations }: LedgerRequest): Counts {
  const of = (state: OperationState) => operations.filter(({ operationState }) => operationState === state).length;
  const uncertain = operations.filter(isInDoubt).length;
  return { succeeded: of("succeeded"), failed: of("failed"), uncertain, open: operations.filter(isOpen).length };
}

type Row = Omit<LedgerRequest, "operations">;

/** One row for each operation, in the order of `seq` -> requests by their ids. */
function wholeRequests(rows: readonly Row[]): Map<string, LedgerRequest> {
  const requests = new Map<string, LedgerRequest & { operations: LedgerOperation[] }>();
  for (const row of rows) {
    const found = requests.get(row.id);
    if (found) found.operations.push(row);
    else requests.set(row.id, { ...row, operations: [row] });
  }
  return requests;
}
