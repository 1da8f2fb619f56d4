/** The demo's ledger, read only. The bot is a process of its own; nothing here writes. */
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";

export type Row = Readonly<Record<string, unknown>>;

export type LedgerView = {
  /** The rows of a query; none as long as the bot has not created the ledger. */
  rows(sql: string, ...values: readonly SQLInputValue[]): readonly Row[];
  /** Rises with each commit of the bot. */
  version(): number;
  close(): void;
};

/** A reader that waits for the bot's own locks, which recovery after a crash takes for an instant. */
const busyMs = 5_000;

/**
 * @param url a `sqlite:` address as in DATABASE_URL
 * @param ready resolves once the bot has created the ledger; a reader before that could stand in the bot's way
 */
export function openLedgerView(url: string, ready: Promise<unknown>): LedgerView {
  const statements = new Map<string, StatementSync>();
  let isReady = false;
  let db: DatabaseSync | undefined;
  ready.then(
    () => {
      isReady = true;
    },
    // Whoever starts the bot reports that it did not start.
    () => undefined,
  );

  function prepared(sql: string): StatementSync | undefined {
    if (!isReady) return undefined;
    db ??= new DatabaseSync(url.replace(/^sqlite:/, ""), { readOnly: true, timeout: busyMs });
    const statement = statements.get(sql) ?? db.prepare(sql);
    statements.set(sql, statement);
    return statement;
  }

  return {
    rows: (sql, ...values) => prepared(sql)?.all(...values) ?? [],
    version: () => Number(prepared("pragma data_version")?.get()?.["data_version"] ?? 0),
    close() {
      isReady = false;
      statements.clear();
      db?.close();
    },
  };
}
