/** The index by which the newest event about a grant is found, however large the ledger is. */
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Migration } from "kysely/migration";
import type { Store } from "../schema.ts";

/** Parts of a query that this index answers; they have to be written exactly as in the index. */
export interface GrantEventSql {
  isGrantEvent: RawBuilder<boolean>;
  /** The Slack id of the grant's holder. */
  holderId: RawBuilder<string>;
  role: RawBuilder<string>;
}

const isGrantEvent = "what in ('granted', 'grant-changed', 'grant-ended', 'revoked')";

const columns = {
  sqlite: {
    holderId: "coalesce(json_extract(detail_json, '$.userId'), json_extract(detail_json, '$.groupId'))",
    role: "json_extract(detail_json, '$.role')",
  },
  postgres: {
    holderId: "coalesce(detail_json::jsonb ->> 'userId', detail_json::jsonb ->> 'groupId')",
    role: "(detail_json::jsonb ->> 'role')",
  },
} as const;

export function grantEventSql(engine: Store["engine"]): GrantEventSql {
  const { holderId, role } = columns[engine];
  return { isGrantEvent: sql.raw(isGrantEvent), holderId: sql.raw(holderId), role: sql.raw(role) };
}

export const grantEvents = (engine: Store["engine"]): Migration => ({
  async up(db: Kysely<unknown>) {
    // On a large ledger this takes longer than the pool allows a statement.
    if (engine === "postgres") await sql`set local statement_timeout = 0`.execute(db);
    const { holderId, role } = columns[engine];
    await sql
      .raw(`create index events_of_grants on events (${holderId}, ${role}, seq) where ${isGrantEvent}`)
      .execute(db);
  },
});
