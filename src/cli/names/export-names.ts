/** `npm run names -- export`: prints the directory as CSV that can be imported again. */
import { byteOrderMark, csvLine } from "../../ledger/audit/csv-writer.ts";
import { entriesInOrder } from "../../ledger/directory/current-directory.ts";
import type { Database } from "../../storage/schema.ts";
import type { Texts } from "../../text/en/catalogue.ts";
import { refuse } from "../terminal.ts";

/** Resolves to whether there is a directory. */
export async function exportNames(db: Database, { names }: Texts): Promise<boolean> {
  let isFirst = true;
  for await (const entries of entriesInOrder(db)) {
    const lines = entries.map(({ subMchid, name, note }) => csvLine([subMchid, name, note ?? null]));
    const head = isFirst ? byteOrderMark + csvLine(["sub_mchid", "name", "note"]) : "";
    isFirst = false;
    await written(head + lines.join(""));
  }
  return isFirst ? refuse(names.noDirectory) : true;
}

/** Waits until the reader has taken it, so that a large directory is not held in memory. */
function written(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
