/** Comparing a request with what its events lead to. */
import type { OperationState } from "../../../storage/schema.ts";
import { reasonHash } from "../hash-chain.ts";
import {
  type ComparedColumn,
  type ReplayedEvent,
  type ReplayedOperation,
  type ReplayedRequest,
  replay,
} from "./request-replay.ts";

/** One fact in the ledger that is not what the audit trail leads to. */
export interface Difference {
  of: "request" | "operation" | "grant" | "event";
  /** An id; for a grant, its holder and role. */
  id: string;
  /** The column or the fact that differs. */
  field: string;
  /** What the ledger holds, and what the trail leads to; undefined for nothing. */
  ledger: string | undefined;
  trail: string | undefined;
}

/** A request with everything that belongs to it. */
export interface StoredRequest {
  row: Readonly<Record<ComparedColumn, string | number | null>> & {
    id: string;
    reason: string | null;
    approvals_needed: number;
  };
  operations: readonly StoredOperation[];
  approvals: readonly { approver: string; at: number }[];
  attempts: readonly { operation_id: string; round: number; number: number; result_json: string | null }[];
  /** In the order of their numbers. */
  events: readonly ReplayedEvent[];
}

export interface StoredOperation {
  id: string;
  sub_mchid: string;
  action: string;
  requested_by: string;
  state: OperationState;
  round: number;
  left_out_by: string | null;
}

export function differencesOf(stored: StoredRequest): Difference[] {
  const { row, events } = stored;
  const replayed = replay(events);
  if (!replayed) return [request(row.id, "state", row.state, undefined)];
  return [
    ...ofColumns(row, replayed),
    ...ofApprovals(stored, replayed),
    ...stored.operations.flatMap((operation) => ofOperation(operation, replayed)),
    ...ofMembers(stored, replayed),
    ...ofCounts(stored, replayed),
    ...ofAttempts(stored, replayed),
  ];
}

function ofColumns(row: StoredRequest["row"], replayed: ReplayedRequest): Difference[] {
  const { columns, decisions } = replayed;
  const names = Object.keys(columns) as ComparedColumn[];
  const submitted: Difference[] = [];
  if (replayed.needed !== undefined && replayed.needed !== row.approvals_needed)
    submitted.push(request(row.id, "approvals_needed", row.approvals_needed, replayed.needed));
  const [ledger, trail] = [reasonHash(row.reason), replayed.reasonHash ?? undefined];
  if (replayed.reasonHash !== undefined && ledger !== trail)
    submitted.push(request(row.id, "reason (SHA-256)", ledger, trail));
  const differing = names.filter((name) => String(row[name] ?? "") !== String(columns[name] ?? ""));
  const found = [...submitted, ...differing.map((name) => request(row.id, name, row[name], columns[name]))];
  return decisions > 1 ? [...found, request(row.id, "decisions", 1, decisions)] : found;
}

function ofApprovals({ row, approvals }: StoredRequest, replayed: ReplayedRequest): Difference[] {
  const found: Difference[] = [];
  const stored = new Map(approvals.map(({ approver, at }) => [approver, at]));
  for (const approver of new Set([...stored.keys(), ...replayed.approvals.keys()])) {
    const [ledger, trail] = [stored.get(approver), replayed.approvals.get(approver)];
    if (ledger !== trail) found.push(request(row.id, `approval of ${approver}`, ledger, trail));
  }
  const isApproved = replayed.columns.state === "approved" || replayed.columns.state === "done";
  const isShort = replayed.approvals.size < row.approvals_needed && row.approvals_needed > 1;
  if (isApproved && replayed.columns.broke_glass === 0 && isShort)
    found.push(request(row.id, "approvals_needed", row.approvals_needed, replayed.approvals.size));
  return found;
}

function ofOperation(stored: StoredOperation, replayed: ReplayedRequest): Difference[] {
  const { id, state, round, sub_mchid } = stored;
  const own = replayed.operations.get(id);
  const excludedBy = replayed.excludedBy.get(sub_mchid);
  const found: Difference[] = [];
  const expect = (field: string, ledger: string | null, trail: string | number | null | undefined) => {
    if ((ledger ?? undefined) !== (trail ?? undefined)) found.push(operation(id, field, ledger, trail));
  };
  expect("sub_mchid", sub_mchid, replayed.subMchids.has(sub_mchid) ? sub_mchid : undefined);
  expect("action", stored.action, replayed.columns.action);
  expect("requested_by", stored.requested_by, replayed.columns.requested_by);
  expect("left_out_by", stored.left_out_by, excludedBy);
  const expected: Pick<ReplayedOperation, "state" | "round"> =
    own ?? (excludedBy === undefined ? { state: replayed.untouched, round: 1 } : { state: "cancelled", round: 1 });
  const possible = possibleStates(expected, replayed);
  if (!possible.some((each) => each.state === state && each.round === round))
    found.push(operation(id, "state", `${state}, round ${round}`, `${expected.state}, round ${expected.round}`));
  return found;
}

