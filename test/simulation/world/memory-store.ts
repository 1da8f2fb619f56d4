/**
 * One SQLite in memory that outlives every instance. Each instance has its own Kysely on it, through the production
 * dialect.
 * One instance at a time is admitted, as SQLite does with writing processes. The open transaction of a dying instance
 * is rolled back.
 */
import { DatabaseSync, type StatementSync } from "node:sqlite";
import {
  type DatabaseConnection,
  type Dialect,
  type DialectAdapter,
  type Driver,
  Kysely,
  type TransactionSettings,
} from "kysely";
import type { Random } from "../../../src/domain/clock.ts";
import { type LedgerKey, signWith } from "../../../src/ledger/audit/keys/macs.ts";
import { holdRestored } from "../../../src/ledger/holding/restored.ts";
import type { Schema, Store } from "../../../src/storage/schema.ts";
import { sqliteDialect } from "../../../src/storage/sqlite/dialect.ts";
import { CommitUncertain, StoreAway } from "../../../src/storage/store-errors.ts";
import type { Faults } from "./faults.ts";
import { type Leased, type Life, never, type Schedule } from "./schedule.ts";

export interface MemoryStore {
  database: DatabaseSync;
  /** The store as one instance opens it. */
  open(life: Life): Store;
  /** Rolls back what a dead instance had not committed. */
  crashed(life: Life): void;
}

export interface MemoryStoreNeeds {
  schedule: Schedule;
  faults: Faults;
  /** SQL that creates the initial tables and rows. */
  begin: string;
  /** LEDGER_KEY. */
  key: LedgerKey | undefined;
  /** Called after every commit. */
  committed(): void;
}

/** How long an instance waits for admission, like `busy_timeout`. */
const busyMs = 5_000;

export function createMemoryStore({ schedule, faults, begin, key, committed }: MemoryStoreNeeds): MemoryStore {
  const database = new DatabaseSync(":memory:", { enableForeignKeyConstraints: true });
  database.exec(begin);
  prepareOnce(database);
  let holder: Life | undefined;
  /** Connections of the holder. */
  let inside = 0;
  let waiting: (() => void)[] = [];
  /** The last commit of each instance. */
  const commits = new Map<Life, LastCommit>();

  const changes = database.prepare("select total_changes() as count");
  const changed = () => Number(changes.get()?.["count"]);
  const leased = {
    call: database.prepare("select count(*) as count from attempts"),
    post: database.prepare("select count(*) as count from posts where lease_owner is not null"),
  };
  const leasedOf = (what: Leased) => Number(leased[what].get()?.["count"]);

  /** Resolves when the instance alone may read and write. */
  function enter(life: Life): Promise<void> {
    const since = schedule.now();
    return new Promise((resolve, reject) => {
      function line(): void {
        schedule.add({ dueAt: schedule.now() + faults.below(3), life, rim: "ledger", what: "enters the ledger", act });
      }
      function act(): void {
        const isTaken = holder !== undefined && holder !== life;
        if (faults.strike("ledger-away")) reject(sqliteError("disk I/O error"));
        else if (isTaken && schedule.now() - since > busyMs) reject(sqliteError("database is locked"));
        else if (isTaken) waiting.push(line);
        else {
          holder = life;
          inside++;
          resolve();
        }
      }
      line();
    });
  }

  function leave(): void {
    inside--;
    letNextIn();
  }

  function letNextIn(): void {
    if (inside > 0 || database.isTransaction) return;
    holder = undefined;
    const next = waiting;
    waiting = [];
    for (const line of next) line();
  }

  function commitLater(life: Life, run: () => void): void {
    const act = () => {
      // The driver then finds nothing to commit, and reports it to everyone whose work it was.
      if (faults.strike("commit-fails")) database.exec("rollback");
      commits.set(life, { count: (commits.get(life)?.count ?? 0) + 1, isUncertain: faults.strike("commit-uncertain") });
      run();
      committed();
      letNextIn();
    };
    const before = changed();
    const isIdle = () => changed() === before;
    const leasedBefore = { call: leasedOf("call"), post: leasedOf("post") };
    const leases = (what: Leased) => leasedOf(what) > leasedBefore[what];
    schedule.add({
      dueAt: schedule.now() + faults.below(20),
      life,
      rim: "commit",
      what: "commits",
      act,
      isIdle,
      leases,
    });
  }

  return {
    database,
    open(life) {
      const dialect = sqliteDialect(database, { afterThisTurn: (run) => commitLater(life, run) });
      const gate: Gate = {
        enter: () => enter(life),
        leave,
        lastCommit: () => commits.get(life) ?? { count: 0, isUncertain: false },
        async goOn() {
          if (!life.isAlive) await never();
          // A paused instance learns of nothing, not even of what has already happened.
          if (life.pausedUntil > schedule.now())
            await new Promise<void>((resolve) =>
              schedule.add({ dueAt: schedule.now(), life, rim: "ledger", what: "goes on", act: resolve }),
            );
        },
      };
      const db = new Kysely<Schema>({ dialect: gatedDialect(dialect, life, gate, key) });
      signWith(db, key);
      return {
        db,
        engine: "sqlite",
        close: async () => {},
      };
    },
    crashed(life) {
      if (holder !== life) return;
      if (database.isTransaction) database.exec("rollback");
      inside = 0;
      letNextIn();
    },
  };
}

