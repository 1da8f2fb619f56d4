/** The connection to a SQLite file, on which transactions that arrive together share one commit, and thus one fsync. */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from "kysely";
import type { StoreMetrics } from "../../domain/telemetry/metrics.ts";
import { isBusy, isStoreAway, LedgerFileReplaced } from "../store-errors.ts";
import { afterAFewTurns } from "./after-turns.ts";
import { secureLog } from "./file-identity.ts";
import { createLockWait } from "./lock-wait.ts";
import { createPreparedStatements } from "./prepared-statements.ts";

export interface SqliteOptions {
  /** Runs a function shortly after this turn of the event loop; the shared commit happens there. */
  afterThisTurn?: (run: () => void) => void;
  /** Called before each commit. @throws if nothing may be written to the file any more */
  checkFile?(): void;
  /** Called with every failure that means that the file cannot be used. */
  failed?(error: unknown): void;
  /** Receives the durations of statements and commits. */
  metrics?: StoreMetrics;
}

interface Group extends PromiseWithResolvers<void> {
  /** Why SQLite itself rolled it back; undefined while it has not. */
  undoneBy?: unknown;
}

/** A place in the line for the connection. */
interface Turn {
  /** Resolves when it has come. */
  begins: Promise<void>;
  /** Admits the next user of the connection; safe to call twice. */
  leave(): void;
}

interface Handle extends DatabaseConnection {
  inTransaction: boolean;
  /** Of its current turn. */
  leave(): void;
}

/**
 * Every transaction is a savepoint in a group: one real transaction that its first member opens and that is committed
 * shortly after this turn of the event loop. A member's commit resolves when the group is committed, so that no write
 * is reported before it is on disk. A read outside a transaction while a group is open waits for the group's commit
 * too, and so does a rollback: either may depend on what other members wrote.
 *
 * While another program has the file locked, no group can begin. Whoever wants to write then gives up the turn, so that
 * others can read, and gets another one once a group has begun. Nothing has been written until then.
 */
