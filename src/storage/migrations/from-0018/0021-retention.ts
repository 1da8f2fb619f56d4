/** The ranges of the hash chain that were pruned under RETAIN, and permission to delete exactly the events in them. */
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import type { Store } from "../../schema.ts";

/** Events that are pruned by their own age, even if they name a request. Queries have to use exactly this condition. */
export const agingEvents = "what in ('refused', 'exported', 'granted', 'grant-changed', 'grant-ended', 'revoked')";

export const retention = (engine: Store["engine"]): Migration => ({
  async up(db: Kysely<unknown>) {
    const run = (statement: string) => sql.raw(statement).execute(db);
    // On a large ledger this takes longer than the pool's time limit for a statement.
    if (engine === "postgres") await run("set local statement_timeout = 0");
    const position = engine === "sqlite" ? "integer" : "bigint";
    await run(`create table pruned_ranges (first_position ${position} primary key, last_position bigint not null,
      last_hash text not null, checkpoint text not null)`);
    await run("create index pruned_ranges_of_checkpoint on pruned_ranges (checkpoint, first_position)");
    await run("create index requests_ended on requests (ended_at, id) where ended_at is not null");
    await run(`create index events_aging on events (at, seq) where ${agingEvents}`);
    for (const statement of engine === "sqlite" ? onSqlite : onPostgres) await run(statement);
  },
});

/** Whether a range covers a position: the range that begins last before it. */
const isPruned = (position: string) => `coalesce((select last_position from pruned_ranges
  where first_position <= ${position} order by first_position desc limit 1), ${position} - 1) >= ${position}`;

const isPrunedEvent = `exists (select 1 from seals where seals.event_seq = old.seq and ${isPruned("seals.position")})`;

const onSqlite = [
  "drop trigger events_no_delete",
  "drop trigger seals_no_delete",
  refusal("events", "delete", `when not ${isPrunedEvent}`),
  refusal("seals", "delete", `when not ${isPruned("old.position")}`),
  refusal("pruned_ranges", "update"),
  refusal("pruned_ranges", "delete"),
];

function refusal(table: string, change: "update" | "delete", condition = ""): string {
  return `create trigger ${table}_no_${change} before ${change} on ${table} ${condition}
    begin select raise(abort, '${table} is append-only'); end`;
}

/** A condition of a trigger on PostgreSQL cannot contain a query. */
function refusesUnless(name: string, condition: string): string {
  return `create function ${name}() returns trigger language plpgsql as $$ begin
    if not ${condition} then raise exception '% is append-only', tg_table_name; end if; return old; end $$`;
}

const onPostgres = [
  refusesUnless("refuse_unless_pruned_event", isPrunedEvent),
  refusesUnless("refuse_unless_pruned_seal", isPruned("old.position")),
  ...["events", "seals"].map((table) => `drop trigger ${table}_no_change on ${table}`),
  ...["events", "seals"].map(
    (table) =>
      `create trigger ${table}_no_change before update on ${table} for each row execute function refuse_change()`,
  ),
  "create trigger events_no_delete before delete on events for each row execute function refuse_unless_pruned_event()",
  "create trigger seals_no_delete before delete on seals for each row execute function refuse_unless_pruned_seal()",
  "create trigger pruned_ranges_no_change before update or delete on pruned_ranges for each row execute function refuse_change()",
  "create trigger pruned_ranges_no_truncate before truncate on pruned_ranges for each statement execute function refuse_change()",
];
