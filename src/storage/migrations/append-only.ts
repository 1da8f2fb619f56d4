/** Append-only tables: the database itself refuses to change or delete their rows. */
import type { Store } from "../schema.ts";

/** The statements that make tables append-only. To change such a table anyway, drop its triggers first. */
export function appendOnly(engine: Store["engine"], tables: readonly string[]): string[] {
  return engine === "sqlite" ? tables.flatMap(onSqlite) : [refusal, ...tables.flatMap(onPostgres)];
}

function onSqlite(table: string): string[] {
  return ["update", "delete"].map(
    (change) =>
      `create trigger ${table}_no_${change} before ${change} on ${table} begin select raise(abort, '${table} is append-only'); end`,
  );
}

const refusal = `create function refuse_change() returns trigger language plpgsql as
  $$ begin raise exception '% is append-only', tg_table_name; end $$`;

function onPostgres(table: string): string[] {
  return [
    `create trigger ${table}_no_change before update or delete on ${table} for each row execute function refuse_change()`,
    `create trigger ${table}_no_truncate before truncate on ${table} for each statement execute function refuse_change()`,
  ];
}
