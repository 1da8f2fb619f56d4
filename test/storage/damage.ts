/** Damages the file of a SQLite ledger as a failing disk does. */
import { closeSync, openSync, writeSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

/** Overwrites the first page of a table. No program may have the ledger open. */
export function damageTable(path: string, table: string): void {
  const database = new DatabaseSync(path);
  const root = database.prepare("select rootpage from sqlite_schema where name = ?").get(table)?.["rootpage"];
  const size = Number(database.prepare("pragma page_size").get()?.["page_size"]);
  // What is still in the WAL would replace the damaged page.
  database.exec("pragma wal_checkpoint(truncate)");
  database.close();
  const file = openSync(path, "r+");
  writeSync(file, Buffer.alloc(size, 0xa5), 0, size, (Number(root) - 1) * size);
  closeSync(file);
}
