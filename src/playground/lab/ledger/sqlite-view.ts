/** The view of a ledger in a SQLite file. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { LedgerCopy, LedgerView } from "./ledger-view.ts";

/** A reader that waits for the bot's own locks, which recovery after a crash takes for an instant. */
const busyMs = 5_000;

/**
 * @param url a `sqlite:` address as in DATABASE_URL
 * @param isReady whether the bot has created the ledger; a reader before that could stand in the bot's way
 */
export function openSqliteView(url: string, isReady: () => boolean): LedgerView {
  const statements = new Map<string, StatementSync>();
  let db: DatabaseSync | undefined;

  function prepared(sql: string): StatementSync | undefined {
    if (!isReady()) return undefined;
    db ??= new DatabaseSync(url.replace(/^sqlite:/, ""), { readOnly: true, timeout: busyMs });
    const statement = statements.get(sql) ?? db.prepare(sql);
    statements.set(sql, statement);
    return statement;
  }

  return {
    rows: async (sql, ...values) => prepared(sql)?.all(...values) ?? [],
    version: async () => String(prepared("pragma data_version")?.get()?.["data_version"]),
    async copy() {
      const folder = await mkdtemp(join(tmpdir(), "receipt-audit-"));
      const path = join(folder, "copy.db");
      prepared("vacuum into ?")?.all(path);
      return copyAt(folder, path);
    },
    async close() {
      statements.clear();
      db?.close();
    },
  };
}

function copyAt(folder: string, path: string): LedgerCopy {
  return {
    url: `sqlite:${path}`,
    async change(sql) {
      const db = new DatabaseSync(path);
      try {
        // The database itself refuses to change an event as long as its trigger is there.
        db.exec("drop trigger events_no_update");
        db.exec(sql);
      } finally {
        db.close();
      }
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
