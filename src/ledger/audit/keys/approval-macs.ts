/**
 * MACs of approvals. A decision's MAC covers the request, its action, object and scene, the decision and the approvals
 * with their authors and times, and each operation, with its sub-merchant, that was not excluded. It is checked before
 * each call; see call-check.ts. A single approval's MAC covers its author, its request and its time; it is checked when
 * approvals are counted.
 */
import type { Transaction } from "kysely";
import type { Approval } from "../../../domain/approval.ts";
import type { ScenedChange } from "../../../domain/goldplan/change.ts";
import type { Schema } from "../../../storage/schema.ts";
import type { Runner } from "../../../storage/statement.ts";
import { approvalsOf } from "../../queries/approvals.ts";
import { chainedColumns } from "../hash-chain.ts";
import { differencesOf } from "../replay/request-differences.ts";
import { loadRequests } from "../replay/stored-requests.ts";
import { eventsWithMac, isMac, keyOf, type LedgerKey, macOf, macsOf, writeMac } from "./macs.ts";

/** The actions that an approval allows. */
export interface Approved extends ScenedChange {
  /** The sub-merchant of each operation, by the operation's ID. */
  operations: ReadonlyMap<string, string>;
}

/** Signs the decision on a request in its current state. Does nothing without LEDGER_KEY. */
export async function signDecision(transaction: Transaction<Schema>, requestId: string): Promise<void> {
  const key = keyOf(transaction);
  const decision = key && (await readDecision(transaction, requestId));
  if (key && decision) await writeMac(transaction, "approval", requestId, decisionMac(key, decision.covered));
}

/**
 * Signs the decision that this transaction has written, if the request still matches the one that was submitted. A
 * request that someone else changed while it was pending gets no MAC: the bot makes no calls for it, and the audit
 * reports it.
 */
export async function signNewDecision(transaction: Transaction<Schema>, requestId: string): Promise<void> {
  if (keyOf(transaction) && (await isAsSubmitted(transaction, requestId))) await signDecision(transaction, requestId);
}

async function isAsSubmitted(on: Runner, requestId: string): Promise<boolean> {
  const events = await on.selectFrom("events").select(chainedColumns).where("request_id", "=", requestId).execute();
  if ((await eventsWithMac(on, events)).length < events.length) return false;
  return (await loadRequests(on, [requestId])).flatMap(differencesOf).length === 0;
}

/** Signs one of several approvals. Does nothing without LEDGER_KEY. */
export async function signApproval(
  transaction: Transaction<Schema>,
  requestId: string,
  approval: Approval,
): Promise<void> {
  const key = keyOf(transaction);
  if (key) await writeMac(transaction, "approval", refOf(requestId, approval), approvalMac(key, requestId, approval));
}

/** The approvals that count: with LEDGER_KEY, those with a valid MAC. */
export async function approvalsWithMac(
  on: Runner,
  requestId: string,
  approvals: readonly Approval[],
): Promise<readonly Approval[]> {
  const key = keyOf(on);
  if (!key) return approvals;
  const refs = approvals.map((approval) => refOf(requestId, approval));
  const macs = await macsOf(on, "approval", refs);
  return approvals.filter((approval, i) => isMac(approvalMac(key, requestId, approval), macs.get(refs[i] ?? "")));
}

/** Whether a request was approved in its current state; undefined if it was not approved at all. */
export async function verifiedDecision(on: Runner, key: LedgerKey, requestId: string): Promise<Approved | undefined> {
  const decision = await readDecision(on, requestId);
  const mac = (await macsOf(on, "approval", [requestId])).get(requestId);
  return decision && isMac(decisionMac(key, decision.covered), mac) ? decision : undefined;
}

async function readDecision(on: Runner, requestId: string): Promise<(Approved & { covered: unknown[] }) | undefined> {
  const request = await on
    .selectFrom("requests")
    .select(["action", "object", "scene", "decided_by", "decided_at", "broke_glass"])
    .where("id", "=", requestId)
    .where("state", "in", ["approved", "done"])
    .executeTakeFirst();
  if (!request) return undefined;
  const { action, object, scene, decided_by, decided_at, broke_glass } = request;
  const rows = await on
    .selectFrom("operations")
    .select(["id", "sub_mchid"])
    .where("request_id", "=", requestId)
    .where("left_out_by", "is", null)
    .orderBy("id")
    .execute();
  const operations = rows.map(({ id, sub_mchid }) => [id, sub_mchid] as const);
  const approvals = (await approvalsOf(on, requestId)).map(({ by, at }) => [by, at]);
  // Requests for receipts alone have the MACs that they had before there were others.
  const switched = object === "receipt" ? [] : [object, scene];
  const covered = [requestId, action, broke_glass === 1, decided_by, decided_at, approvals, operations, ...switched];
  return { action, object, scene: scene ?? undefined, operations: new Map(operations), covered };
}

function decisionMac(key: LedgerKey, covered: readonly unknown[]): string {
  return macOf(key, "decision", covered);
}

function approvalMac(key: LedgerKey, requestId: string, { by, at }: Approval): string {
  return macOf(key, "approval", [requestId, by, at]);
}

function refOf(requestId: string, { by }: Approval): string {
  return `${requestId}:${by}`;
}
