/** The statements with which the reporter finds and claims due posts. */
import { type RawBuilder, type Selectable, sql } from "kysely";
import { laneOf } from "../../storage/migrations/0017-history-and-lanes.ts";
import { writerVersion } from "../../storage/migrations/writer-version.ts";
import { statement } from "../../storage/statement.ts";
import type { PostsTable } from "../../storage/tables/outbox.ts";

/** People wait for the posts in the first lane; files and posts that Slack refused are in the second. */
export type Lane = "first" | "later";

/** Written exactly as in the index on lanes, so that both engines use the index. */
const inLane = (lane: Lane, table: string) => sql`${sql.raw(laneOf(table))} = ${sql.lit(lane === "later" ? 1 : 0)}`;

const earliest = (lane: Lane) => sql`(select posts.due_at from posts
  where posts.shown < posts.wanted and posts.channel_id = channels.channel_id and ${inLane(lane, "posts")}
  order by posts.due_at limit 1)`;

/**
 * Jumps from channel to channel along the index: a channel with thousands of posts costs little more than one with a
 * few.
 */
export const channelsDue = statement<Record<string, never>>()((db) => ({
  compile: () =>
    sql<{ channel_id: string; first_due: number | null; later_due: number | null }>`
      with recursive channels (channel_id) as (
        select min(channel_id) from posts where shown < wanted
        union all
        select (select min(channel_id) from posts where shown < wanted and channel_id > channels.channel_id)
        from channels where channels.channel_id is not null
      )
      select channel_id, ${earliest("first")} as first_due, ${earliest("later")} as later_due
      from channels where channel_id is not null`.compile(db),
}));

type DuePost = Omit<Selectable<PostsTable>, "shown" | "due_at" | "lease_owner" | "lease_until" | "writer">;

/** On PostgreSQL, posts that another instance is claiming are skipped; SQLite allows one writer at a time anyway. */
export const claimIn = {
  first: { sqlite: claimWith("first", sql``), postgres: claimWith("first", sql`for update skip locked`) },
  later: { sqlite: claimWith("later", sql``), postgres: claimWith("later", sql`for update skip locked`) },
} as const;

function claimWith(lane: Lane, locking: RawBuilder<unknown>) {
  return statement<{ owner: string; channelId: string; now: number; until: number }>()(
    (db, { owner, channelId, now, until }) => ({
      compile: () =>
        sql<DuePost>`
          update posts set lease_owner = ${owner}, lease_until = ${until}, tries = tries + 1, writer = ${writerVersion}
          where id = (
            select due.id from posts as due
            where due.shown < due.wanted
              and ${inLane(lane, "due")}
              and due.channel_id = ${channelId}
              and due.due_at <= ${now}
              and (due.lease_until is null or due.lease_until <= ${now})
              and (due.kind = 'message' or due.request_id is null or exists (
                select 1 from posts as parent
                where parent.request_id = due.request_id
                  and parent.kind = 'message'
                  and case when due.kind = 'copy'
                    then parent.ts is not null or (parent.lease_owner is null and (parent.tries > 0 or parent.refused is not null))
                    else parent.channel_id <> due.channel_id
                      or (parent.ts is not null and parent.shown >= parent.wanted)
                    end
              ))
              and (due.round = 0 or not exists (
                select 1 from posts as earlier
                where earlier.request_id = due.request_id and earlier.kind = due.kind and earlier.round < due.round
                  and earlier.shown < earlier.wanted
              ))
            order by due.due_at, due.id
            limit 1 ${locking}
          )
          returning id, request_id, channel_id, kind, round, about_json, posted_in, ts, wanted, tries, refused`.compile(
          db,
        ),
    }),
  );
}
