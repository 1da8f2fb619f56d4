/** Whether the ledger can be written to at this moment. */
import { sql } from "kysely";
import type { Store } from "./schema.ts";

const probe = "write-probe";

/**
 * Writes one row, the same each time, and commits it: a server that has become read-only or a disk that is full still
 * answers what only reads. The row is in `paces`, which is short-lived and never moved to another database.
 * @param now milliseconds since the epoch
 * @throws the engine's error where it cannot be written to
 */
export async function writeProbe({ db }: Pick<Store, "db">, now: number, name = probe): Promise<void> {
  await sql`insert into paces (name, empty_at, share, slowed_at) values (${name}, ${now}, 1, 0)
    on conflict (name) do update set empty_at = excluded.empty_at`.execute(db);
}

/**
 * Writes a row of its own, commits it, removes it and commits that: a bot that runs beside it keeps its own row.
 * @throws the engine's error where the ledger cannot be written to
 */
export async function writeWithoutTrace({ db }: Pick<Store, "db">, now: number): Promise<void> {
  const name = `${probe}-without-trace`;
  await writeProbe({ db }, now, name);
  await sql`delete from paces where name = ${name}`.execute(db);
}
