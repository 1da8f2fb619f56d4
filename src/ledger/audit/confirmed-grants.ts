/**
 * Grants are valid only if the audit trail confirms them: a row that someone inserted into the database gives no role.
 * One statement reads the grants, their newest events and their MACs, so that all are of the same moment.
 */
import { sql } from "kysely";
import type { Clock } from "../../domain/clock.ts";
import type { Grant, Holder } from "../../domain/grant.ts";
import { namespaces } from "../../domain/grant.ts";
import { grantEventSql } from "../../storage/migrations/0016-grant-events.ts";
import { isOnPostgres, type Runner, statement } from "../../storage/statement.ts";
import { readGrant } from "../grant-store.ts";
import { asGrantEvent, type GrantEventRow, isBackedBy } from "./grant-events.ts";
import { isSignedGrant } from "./keys/grant-macs.ts";

export interface StoredGrants {
  /** In the order of their keys. */
  backed: Grant[];
  /** They give no role: the audit trail or their MAC does not back them. */
  others: Grant[];
}

/** The keys of some grants: all from `from` up to, not including, `to`. */
export interface GrantKeys {
  from: string;
  to: string;
}

/** All grants to one person or group. */
export function keysOf({ kind, id }: Holder): GrantKeys {
  return { from: `${namespaces[kind]}:${id}:`, to: `${namespaces[kind]}:${id};` };
}

/** All grants to people, or to groups. */
export function keysOfAll(kind: Holder["kind"]): GrantKeys {
  return { from: `${namespaces[kind]}:`, to: `${namespaces[kind]};` };
}

/** Reads the grants of one or two ranges of keys. */
export async function storedGrants(
  { clock }: { clock: Pick<Clock, "now"> },
  on: Runner,
  keys: GrantKeys,
  alsoKeys: GrantKeys = keys,
): Promise<StoredGrants> {
  const now = clock.now();
  const { rows } = await select(on, { ...keys, alsoFrom: alsoKeys.from, alsoTo: alsoKeys.to, now });
  const found: StoredGrants = { backed: [], others: [] };
  for (const { key, value, event, mac } of rows) {
    const grant = readGrant(key, value);
    // The database hides an ended grant using a separate column, which may have been changed.
    const lasts = grant.until === undefined || grant.until > now;
    const newest = event === null ? undefined : asGrantEvent(rowOf(JSON.parse(event)));
    const isBacked = lasts && isBackedBy(grant, newest) && isSignedGrant(on, grant, newest?.seq ?? 0, mac);
    found[isBacked ? "backed" : "others"].push(grant);
  }
  return found;
}

/** An event is one column, read by a subquery, so that both engines find it by its index for each grant. */
const select = statement<{ from: string; to: string; alsoFrom: string; alsoTo: string; now: number }>()(
  (db, { from, to, alsoFrom, alsoTo, now }) => ({
    compile() {
      const engine = isOnPostgres(db) ? "postgres" : "sqlite";
      const { isGrantEvent, holderId, role, ofKey, asArray } = grantEventSql(engine);
      return sql<{ key: string; value: string; event: string | null; mac: string | null }>`
        select keyv.key, keyv.value,
          (select mac from macs where kind = 'grant' and ref = ${ofKey.ref}) as mac,
          (select ${asArray} from events where ${isGrantEvent} and ${holderId} = ${ofKey.holderId} and ${role} = ${ofKey.role}
            order by seq desc limit 1) as event
        from keyv
        where (keyv.key >= ${from} and keyv.key < ${to} or keyv.key >= ${alsoFrom} and keyv.key < ${alsoTo})
          and (expires_at is null or expires_at > ${now})
        order by keyv.key`.compile(db);
    },
  }),
);

type EventColumns = [seq: number, at: number, actor: string, what: string, detail: string];

function rowOf([seq, at, actor, what, detail_json]: EventColumns): GrantEventRow {
  return { seq, at, actor, what, detail_json };
}