type Place = Pick<ReplayedOperation, "state" | "round">;

/** The states that the events allow; the numbers of those that are not certain are compared for the whole request. */
function possibleStates(expected: Place, replayed: ReplayedRequest): Place[] {
  const { state, round } = expected;
  if (state === "failed" && replayed.requeued > 0) {
    const again = possibleStates({ state: "queued", round: round + 1 }, replayed);
    return [expected, ...again];
  }
  if (state !== "queued" && !(state === "running" && replayed.hasBeenHeld)) return [expected];
  const others: OperationState[] = [];
  if (replayed.cancelled > 0) others.push("cancelled");
  if (replayed.hasBeenHeld) others.push("held", "queued");
  return [expected, ...others.map((other) => ({ state: other, round }))];
}

/** Sub-merchants and operations that only the trail knows. */
function ofMembers({ row, operations }: StoredRequest, replayed: ReplayedRequest): Difference[] {
  const stored = new Set(operations.map(({ sub_mchid }) => sub_mchid));
  const ids = new Set(operations.map(({ id }) => id));
  const missing = [...replayed.subMchids].filter((subMchid) => !stored.has(subMchid));
  const unknown = [...replayed.operations].filter(([id]) => !ids.has(id));
  return [
    ...missing.map((subMchid) => request(row.id, "sub_mchid", undefined, subMchid)),
    ...unknown.map(([id, { state }]) => operation(id, "state", undefined, state)),
  ];
}

/** How many were cancelled after the approval, and how many queued again. */
function ofCounts({ row, operations }: StoredRequest, replayed: ReplayedRequest): Difference[] {
  const found: Difference[] = [];
  const isApproved = replayed.columns.state === "approved" || replayed.columns.state === "done";
  const isCancelled = ({ state, left_out_by }: StoredOperation) => state === "cancelled" && left_out_by === null;
  const cancelled = isApproved ? operations.filter(isCancelled).length : 0;
  if (cancelled !== replayed.cancelled) found.push(request(row.id, "cancelled", cancelled, replayed.cancelled));
  const requeued = operations.reduce((sum, { round }) => sum + round - 1, 0);
  if (requeued !== replayed.requeued) found.push(request(row.id, "retried", requeued, replayed.requeued));
  return found;
}

function ofAttempts({ attempts }: StoredRequest, replayed: ReplayedRequest): Difference[] {
  const found: Difference[] = [];
  const stored = new Map(
    attempts.map((attempt) => [
      `${attempt.operation_id} ${attempt.round}.${attempt.number}`,
      kindOf(attempt.result_json),
    ]),
  );
  for (const [id, { results }] of replayed.operations)
    for (const [attempt, trail] of results) {
      const ledger = stored.get(`${id} ${attempt}`);
      if (ledger !== trail) found.push(operation(id, `attempt ${attempt}`, ledger, trail));
      stored.delete(`${id} ${attempt}`);
    }
  for (const [name, ledger] of stored) {
    const [id = "", attempt = ""] = name.split(" ");
    if (ledger !== undefined) found.push(operation(id, `attempt ${attempt}`, ledger, undefined));
  }
  return found;
}

/** The kind of a result; undefined while there is none. */
function kindOf(json: string | null): string | undefined {
  if (json === null) return undefined;
  const { kind } = parsed(json);
  return typeof kind === "string" ? kind : "?";
}

/** An object from JSON; empty for anything else, which only someone else can have written. */
export function parsed(json: string | null): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json ?? "{}");
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function request(id: string, field: string, ledger: Fact, trail: Fact): Difference {
  return { of: "request", id, field, ledger: asText(ledger), trail: asText(trail) };
}

function operation(id: string, field: string, ledger: Fact, trail: Fact): Difference {
  return { of: "operation", id, field, ledger: asText(ledger), trail: asText(trail) };
}

type Fact = string | number | null | undefined;

function asText(fact: Fact): string | undefined {
  return fact === null || fact === undefined ? undefined : String(fact);
}