/** Restores the ledger as it is now: what `npm run restore` does to its copy, while no instance runs. */
export async function restoreIn(
  database: DatabaseSync,
  { key, random, now, heldForMs }: { key: LedgerKey | undefined; random: Random; now: () => number; heldForMs: number },
): Promise<void> {
  const db = new Kysely<Schema>({ dialect: sqliteDialect(database, { afterThisTurn: queueMicrotask }) });
  signWith(db, key);
  const store: Store = { db, engine: "sqlite", close: async () => {} };
  const clock = { now, monotonic: now, sleep: async () => {} };
  await holdRestored({ store, clock, random, mchid: "1900000100", instance: "the restore" }, heldForMs);
}

/** Each instance would prepare the same statements, as processes do. */
function prepareOnce(database: DatabaseSync): void {
  const prepared = new Map<string, StatementSync>();
  const prepare = database.prepare.bind(database);
  database.prepare = (text) => {
    const statement = prepared.get(text) ?? prepare(text);
    prepared.set(text, statement);
    return statement;
  };
}

interface LastCommit {
  count: number;
  /** It has happened, and its confirmation was lost. */
  isUncertain: boolean;
}

interface Gate {
  enter(): Promise<void>;
  leave(): void;
  lastCommit(): LastCommit;
  /** Resolves when the instance may take its next step; never for a dead one. */
  goOn(): Promise<void>;
}

interface GatedConnection extends DatabaseConnection {
  inner: DatabaseConnection;
}

/** Shared by all with the same key, so that frequent statements are compiled once for all instances and histories. */
const adapters = new Map<LedgerKey | undefined, DialectAdapter>();

/** The dialect behind the gate. Nothing ever returns to a dead instance. */
function gatedDialect(dialect: Dialect, life: Life, gate: Gate, key: LedgerKey | undefined): Dialect {
  const adapter = adapters.get(key) ?? dialect.createAdapter();
  adapters.set(key, adapter);
  return {
    createAdapter: () => adapter,
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createDriver: () => gatedDriver(dialect.createDriver(), life, gate),
  };
}

function gatedDriver(driver: Driver, life: Life, gate: Gate): Driver {
  const innerOf = (connection: DatabaseConnection) => (connection as GatedConnection).inner;

  async function whileAlive<T>(act: () => Promise<T>): Promise<T> {
    if (!life.isAlive) return never();
    try {
      return await act();
    } finally {
      await gate.goOn();
    }
  }

  /** Like `whileAlive`, but fails as PostgreSQL's client does if the commit succeeded and its confirmation was lost. */
  async function confirmed<T>(act: () => Promise<T>, lost: () => Error): Promise<T> {
    const before = gate.lastCommit().count;
    const done = await act();
    const { count, isUncertain } = gate.lastCommit();
    if (count > before && isUncertain) throw lost();
    return done;
  }

  return {
    init: () => driver.init(),
    destroy: () => never(),
    acquireConnection: () =>
      whileAlive(async () => {
        await gate.enter();
        const inner = await driver.acquireConnection();
        const connection: GatedConnection = {
          inner,
          executeQuery: (query) => whileAlive(() => confirmed(() => inner.executeQuery(query), connectionLost)),
          streamQuery: () => {
            throw new Error("streaming is not supported");
          },
        };
        return connection;
      }),
    beginTransaction: (connection, settings: TransactionSettings) =>
      whileAlive(() => driver.beginTransaction(innerOf(connection), settings)),
    commitTransaction: (connection) =>
      whileAlive(() =>
        confirmed(
          () => driver.commitTransaction(innerOf(connection)),
          () => new CommitUncertain(connectionLost()),
        ),
      ),
    rollbackTransaction: (connection) => whileAlive(() => driver.rollbackTransaction(innerOf(connection))),
    releaseConnection: (connection) =>
      whileAlive(async () => {
        await driver.releaseConnection(innerOf(connection));
        gate.leave();
      }),
  };
}

/** As the PostgreSQL store reports it. */
const connectionLost = () => new StoreAway(new Error("Connection terminated unexpectedly"));

/** As `node:sqlite` throws it. */
function sqliteError(message: string): Error {
  return Object.assign(new Error(message), { code: "ERR_SQLITE_ERROR", errcode: 10 });
}
