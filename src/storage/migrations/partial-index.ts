/** Indexes on some of a table's rows, and the open states that the first migrations index. */
import { type Kysely, sql } from "kysely";

/** The open states at the time of these steps; later steps define their own. */
export const open = "'waiting', 'queued', 'running'";

export async function partialIndex(
  db: Kysely<unknown>,
  name: string,
  on: string,
  unique: "unique" | "" = "",
): Promise<void> {
  await sql.raw(`create ${unique} index ${name} on ${on}`).execute(db);
}
