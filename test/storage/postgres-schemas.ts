/**
 * Schemas of PostgreSQL for tests. Creating one and removing it again takes PostgreSQL longer than most tests take, so
 * a schema is lent, emptied and lent again until the process ends.
 */
import pg from "pg";
import { openStore } from "../../src/storage/open.ts";
import { isOutOfConnections } from "../../src/storage/store-errors.ts";
import { eventually } from "../eventually.ts";

const postgresUrl = process.env["TEST_POSTGRES_URL"] ?? "postgres://postgres@127.0.0.1:5432/postgres";

/** Where the tests look for PostgreSQL. */
export const postgresHost = new URL(postgresUrl).host;

export interface FreshSchema {
  name: string;
  url: URL;
  drop(): Promise<void>;
}

export interface LentSchema {
  name: string;
  url: URL;
  /** Everything that uses it has ended. */
  giveBack(): Promise<void>;
}

/** A new schema in the existing database, without a ledger, so that concurrent tests do not collide. */
export async function createPostgresSchema(): Promise<FreshSchema> {
  const name = `receipt_${process.pid}_${Math.random().toString(36).slice(2)}`;
  await execute(`create schema ${name}`);
  const url = new URL(postgresUrl);
  url.searchParams.set("options", `-c search_path=${name}`);
  return { name, url, drop: () => execute(`drop schema ${name} cascade`) };
}

/** A schema that can be emptied: it then has what it had after the migrations. */
interface Reusable extends FreshSchema {
  /** Statements that remove what tests wrote, in one transaction. */
  empty: string;
  /** Its tables, columns, triggers and functions. A test that changed them leaves a schema that is not lent again. */
  shape: string;
}

const idle: Reusable[] = [];

/** A schema with an empty ledger. */
export async function lendPostgresSchema(): Promise<LentSchema> {
  const lent = idle.pop() ?? (await createReusable());
  return {
    name: lent.name,
    url: new URL(lent.url),
    async giveBack() {
      const isAsBefore = await withSchema(lent, async (client) => {
        if ((await shapeOf(client)) !== lent.shape) return false;
        await client.query(lent.empty);
        return true;
      });
      if (isAsBefore) idle.push(lent);
      else await lent.drop();
    },
  };
}

async function createReusable(): Promise<Reusable> {
  process.off("beforeExit", dropIdle).on("beforeExit", dropIdle);
  const fresh = await createPostgresSchema();
  try {
    const store = await openStore({ engine: "postgres", url: fresh.url.href });
    await store.close();
    return await withSchema(fresh, async (client) => ({
      ...fresh,
      empty: await emptying(client),
      shape: await shapeOf(client),
    }));
  } catch (error) {
    await fresh.drop();
    throw error;
  }
}

async function dropIdle(): Promise<void> {
  await Promise.all(idle.splice(0).map((schema) => schema.drop()));
}

/** As a replica, PostgreSQL runs no triggers, which would keep events from being deleted. */
async function emptying(client: pg.Client): Promise<string> {
  const named = async (kind: "r" | "S") => {
    const { rows } = await client.query<{ name: string }>(
      `select quote_ident(relname) as name from pg_class
       where relnamespace = current_schema()::regnamespace and relkind = $1 and relname !~ '^kysely_'`,
      [kind],
    );
    return rows.map(({ name }) => name);
  };
  const [tables, sequences] = [await named("r"), await named("S")];
  const statements = ["set session_replication_role = replica", ...tables.map((table) => `delete from ${table}`)];
  for (const table of tables) {
    const { rows } = await client.query<{ all: string | null }>(`select json_agg(t)::text as all from ${table} t`);
    const all = rows[0]?.all;
    if (all)
      statements.push(
        `insert into ${table} overriding system value
         select * from json_populate_recordset(null::${table}, ${pg.escapeLiteral(all)})`,
      );
  }
  for (const sequence of sequences) {
    const { rows } = await client.query<{ state: string }>(
      `select last_value || ', ' || is_called as state from ${sequence}`,
    );
    statements.push(`select setval('${sequence}', ${rows[0]?.state})`);
  }
  return statements.join(";\n");
}

async function shapeOf(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ shape: string }>(`
    with own as (select oid, relname from pg_class where relnamespace = current_schema()::regnamespace)
    select md5(string_agg(line, ';' order by line)) as shape from (
      select format('%s.%s %s %s', relname, attname, atttypid, attnotnull) as line
        from pg_attribute join own on own.oid = attrelid where attnum > 0
      union all select format('%s %s %s', relname, tgname, tgenabled) from pg_trigger join own on own.oid = tgrelid
        where not tgisinternal
      union all select format('%s()', proname) from pg_proc where pronamespace = current_schema()::regnamespace
    ) as lines`);
  return rows[0]?.shape ?? "";
}

function withSchema<T>({ url }: FreshSchema, run: (client: pg.Client) => Promise<T>): Promise<T> {
  return withPostgres(run, url.href);
}

/** A client with a session. The tests beside this one may have all of the server's connections for a moment. */
export function connectedTo(url: string): Promise<pg.Client> {
  return eventually(async () => {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (isOutOfConnections(error)) return undefined;
      throw error;
    }
  });
}

export async function withPostgres<T>(run: (client: pg.Client) => Promise<T>, url: string = postgresUrl): Promise<T> {
  const client = await connectedTo(url);
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}

async function execute(sql: string): Promise<void> {
  await withPostgres((client) => client.query(sql));
}
