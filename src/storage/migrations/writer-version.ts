/**
 * The version of the code that writes to a ledger. The database refuses writes from an older version, so that an
 * instance left running next to a newer one stops before it damages the ledger. Events contain the version as `v` in
 * their detail, and claims of posts as `writer`. A transaction that writes neither does not change anything that people
 * decide or see.
 */
import type { Store } from "../schema.ts";

/** 1 is release 0.1.0, which does not write a version. */
export const writerVersion = 2;

export function refuseOlderWriters(engine: Store["engine"]): string[] {
  return engine === "sqlite" ? onSqlite : onPostgres;
}

/** The reverse, for copying what older versions wrote into another database. */
export function admitOlderWriters(engine: Store["engine"]): string[] {
  const tables = ["events", "posts"] as const;
  return tables.map((table) =>
    engine === "sqlite" ? `drop trigger ${table}_writer` : `drop trigger ${table}_writer on ${table}`,
  );
}

const message = `this ledger is written by version ${writerVersion} or newer`;

const onSqlite = [
  `create trigger events_writer before insert on events
    when coalesce(json_extract(new.detail_json, '$.v'), 1) < ${writerVersion}
    begin select raise(abort, '${message}'); end`,
  `create trigger posts_writer before update of lease_owner on posts
    when new.lease_owner is not null and new.writer < ${writerVersion}
    begin select raise(abort, '${message}'); end`,
];

const refuse = `language plpgsql as $$ begin raise exception '${message}'; end $$`;

const onPostgres = [
  `create or replace function refuse_older_writer() returns trigger ${refuse}`,
  `create trigger events_writer before insert on events for each row
    when (coalesce((new.detail_json::jsonb ->> 'v')::int, 1) < ${writerVersion}) execute function refuse_older_writer()`,
  `create trigger posts_writer before update of lease_owner on posts for each row
    when (new.lease_owner is not null and new.writer < ${writerVersion}) execute function refuse_older_writer()`,
];
