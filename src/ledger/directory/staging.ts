/** Fills a new version of the directory from a file's rows, or refuses the file as a whole. */
import { type DirectoryEntry, directoryMax } from "../../domain/directory/merchant.ts";
import type { LedgerContext } from "../ledger-context.ts";
import { type StagedDirectory, startVersion } from "./new-version.ts";

/** A number that an earlier row of the file has with another name or note. */
export interface ListedTwice {
  line: number;
  problem: "listed-twice";
  subMchid: string;
  name: string;
  earlier: string;
}

/** `Problem` is what the caller's reader reports. */
export type StagedRow<Problem> =
  | { kind: "entry"; line: number; entry: DirectoryEntry }
  | { kind: "problem"; problem: Problem };

/** In the order of the file. */
export type StagedRows<Problem> = Iterable<StagedRow<Problem>> | AsyncIterable<StagedRow<Problem>>;

export type StageResult<Problem> =
  | { kind: "staged"; staged: StagedDirectory }
  /** The first problems; nothing was kept. */
  | { kind: "refused"; problems: (Problem | ListedTwice)[]; count: number }
  /** A file without rows does not delete the directory. */
  | { kind: "empty" }
  | { kind: "too-many"; max: number };

/** Problems that people are shown. */
const problemsMax = 20;
/** Entries in one transaction: few, so that other writers do not wait for long. */
const entriesAtOnce = 1_000;

/** Only one batch of the rows is in memory. */
export async function stage<Problem extends { line: number }>(
  context: Pick<LedgerContext, "store" | "clock">,
  rows: StagedRows<Problem>,
): Promise<StageResult<Problem>> {
  const version = await startVersion(context);
  const problems: (Problem | ListedTwice)[] = [];
  let [count, problemCount] = [0, 0];
  let batch: { line: number; entry: DirectoryEntry }[] = [];
  const report = (problem: Problem | ListedTwice) => {
    problemCount += 1;
    if (problems.length < problemsMax) problems.push(problem);
  };
  const addBatch = async () => {
    const some = batch;
    batch = [];
    const lines = new Map(some.map(({ entry, line }) => [entry, line]));
    for (const { entry, earlier } of await version.add(some.map(({ entry }) => entry))) {
      const line = lines.get(entry) ?? 0;
      report({ line, problem: "listed-twice", subMchid: entry.subMchid, name: entry.name, earlier: earlier.name });
    }
  };
  async function result(): Promise<StageResult<Problem>> {
    for await (const row of rows) {
      if (row.kind === "problem") {
        report(row.problem);
        continue;
      }
      count += 1;
      if (count > directoryMax) return { kind: "too-many", max: directoryMax };
      batch.push(row);
      if (batch.length === entriesAtOnce) await addBatch();
    }
    if (batch.length > 0) await addBatch();
    if (problemCount > 0)
      return { kind: "refused", problems: problems.sort((one, other) => one.line - other.line), count: problemCount };
    return count === 0 ? { kind: "empty" } : { kind: "staged", staged: await version.finish() };
  }
  let isStaged = false;
  try {
    const found = await result();
    isStaged = found.kind === "staged";
    return found;
  } finally {
    if (!isStaged) await version.discard();
  }
}
