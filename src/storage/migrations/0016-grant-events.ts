/** The index that finds the newest event about a grant, regardless of the size of the ledger. */
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Migration } from "kysely/migration";
import type { Store } from "../schema.ts";

/** Parts of a query that this index answers; they have to be written exactly as in the index. */
export interface GrantEventSql {
  isGrantEvent: RawBuilder<boolean>;
  /** The Slack ID of the grant's holder. */
  holderId: RawBuilder<string>;
  role: RawBuilder<string>;
  /** The same of a row of `keyv` that is a grant, by its key, and the reference of its MAC. */
  ofKey: { holderId: RawBuilder<string>; role: RawBuilder<string>; ref: RawBuilder<string> };
  /** An event's `seq`, `at`, `actor`, `what` and `detail_json`, as one JSON array. */
  asArray: RawBuilder<string>;
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

const afterNamespace = "substr(keyv.key, instr(keyv.key, ':') + 1)";

const keyColumns = {
  sqlite: {
    holderId: `substr(${afterNamespace}, 1, instr(${afterNamespace}, ':') - 1)`,
    role: `substr(${afterNamespace}, instr(${afterNamespace}, ':') + 1)`,
    ref: "keyv.key",
    asArray: "json_array(seq, at, actor, what, detail_json)",
  },
  postgres: {
    holderId: `split_part(keyv.key, ':', 2) collate "default"`,
    role: `split_part(keyv.key, ':', 3) collate "default"`,
    ref: 'keyv.key collate "default"',
    asArray: "json_build_array(seq, at, actor, what, detail_json)::text",
  },
} as const;

export function grantEventSql(engine: Store["engine"]): GrantEventSql {
  const { holderId, role } = columns[engine];
  const key = keyColumns[engine];
  return {
    isGrantEvent: sql.raw(isGrantEvent),
    holderId: sql.raw(holderId),
    role: sql.raw(role),
    ofKey: { holderId: sql.raw(key.holderId), role: sql.raw(key.role), ref: sql.raw(key.ref) },
    asArray: sql.raw(key.asArray),
  };
}

export const grantEvents = (engine: Store["engine"]): Migration => ({
  async up(db: Kysely<unknown>) {
    // On a large ledger this takes longer than the pool's time limit for a statement.
    if (engine === "postgres") await sql`set local statement_timeout = 0`.execute(db);
    const { holderId, role } = columns[engine];
    await sql
      .raw(`create index events_of_grants on events (${holderId}, ${role}, seq) where ${isGrantEvent}`)
      .execute(db);
  },
});
