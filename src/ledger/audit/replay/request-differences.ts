/** Compares a request with the state that results from its events. */
import type { Step, SwitchObject } from "../../../domain/goldplan/objects.ts";
import type { OperationState } from "../../../storage/schema.ts";
import { textHash } from "../hash-chain.ts";
import { parseObject } from "../json-object.ts";
import { type ReplayedEvent, type ReplayedState, untouched } from "./operation-replay.ts";
import { type ComparedColumn, type ReplayedRequest, replay } from "./request-replay.ts";

/** One fact in the ledger that differs from the audit trail. */
export interface Difference {
  of: "request" | "operation" | "grant" | "directory" | "event";
  /** An ID; for a grant, its holder and role; empty for the directory, of which there is one. */
  id: string;
  /** The column or the fact that differs. */
  field: string;
  /** The value in the ledger, and the value according to the trail; undefined if there is none. */
  ledger: string | undefined;
  trail: string | undefined;
}

/** A request with its approvals, operations and attempts. */
export interface StoredRequest {
  row: Readonly<Record<ComparedColumn, string | number | null>> & {
    id: string;
    reason: string | null;
    /** A ledger that an older version wrote does not have it yet. */
    ticket?: string | null;
    approvals_needed: number;
    /** Missing in ledgers of 0.1.0 that were not migrated. */
    uncertain?: number;
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
  /** Ledgers that an older version wrote do not have these yet: everything in them is about the receipt. */
  object?: SwitchObject;
  scene?: string | null;
  step?: Step;
  requested_by: string;
  state: OperationState;
  round: number;
  topic: string | null;
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
    ...ofImpossible(replayed),
  ];
}

function ofColumns(row: StoredRequest["row"], replayed: ReplayedRequest): Difference[] {
  const { columns, decisions } = replayed;
  const names = Object.keys(columns) as ComparedColumn[];
  const submitted: Difference[] = [];
  if (replayed.needed !== undefined && replayed.needed !== row.approvals_needed)
    submitted.push(request(row.id, "approvals_needed", row.approvals_needed, replayed.needed));
  const [ledger, trail] = [textHash(row.reason), replayed.reasonHash ?? undefined];
  if (replayed.reasonHash !== undefined && ledger !== trail)
    submitted.push(request(row.id, "reason (SHA-256)", ledger, trail));
  const ticketHash = textHash(row.ticket ?? null);
  if (replayed.needed !== undefined && ticketHash !== replayed.ticketHash)
    submitted.push(request(row.id, "ticket (SHA-256)", ticketHash, replayed.ticketHash));
  const known = { ...row, object: row.object ?? "receipt" };
  const differing = names.filter((name) => String(known[name] ?? "") !== String(columns[name] ?? ""));
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
  const { id, state, round, sub_mchid, object = "receipt", scene = null, step = "receipt" } = stored;
  const own = replayed.operations.get(id);
  const excludedBy = replayed.excludedBy.get(sub_mchid);
  const found: Difference[] = [];
  const expect = (field: string, ledger: string | null, trail: string | number | null | undefined) => {
    if ((ledger ?? undefined) !== (trail ?? undefined)) found.push(operation(id, field, ledger, trail));
  };
  expect("sub_mchid", sub_mchid, replayed.subMchids.has(sub_mchid) ? sub_mchid : undefined);
  expect("action", stored.action, replayed.columns.action);
  expect("object", object, replayed.columns.object);
  expect("scene", scene, replayed.columns.scene);
  expect("requested_by", stored.requested_by, replayed.columns.requested_by);
  expect("left_out_by", stored.left_out_by, excludedBy);
  const states =
    own?.states ??
    (excludedBy === undefined ? replayed.untouched : [{ ...untouched(replayed.object), state: "cancelled" as const }]);
  const matching = states.find((each) => each.state === state && each.round === round && each.step === step);
  if (!matching) found.push(operation(id, "state", describe([{ state, round, object, step }]), describe(states)));
  else if (matching.failure) expect("topic", stored.topic, matching.failure.topic);
  else if (state !== "failed") expect("topic", stored.topic, undefined);
  return found;
}

