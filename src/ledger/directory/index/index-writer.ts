/** Writes the search index of a version of the directory, one block of positions after the other. */
import { bigramsOf } from "../../../domain/directory/bigrams.ts";
import type { DirectoryEntry } from "../../../domain/directory/merchant.ts";
import type { Database } from "../../../storage/schema.ts";
import { insertSet, longListRowsMax } from "../../../storage/statement.ts";
import type { DirectoryBigramsTable } from "../../../storage/tables/directory.ts";
import { blockOf, blockSize, encodePositions } from "./position-set.ts";

export interface IndexWriter {
  /** Entries come in the order of their positions. Only one block is in memory. */
  add(position: number, entry: DirectoryEntry): Promise<void>;
  /** Writes the last block. */
  finish(): Promise<void>;
}

/** Rows in one transaction: few, so that other writers do not wait for long. */
const rowsAtOnce = 2_000;

const insertBigrams = insertSet<Pick<DirectoryBigramsTable, keyof DirectoryBigramsTable>>(
  "directory_bigrams",
  { version: "bigint", bigram: "text", block: "bigint", entries: "bigint", positions: "text" },
  { atOnce: longListRowsMax },
);

export function createIndexWriter(db: Database, version: number): IndexWriter {
  let block = 0;
  let offsets = new Map<string, number[]>();

  async function write(): Promise<void> {
    let rows: Parameters<typeof insertBigrams>[1][number][] = [];
    const writeRows = async () => {
      const some = rows;
      rows = [];
      if (some.length > 0) await db.transaction().execute((transaction) => insertBigrams(transaction, some));
    };
    for (const [bigram, found] of offsets) {
      rows.push({ version, bigram, block, entries: found.length, positions: encodePositions(found) });
      if (rows.length === rowsAtOnce) await writeRows();
    }
    await writeRows();
    offsets = new Map();
  }

  return {
    async add(position, entry) {
      if (blockOf(position) !== block) {
        await write();
        block = blockOf(position);
      }
      for (const bigram of bigramsOf(entry)) {
        const found = offsets.get(bigram);
        if (found) found.push(position % blockSize);
        else offsets.set(bigram, [position % blockSize]);
      }
    },
    finish: write,
  };
}