export function createDriver(
  database: DatabaseSync,
  { afterThisTurn = afterAFewTurns, checkFile = () => {}, failed = () => {}, metrics }: SqliteOptions,
): Driver {
  const prepare = createPreparedStatements(database);
  const [begin, commit, save, release] = ["begin immediate", "commit", "savepoint member", "release member"].map(
    (sql) => database.prepare(sql),
  ) as [StatementSync, StatementSync, StatementSync, StatementSync];
  let lastTurn: Promise<void> = Promise.resolve();
  let group: Group | undefined;
  let savepointIsOpen = false;
  let commitIsDue = false;

  const lockWait = createLockWait<Turn>({ begin: beginGroup, nextTurn, failed });

  function nextTurn(): Turn {
    const begins = lastTurn;
    const { promise, resolve } = Promise.withResolvers<void>();
    lastTurn = promise;
    return { begins, leave: resolve };
  }

  /** Reports it if the file cannot be used. */
  function attempted<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (group && !database.isTransaction) group.undoneBy ??= error;
      if (isStoreAway(error)) failed(error);
      throw error;
    }
  }

  function run<R>(query: CompiledQuery): QueryResult<R> {
    if (!metrics) return attempted(() => runOnce(query));
    const from = performance.now();
    try {
      return attempted(() => runOnce(query));
    } finally {
      metrics.ledgerStatement(performance.now() - from);
    }
  }

  function runOnce<R>({ sql, parameters }: CompiledQuery): QueryResult<R> {
    const { statement, returnsRows } = prepare(sql);
    if (returnsRows) return { rows: statement.all(...(parameters as SQLInputValue[])) as R[] };
    const { changes, lastInsertRowid } = statement.run(...(parameters as SQLInputValue[]));
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  /** @returns undefined if the file is locked, or others have been waiting for its lock */
  function joinGroup(): Group | undefined {
    // After a full disk or an I/O error, SQLite itself rolls back the whole transaction, and would run what follows
    // alone.
    if (group && !database.isTransaction) commitNow();
    if (group) return group;
    if (lockWait.isNeeded()) return undefined;
    try {
      return beginGroup();
    } catch (error) {
      if (isBusy(error)) return undefined;
      if (isStoreAway(error)) failed(error);
      throw error;
    }
  }

  function beginGroup(): Group {
    // `secureLog` may have begun one.
    if (!database.isTransaction) begin.run();
    const begun: Group = Promise.withResolvers<void>();
    group = begun;
    // Each member awaits the promise and sees its failure; if all members rolled back, no one does.
    begun.promise.catch(() => {});
    afterThisTurn(() => {
      if (group !== begun) return;
      commitIsDue = true;
      commitGroup();
    });
    return begun;
  }

  async function take(handle: Handle, { begins, leave }: Turn): Promise<void> {
    handle.leave = leave;
    await begins;
  }

  /** Joins a group once the file is no longer locked. The handle is without a turn meanwhile. */
  async function joinAfterLock(handle: Handle): Promise<Group> {
    for (const since = performance.now(); ; ) {
      handle.leave();
      await take(handle, await lockWait.over(since));
      const joined = joinGroup();
      if (joined) return joined;
    }
  }

  function commitGroup(): void {
    if (commitIsDue && !savepointIsOpen) commitNow();
  }

  function commitNow(): void {
    if (!group) return;
    const ended = group;
    group = undefined;
    commitIsDue = false;
    const from = performance.now();
    try {
      attempted(() => {
        if (ended.undoneBy !== undefined) throw ended.undoneBy;
        checkFile();
        commit.run();
      });
      metrics?.ledgerCommit("committed", performance.now() - from);
      ended.resolve();
    } catch (error) {
      metrics?.ledgerCommit("failed", performance.now() - from);
      if (database.isTransaction) database.exec("rollback");
      if (error instanceof LedgerFileReplaced && error.file === "log") secureLog(database);
      ended.reject(error);
    }
  }

  function enter(leave: () => void): Handle {
    const handle: Handle = {
      inTransaction: false,
      leave,
      async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
        for (;;) {
          if (handle.inTransaction || (!group && prepare(query.sql).onlyReads)) return run<R>(query);
          const { promise } = joinGroup() ?? (await joinAfterLock(handle));
          const result = run<R>(query);
          handle.leave();
          try {
            return await promise.then(() => result);
          } catch (error) {
            // What others could not write, as on a full disk, is no failure of a read: it reads again.
            if (!prepare(query.sql).onlyReads) throw error;
          }
          await take(handle, nextTurn());
        }
      },
      async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
        yield await handle.executeQuery<R>(query);
      },
    };
    return handle;
  }

  return {
    async init() {},
    async acquireConnection() {
      const { begins, leave } = nextTurn();
      await begins;
      return enter(leave);
    },
    async beginTransaction(connection) {
      const handle = connection as Handle;
      if (!joinGroup()) await joinAfterLock(handle);
      save.run();
      savepointIsOpen = true;
      handle.inTransaction = true;
    },
    async commitTransaction(connection) {
      const joined = group;
      release.run();
      savepointIsOpen = false;
      (connection as Handle).inTransaction = false;
      commitGroup();
      (connection as Handle).leave();
      await joined?.promise;
    },
    async rollbackTransaction(connection) {
      const handle = connection as Handle;
      // After a failed commit nothing is left to roll back, and an open savepoint belongs to another transaction.
      if (!handle.inTransaction) return;
      const joined = group;
      savepointIsOpen = false;
      handle.inTransaction = false;
      // After a full disk or an I/O error, SQLite itself rolls back the whole transaction; then the commit fails too.
      if (database.isTransaction) database.exec("rollback to member; release member");
      commitGroup();
      handle.leave();
      // It may have been rolled back because of what other members wrote.
      await joined?.promise;
    },
    async releaseConnection(connection) {
      (connection as Handle).leave();
    },
    async destroy() {
      do {
        await lockWait.settled();
        await lastTurn;
      } while (lockWait.isNeeded());
      commitIsDue = true;
      commitGroup();
      database.close();
    },
  };
}
