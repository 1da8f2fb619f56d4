/**
 * Indexes for a page of the history, the due posts in a lane, and the events of one operation, so that their cost does
 * not depend on the size of the ledger.
 */
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import type { Store } from "../schema.ts";

/**
 * 1 for files and refused posts, which come after the posts that people wait for. Queries have to use exactly this
 * expression.
 */
export const laneOf = (table: string) =>
  `(case when ${table}.kind in ('list', 'not-started', 'results') or ${table}.refused is not null then 1 else 0 end)`;

/**
 * On `number + 0`, which no other index has, so that no planner prefers another. They replace the indexes by which
 * earlier versions read the history from the operations, and a person's requests.
 */
export const historyAndLanes = (engine: Store["engine"]): Migration => ({
  async up(db: Kysely<unknown>) {
    const run = (statement: string) => sql.raw(statement).execute(db);
    // On a large ledger this takes longer than the pool's time limit for a statement.
    if (engine === "postgres") await run("set local statement_timeout = 0");
    await run("create index requests_by_action on requests (action, (number + 0))");
    await run("create index requests_by_asker_and_action on requests (requested_by, action, (number + 0))");
    await run("create index requests_failed_by_action on requests (action, (number + 0)) where failed > 0");
    await run(
      "create index requests_failed_by_asker_and_action on requests (requested_by, action, (number + 0)) where failed > 0",
    );
    await run("drop index events_of_request");
    await run("create index events_of_request on events (request_id, operation_id, seq)");
    for (const replaced of [
      "operations_by_action",
      "operations_by_asker",
      "operations_failed",
      "operations_failed_by_asker",
    ])
      await run(`drop index ${replaced}`);
    await run("drop index requests_by_asker");
    await run("drop index posts_due");
    const lane = laneOf("posts").replaceAll("posts.", "");
    await run(`create index posts_due on posts (channel_id, ${lane}, due_at, id) where shown < wanted`);
  },
});
