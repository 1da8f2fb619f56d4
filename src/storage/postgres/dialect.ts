/** PostgreSQL as a Kysely dialect that expects to lose connections at any time, even during a commit. */
import { type DatabaseIntrospector, type Dialect, type Kysely, PostgresAdapter, PostgresDialect, sql } from "kysely";
import { DEFAULT_MIGRATION_LOCK_TABLE, DEFAULT_MIGRATION_TABLE } from "kysely/migration";
import type { ClientBase, PoolClient } from "pg";
import type { StoreMetrics } from "../../domain/telemetry/metrics.ts";
import { codeOf, isOutOfConnections, isPreparationAtFault, isSqlState, StoreAway } from "../store-errors.ts";
import { supervised } from "./client.ts";
import { createStatementNames, isDirect, type StatementNames } from "./prepared-statements.ts";
import { setSession } from "./session-settings.ts";
import { withExplicitMode } from "./tls.ts";

export interface PostgresOptions {
  /** Removes the time limit of statements, for migrations and for moving a whole ledger. */
  isPatient?: boolean;
  /** Called with each new connection to the server itself, not to a pooler, before it is used. */
  connectedDirectly?(client: ClientBase): Promise<void>;
  /** Called with every failure that means the database is unavailable. */
  failed?(error: unknown): void;
  /** Receives the durations of statements and commits. */
  metrics?: StoreMetrics;
}

const connectionsMax = 10;
const connectWithinMs = 2_000;
/** How long the pool does with its sessions before it asks a server that gave no more for another one. */
const crowdedForMs = 1_000;
/**
 * The server cancels a statement first and reports it; if the server does not respond, the client gives up a little
 * later.
 */
const statementWithinMs = 5_000;
const answerWithinMs = 6_000;

/** Loads pg on demand, so that SQLite starts without it. @param url `postgres://…`, in the form that pg accepts */
export async function postgresDialect(url: string, options: PostgresOptions = {}): Promise<Dialect> {
  const { default: pg } = await import("pg");
  // Times and counts are bigint columns; their values stay far below 2^53.
  pg.types.setTypeParser(pg.types.builtins.INT8, Number);
  const statementMs = options.isPatient ? 0 : statementWithinMs;
  /** Of the clients that may prepare statements. */
  const namesOf = new WeakMap<ClientBase, StatementNames>();
  const pool = new pg.Pool({
    connectionString: withExplicitMode(url),
    max: connectionsMax,
    connectionTimeoutMillis: connectWithinMs,
    keepAlive: true,
    pipeline: true,
    async onConnect(client) {
      const backendPid = await setSession(client, statementMs);
      if (!isDirect(client, backendPid)) return;
      namesOf.set(client, createStatementNames());
      await options.connectedDirectly?.(client);
    },
    ...(options.isPatient ? {} : { query_timeout: answerWithinMs }),
  });
  // The next statement reports a broken connection; without listeners, the event would end the process.
  const isReportedElsewhere = () => {};
  pool.on("error", isReportedElsewhere);
  const sessions = new Set<PoolClient>();
  pool.on("connect", (client) => sessions.add(client.on("error", isReportedElsewhere)));
  pool.on("remove", (client) => sessions.delete(client));
  let crowdedUntil = 0;

  /** If the server gives no more connections than the pool has, waits for one of those, as in a smaller pool. */
  async function checkOut(): Promise<PoolClient> {
    if (performance.now() >= crowdedUntil) pool.options.max = connectionsMax;
    try {
      return await pool.connect();
    } catch (error) {
      if (!isOutOfConnections(error) || sessions.size === 0) throw error;
      pool.options.max = sessions.size;
      crowdedUntil = performance.now() + crowdedForMs;
      return pool.connect().catch(() => {
        throw error;
      });
    }
  }

  /**
   * Counts how often the server refused a session. Sessions that began before the last refusal are not used again
   * either.
   */
  let turnedAway = 0;
  const begunAt = new WeakMap<PoolClient, number>();

  /** A pooler that looks like the server itself gives a client the sessions of others. */
  let mayPrepare = true;

  function lost(error: unknown): StoreAway {
    if (isPreparationAtFault(error)) mayPrepare = false;
    if (isSqlState(error)) turnedAway += 1;
    return unavailable(error);
  }

  /**
   * A server that shuts down or starts (57P0x) ends the other sessions too; one without a free connection keeps them.
   */
  function notConnected(error: unknown): StoreAway {
    return codeOf(error).startsWith("57P") ? lost(error) : unavailable(error);
  }

  function unavailable(error: unknown): StoreAway {
    options.failed?.(error);
    return new StoreAway(error);
  }

  async function connect(): Promise<PoolClient> {
    for (;;) {
      const client = await checkOut().catch((error: unknown) => {
        throw notConnected(error);
      });
      if (!begunAt.has(client)) begunAt.set(client, turnedAway);
      if (begunAt.get(client) === turnedAway) return client;
      client.release(true);
    }
  }

  const dialect = new PostgresDialect({
    pool: {
      connect: async () => {
        const client = await connect();
        const { isPatient = false, metrics } = options;
        return supervised(client, { names: mayPrepare ? namesOf.get(client) : undefined, lost, isPatient, metrics });
      },
      end: () => pool.end(),
      options: pool.options,
    },
  });
  return {
    createAdapter: () => new OwnSchemaAdapter(),
    createDriver: () => dialect.createDriver(),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createIntrospector: ownSchemaIntrospector,
  };
}

/**
 * Kysely's lock is the whole database's, so deployments in other schemas would wait; `migrate` takes one of its own.
 */
class OwnSchemaAdapter extends PostgresAdapter {
  override async acquireMigrationLock(): Promise<void> {}
  override async releaseMigrationLock(): Promise<void> {}
}

/**
 * Lists the tables of the current schema in which Kysely keeps the applied migrations; nothing asks for others.
 * Kysely's own introspector reads every schema of the database, which fails if one is dropped at that moment, and slows
 * down with the number of schemas.
 */
function ownSchemaIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
  return {
    async getSchemas() {
      return (await sql<{ name: string }>`select current_schema() as name`.execute(db)).rows;
    },
    async getTables() {
      const { rows } = await sql<{ name: string; schema: string }>`
        select relname as name, current_schema() as schema from pg_class
        where relname in (${sql.lit(DEFAULT_MIGRATION_TABLE)}, ${sql.lit(DEFAULT_MIGRATION_LOCK_TABLE)})
          and relnamespace = current_schema()::regnamespace`.execute(db);
      return rows.map((table) => ({ ...table, isView: false, isForeign: false, columns: [] }));
    },
  };
}
