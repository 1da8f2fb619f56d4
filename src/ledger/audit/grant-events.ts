/**
 * Grants according to the audit trail: the newest event for each holder and role, and the grant that results from it.
 */
import { sql } from "kysely";
import { asGrant, asStored, type Grant, type Holder, sameTerms } from "../../domain/grant.ts";
import type { Role } from "../../domain/policy.ts";
import { grantEventSql } from "../../storage/migrations/0016-grant-events.ts";
import { isOnPostgres, type Runner } from "../../storage/statement.ts";
import { parseObject } from "./json-object.ts";

/** The newest event about one holder and one role. */
export interface GrantEvent {
  seq: number;
  holder: Holder;
  role: Role;
  /** The resulting grant; undefined if the event ended or revoked one. */
  grant: Grant | undefined;
}

/** A unique name for a grant: `user:U1:approver`. */
export function grantName({ kind, id }: Holder, role: string): string {
  return `${kind}:${id}:${role}`;
}

/** The newest event for each holder and role, by `grantName`. @param ids the holders; all if undefined */
export async function newestGrantEvents(on: Runner, ids?: readonly string[]): Promise<Map<string, GrantEvent>> {
  const engine = isOnPostgres(on) ? "postgres" : "sqlite";
  const { isGrantEvent, holderId, role } = grantEventSql(engine);
  const isOneOfThem = ids === undefined ? sql`` : sql`and ${holderId} in (${sql.join(ids)})`;
  const { rows } = await sql<GrantEventRow>`select seq, at, actor, what, detail_json from events where seq in
    (select max(seq) from events where ${isGrantEvent} ${isOneOfThem} group by ${holderId}, ${role})`.execute(on);
  return new Map(rows.flatMap(asEntry));
}

/** An event about a grant, as the ledger holds it. */
export interface GrantEventRow {
  seq: number;
  at: number;
  actor: string;
  what: string;
  detail_json: string | null;
}

function asEntry(row: GrantEventRow): [string, GrantEvent][] {
  const event = asGrantEvent(row);
  return event ? [[grantName(event.holder, event.role), event]] : [];
}

/** Undefined for an event that names no holder or role: the bot did not write it. */
export function asGrantEvent({ seq, at, actor: by, what, detail_json }: GrantEventRow): GrantEvent | undefined {
  const { userId, groupId, role: named, ...terms } = parseObject(detail_json);
  const id = userId ?? groupId;
  if (typeof id !== "string" || typeof named !== "string") return undefined;
  const holder: Holder = { kind: userId === undefined ? "group" : "user", id };
  const role = named as Role;
  const isHeld = what === "granted" || what === "grant-changed";
  const stored = isHeld ? asStored({ ...terms, by, at }) : undefined;
  return { seq, holder, role, grant: stored && asGrant(holder, role, stored) };
}

/** Whether a grant is the one that results from its newest event. */
export function isBackedBy(grant: Grant, event: GrantEvent | undefined): boolean {
  if (event?.grant === undefined || event.holder.kind !== grant.holder.kind) return false;
  return event.grant.by === grant.by && sameTerms(event.grant, grant);
}
