/** Whether the ledger can be written to at this moment. */
import { sql } from "kysely";
import type { Store } from "./schema.ts";

/**
 * Writes one row, the same each time, and commits it: a server that has become read-only or a disk that is full still
 * answers what only reads. The row is in `paces`, which is short-lived and never moved to another database.
 * @param now milliseconds since the epoch
 * @throws the engine's error where it cannot be written to
 */
export async function writeProbe({ db }: Pick<Store, "db">, now: number): Promise<void> {
  await sql`insert into paces (name, empty_at, share, slowed_at) values ('write-probe', ${now}, 1, 0)
    on conflict (name) do update set empty_at = excluded.empty_at`.execute(db);
}
