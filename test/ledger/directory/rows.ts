/** Rows of a directory for tests, as a file's reader gives them. */
import assert from "node:assert/strict";
import type { DirectoryEntry } from "../../../src/domain/directory/merchant.ts";
import type { StagedDirectory } from "../../../src/ledger/directory/new-version.ts";
import type { StagedRow } from "../../../src/ledger/directory/staging.ts";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import { click } from "../builders.ts";

/** A number with its name, and perhaps a note. */
export type Named = readonly [subMchid: string, name: string, note?: string];

export function entry([subMchid, name, note]: Named): DirectoryEntry {
  return { subMchid, name, note };
}

export async function* rowsOf(named: Iterable<Named>): AsyncGenerator<StagedRow<{ line: number }>> {
  let line = 1;
  for (const each of named) yield { kind: "entry", line: ++line, entry: entry(each) };
}

/** A complete version of these names that is not in use yet. */
export async function staged({ directory }: Ledger, named: Iterable<Named>): Promise<StagedDirectory> {
  const found = await directory.stage(rowsOf(named));
  assert.equal(found.kind, "staged");
  assert.ok(found.kind === "staged");
  return found.staged;
}

/** Uses these names from now on. */
export async function imported(ledger: Ledger, named: Iterable<Named>): Promise<void> {
  const version = await staged(ledger, named);
  const { kind } = await ledger.directory.adopt(version, { by: "UADMIN", origin: click });
  assert.equal(kind, "imported");
}
