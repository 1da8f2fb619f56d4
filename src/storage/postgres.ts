/** PostgreSQL as a Kysely dialect that expects to lose connections at any time, even during a commit. */
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
  /** Removes the time limit of statements, for migrations and for moving a whole ledger. */
  isPatient?: boolean;
  /** Called with each new connection before it is used. */
  connected?(client: ClientBase): Promise<void>;
}

const connectionsMax = 10;
const connectWithinMs = 2_000;
/** The server cancels a statement first and says so; if the server is silent, the client gives up a little later. */
const statementWithinMs = 5_000;
const answerWithinMs = 6_000;
/** If an instance vanishes during a transaction, its locks are released after this time. */
const idleInTransactionMs = 10_000;

/** Loads pg on demand, so that SQLite starts without it. @param url `postgres://…`, as pg accepts it */
export async function postgresDialect(url: string, options: PostgresOptions = {}): Promise<Dialect> {
  const { default: pg } = await import("pg");
  // Times and counts are bigint columns; their values stay far below 2^53.
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
  // The next statement reports a broken connection; without listeners, the event would end the process.
  const isReportedElsewhere = () => {};
  pool.on("error", isReportedElsewhere);
  pool.on("connect", (client) => client.on("error", isReportedElsewhere));
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
 * Lists the tables of the current schema for the migrations. Kysely's own introspector reads every schema of the
 * database, which fails if one is dropped at that moment, and slows down with the number of schemas.
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

/** A pool client that is discarded once its connection is lost, and that reports when a commit is uncertain. */
function supervised(client: PoolClient): PostgresPoolClient {
  let isLost = false;

  async function query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    // The transaction ended with its connection.
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
