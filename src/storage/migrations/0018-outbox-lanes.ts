/** The index by which the reporter finds what is due in each lane of a channel, however much waits in the other. */
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import type { Store } from "../schema.ts";

/** 1 for files and for what Slack refused, which go later than what people wait for. A query has to say it in these words. */
export const laneOf = (table: string) =>
  `(case when ${table}.kind in ('list', 'not-started', 'results') or ${table}.refused is not null then 1 else 0 end)`;

export const outboxLanes = (engine: Store["engine"]): Migration => ({
  async up(db: Kysely<unknown>) {
    const run = (statement: string) => sql.raw(statement).execute(db);
    if (engine === "postgres") await run("set local statement_timeout = 0");
    await run("drop index posts_due");
    const lane = laneOf("posts").replaceAll("posts.", "");
    await run(`create index posts_due on posts (channel_id, ${lane}, due_at, id) where shown < wanted`);
  },
});
