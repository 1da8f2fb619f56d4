/** Checks whether the ledger can be written to now. */
import { sql } from "kysely";
import type { Store } from "./schema.ts";

const probe = "write-probe";

/**
 * Writes one row, the same each time, and commits it: a read-only server or a full disk still answers queries that only
 * read. The row is in `paces`, which is short-lived and never moved to another database.
 * @param now milliseconds since the epoch
 * @throws the engine's error if it cannot be written to
 */
export async function writeProbe({ db }: Pick<Store, "db">, now: number, name = probe): Promise<void> {
  await sql`insert into paces (name, empty_at, share, slowed_at) values (${name}, ${now}, 1, 0)
    on conflict (name) do update set empty_at = excluded.empty_at`.execute(db);
}

/**
 * Writes a separate row, commits, removes it and commits again, so that the row of a running bot is not affected.
 * @throws the engine's error if the ledger cannot be written to
 */
export async function writeWithoutTrace({ db }: Pick<Store, "db">, now: number): Promise<void> {
  const name = `${probe}-without-trace`;
  await writeProbe({ db }, now, name);
  await sql`delete from paces where name = ${name}`.execute(db);
}