function describe(states: readonly Pick<ReplayedState, "state" | "round" | "object" | "step">[]): string {
  return states
    .map(({ state, round, object, step }) => [state, `round ${round}`, ...(object === "both" ? [step] : [])].join(", "))
    .join("; ");
}

/** Events that were impossible in their operation's state, such as an attempt after a success. */
function ofImpossible({ impossible }: ReplayedRequest): Difference[] {
  return impossible.map(({ operationId, what, round, attempt, states }) =>
    operation(operationId, what, `round ${round}, attempt ${attempt}`, describe(states)),
  );
}

/** Sub-merchants and operations that exist only in the trail. */
function ofMembers({ row, operations }: StoredRequest, replayed: ReplayedRequest): Difference[] {
  const stored = new Set(operations.map(({ sub_mchid }) => sub_mchid));
  const ids = new Set(operations.map(({ id }) => id));
  const missing = [...replayed.subMchids].filter((subMchid) => !stored.has(subMchid));
  const unknown = [...replayed.operations].filter(([id]) => !ids.has(id));
  return [
    ...missing.map((subMchid) => request(row.id, "sub_mchid", undefined, subMchid)),
    ...unknown.map(([id, { states }]) => operation(id, "state", undefined, describe(states))),
  ];
}

/** How many operations were cancelled after the approval, and how many were queued again. */
function ofCounts({ row, operations }: StoredRequest, replayed: ReplayedRequest): Difference[] {
  const found: Difference[] = [];
  const isApproved = replayed.columns.state === "approved" || replayed.columns.state === "done";
  const isCancelled = ({ state, left_out_by }: StoredOperation) => state === "cancelled" && left_out_by === null;
  const cancelled = isApproved ? operations.filter(isCancelled).length : 0;
  if (cancelled !== replayed.cancelled) found.push(request(row.id, "cancelled", cancelled, replayed.cancelled));
  const uncertain = row.uncertain === undefined ? undefined : uncertainIn(operations, replayed);
  if (uncertain !== row.uncertain && uncertain !== undefined)
    found.push(request(row.id, "uncertain", row.uncertain, uncertain));
  const requeued = operations.reduce((sum, { round }) => sum + round - 1, 0);
  if (requeued !== replayed.requeued) found.push(request(row.id, "retried", requeued, replayed.requeued));
  return found;
}

/** How many failed operations are uncertain; undefined if events of 0.1.0 do not contain this. */
function uncertainIn(operations: readonly StoredOperation[], replayed: ReplayedRequest): number | undefined {
  const failed = operations.filter(({ state }) => state === "failed");
  const failures = failed.map(({ id }) => replayed.operations.get(id)?.states.find((each) => each.failure)?.failure);
  if (failures.some((failure) => failure === undefined)) return undefined;
  return failures.filter((failure) => failure?.outcome === "uncertain").length;
}

function ofAttempts({ attempts }: StoredRequest, replayed: ReplayedRequest): Difference[] {
  const found: Difference[] = [];
  const stored = new Map(
    attempts.map((attempt) => [
      `${attempt.operation_id} ${attempt.round}.${attempt.number}`,
      attempt.result_json ?? undefined,
    ]),
  );
  for (const [id, { results }] of replayed.operations)
    for (const [attempt, trail] of results) {
      const json = stored.get(`${id} ${attempt}`);
      stored.delete(`${id} ${attempt}`);
      const [kind, sha256] = [kindOf(json), textHash(json)];
      const field = `attempt ${attempt}`;
      if (kind !== trail.kind) found.push(operation(id, field, kind, trail.kind));
      else if ((trail.sha256 ?? sha256) !== sha256)
        found.push(operation(id, `${field} (SHA-256)`, sha256, trail.sha256));
    }
  for (const [name, json] of stored) {
    const [id = "", attempt = ""] = name.split(" ");
    if (json !== undefined) found.push(operation(id, `attempt ${attempt}`, kindOf(json), undefined));
  }
  return found;
}

/** The kind of a result; undefined while there is none. */
function kindOf(json: string | undefined): string | undefined {
  if (json === undefined) return undefined;
  const { kind } = parseObject(json);
  return typeof kind === "string" ? kind : "?";
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
