/** `npm run names -- export`: prints the directory as CSV that can be imported again. */
import { byteOrderMark, csvLine } from "../../ledger/audit/csv-writer.ts";
import { entriesInOrder } from "../../ledger/directory/current-directory.ts";
import type { Database } from "../../storage/schema.ts";
import type { CommandContext } from "../commands/command.ts";

/** Resolves to whether there is a directory. */
export async function exportNames(db: Database, { texts, terminal }: CommandContext): Promise<boolean> {
  let isFirst = true;
  for await (const entries of entriesInOrder(db)) {
    const lines = entries.map(({ subMchid, name, note }) => csvLine([subMchid, name, note ?? null]));
    const head = isFirst ? byteOrderMark + csvLine(["sub_mchid", "name", "note"]) : "";
    isFirst = false;
    // Waits for the reader, so that a large directory is not held in memory.
    await terminal.print(head + lines.join(""));
  }
  return isFirst ? terminal.refuse(texts.names.noDirectory) : true;
}
