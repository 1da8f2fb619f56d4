/**
 * MACs of approvals. The one of a decision covers the request, its action, who decided when, who approved when, and all
 * sub-merchants that were not excluded; it is checked before each call. The one of a single approval covers who gave it
 * to which request, and when; it is checked when approvals are counted.
 */
import type { Transaction } from "kysely";
import type { Approval } from "../../../domain/approval.ts";
import type { Action } from "../../../domain/attempt-result.ts";
import type { Database, Schema } from "../../../storage/schema.ts";
import type { Runner } from "../../../storage/statement.ts";
import { approvalsOf } from "../../queries/approvals.ts";
import { isMac, keyOf, type LedgerKey, macOf, macsOf, writeMac } from "./macs.ts";

/** What an approval lets the bot do. */
interface Approved {
  action: Action;
  subMchids: ReadonlySet<string>;
}

/** Signs the decision that this transaction has written. Does nothing without LEDGER_KEY. */
export async function signDecision(transaction: Transaction<Schema>, requestId: string): Promise<void> {
  const key = keyOf(transaction);
  const decision = key && (await readDecision(transaction, requestId));
  if (key && decision) await writeMac(transaction, "approval", requestId, decisionMac(key, decision.covered));
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

/** The approvals that count: with LEDGER_KEY, those that have their MAC. */
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

/** Whether a request was approved as it stands; undefined if it was not approved at all. */
export async function verifiedDecision(on: Runner, key: LedgerKey, requestId: string): Promise<Approved | undefined> {
  const decision = await readDecision(on, requestId);
  const mac = (await macsOf(on, "approval", [requestId])).get(requestId);
  return decision && isMac(decisionMac(key, decision.covered), mac) ? decision : undefined;
}

/** Decisions kept in memory: of a bulk request, each of thousands of attempts asks for the same one. */
const keptMax = 20;

/** Returns a function that says whether the request of an attempt was approved for this action and sub-merchant. */
export function createApprovalCheck(db: Database) {
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

  return async (attempt: { requestId: string; subMchid: string; action: Action }): Promise<boolean> => {
    const key = keyOf(db);
    if (!key) return true;
    const approved = await approvedFor(key, attempt.requestId);
    return approved !== undefined && approved.action === attempt.action && approved.subMchids.has(attempt.subMchid);
  };
}

async function readDecision(on: Runner, requestId: string): Promise<(Approved & { covered: unknown[] }) | undefined> {
  const request = await on
    .selectFrom("requests")
    .select(["action", "decided_by", "decided_at", "broke_glass"])
    .where("id", "=", requestId)
    .where("state", "in", ["approved", "done"])
    .executeTakeFirst();
  if (!request) return undefined;
  const { action, decided_by, decided_at, broke_glass } = request;
  const rows = await on
    .selectFrom("operations")
    .select("sub_mchid")
    .where("request_id", "=", requestId)
    .where("left_out_by", "is", null)
    .execute();
  const subMchids = rows.map((row) => row.sub_mchid).sort();
  const approvals = (await approvalsOf(on, requestId)).map(({ by, at }) => [by, at]);
  const covered = [requestId, action, broke_glass === 1, decided_by, decided_at, approvals, subMchids];
  return { action, subMchids: new Set(subMchids), covered };
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
