/** PostgreSQL as a Kysely dialect whose connections may be lost at any moment, also in the middle of a commit. */
import {
  type DatabaseIntrospector,
  type Dialect,
  type Kysely,
  PostgresDialect,
  type PostgresPoolClient,
  type PostgresQueryResult,
  sql,
} from "kysely";
import type { ClientBase, PoolClient } from "pg";
import { CommitUncertain, isStoreAway } from "./store-errors.ts";

export interface PostgresOptions {
  /** No limit on how long a statement may take: for migrations and for moving a whole ledger. */
  isPatient?: boolean;
  /** Called with every new connection, before it is used. */
  connected?(client: ClientBase): Promise<void>;
}

const connectionsMax = 10;
const connectWithinMs = 2_000;
/** The server ends a statement first and says so; a server that has gone silent is given up a little later. */
const statementWithinMs = 5_000;
const answerWithinMs = 6_000;
/** What an instance that vanished in the middle of a transaction had locked is free after this time. */
const idleInTransactionMs = 10_000;

/** @param url `postgres://…`, as pg takes it. Loaded only where it is asked for: the embedded engine starts without it. */
export async function postgresDialect(url: string, options: PostgresOptions = {}): Promise<Dialect> {
  const { default: pg } = await import("pg");
  // Times and counts are bigint columns; all of them stay far below 2^53.
  pg.types.setTypeParser(pg.types.builtins.INT8, Number);
  const pool = new pg.Pool({
    connectionString: url,
    max: connectionsMax,
    connectionTimeoutMillis: connectWithinMs,
    keepAlive: true,
    idle_in_transaction_session_timeout: idleInTransactionMs,
    ...(options.connected ? { onConnect: options.connected } : {}),
    ...(options.isPatient ? {} : { statement_timeout: statementWithinMs, query_timeout: answerWithinMs }),
  });
  // A connection that breaks is told by the statement that meets it; without listeners its event would end the process.
  const isToldElsewhere = () => {};
  pool.on("error", isToldElsewhere);
  pool.on("connect", (client) => client.on("error", isToldElsewhere));
  const dialect = new PostgresDialect({
    pool: {
      connect: async () => supervised(await pool.connect()),
      end: () => pool.end(),
      options: pool.options,
    },
  });
  return {
    createAdapter: () => dialect.createAdapter(),
    createDriver: () => dialect.createDriver(),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createIntrospector: ownSchemaIntrospector,
  };
}

/**
 * Tells the migrations which tables there are, by name. Kysely's own looks into every schema of the database, which
 * fails when somebody removes one of them at that moment, and takes the longer the more others keep there.
 */
function ownSchemaIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
  return {
    async getSchemas() {
      return (await sql<{ name: string }>`select current_schema() as name`.execute(db)).rows;
    },
    async getTables() {
      const { rows } = await sql<{ name: string; schema: string }>`
        select relname as name, nspname as schema from pg_class join pg_namespace on pg_namespace.oid = relnamespace
        where nspname = current_schema() and relkind in ('r', 'p')`.execute(db);
      return rows.map((table) => ({ ...table, isView: false, isForeign: false, columns: [] }));
    },
  };
}

/** A pool's client that is thrown away once it was lost, and that says so when a commit was. */
function supervised(client: PoolClient): PostgresPoolClient {
  let isLost = false;

  async function query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    // With its connection, the transaction has ended.
    if (isLost && sql === "rollback") return { command: "ROLLBACK", rowCount: 0, rows: [] };
    try {
      return (await client.query(sql, [...parameters])) as unknown as PostgresQueryResult<R>;
    } catch (error) {
      if (!isStoreAway(error)) throw error;
      isLost = true;
      throw sql === "commit" ? new CommitUncertain(error) : error;
    }
  }

  return {
    query: query as PostgresPoolClient["query"],
    release: () => client.release(isLost),
  };
}
