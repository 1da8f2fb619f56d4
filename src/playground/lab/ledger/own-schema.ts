/** A schema of its own in a PostgreSQL database, so that the demo touches nothing else there. */
import { randomBytes } from "node:crypto";
import pg from "pg";

export type OwnSchema = {
  readonly name: string;
  /** For DATABASE_URL: the database, with this schema as its search path. */
  readonly url: string;
  /** Deletes it and everything in it. */
  drop(): Promise<void>;
};

const connectWithinMs = 10_000;

/** @param database a `postgres:` address. @throws Error if it cannot be reached or allows no new schema */
export async function createOwnSchema(database: string): Promise<OwnSchema> {
  const name = `receipt_demo_${randomBytes(4).toString("hex")}`;
  await runIn(database, `create schema ${name}`);
  const url = new URL(database);
  url.searchParams.set("options", `-c search_path=${name}`);
  return { name, url: url.href, drop: () => runIn(database, `drop schema ${name} cascade`) };
}

/** One connection, opened when it is needed. `bigint` columns are numbers: times and counts stay far below 2^53. */
export function poolFor(database: string): pg.Pool {
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, Number);
  return new pg.Pool({ connectionString: database, connectionTimeoutMillis: connectWithinMs, max: 1, types });
}

/** Runs statements without values, one after another on one connection. */
export async function runIn(database: string, ...statements: readonly string[]): Promise<void> {
  const pool = poolFor(database);
  try {
    for (const statement of statements) await pool.query(statement);
  } finally {
    await pool.end();
  }
}
