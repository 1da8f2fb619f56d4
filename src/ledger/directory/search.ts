/** Finds merchants by a part of their name or number. */
import { type BigramQuery, partQuery, wholeQuery } from "../../domain/directory/bigrams.ts";
import { type DirectoryEntry, searchForm } from "../../domain/directory/merchant.ts";
import type { Database } from "../../storage/schema.ts";
import { currentVersion, entryOf } from "./current-directory.ts";
import { candidates, type Scan } from "./index/candidates.ts";

export interface FoundMerchant extends DirectoryEntry {
  /** Its place in the directory, by which pages continue. */
  position: number;
}

/** One page of a search, in the order of the directory. */
export interface FoundPage {
  /** The version that was searched; if the version changes, paging starts over. */
  version: number;
  merchants: FoundMerchant[];
  /** Where the next page begins: after this position; undefined if there is none. */
  older: number | undefined;
  /** Where the previous page ends: before this position; undefined if there is none. */
  newer: number | undefined;
}

export interface FindCursor {
  version: number;
  direction: "older" | "newer";
  position: number;
}

export const foundPerPage = 20;

/** Undefined while there is no directory. @param text with at least one character that `searchForm` keeps */
export async function find(db: Database, text: string, cursor?: FindCursor): Promise<FoundPage | undefined> {
  const version = await currentVersion(db);
  if (version === undefined) return undefined;
  const search = { db, version, query: partQuery(searchForm(text)), matches: containing(searchForm(text)) };
  const isNewer = cursor?.version === version && cursor.direction === "newer";
  if (isNewer) {
    const before = await upTo(search, foundPerPage, { from: cursor.position, order: "descending" });
    // When going back reaches the first merchant, the first page is shown, so that it is a full one.
    if (before.next !== undefined)
      return { version, merchants: before.found.reverse(), older: cursor.position - 1, newer: before.next };
  }
  const from = cursor?.version === version && !isNewer ? cursor.position : -1;
  const { found, next } = await upTo(search, foundPerPage, { from, order: "ascending" });
  const newer = from < 0 ? undefined : (found[0]?.position ?? from + 1);
  return { version, merchants: found, older: next, newer };
}

/** Merchants to choose from if a name is ambiguous. */
const choicesMax = 5;

export type NameMeaning =
  | { kind: "one"; merchant: DirectoryEntry }
  /** The first of several. */
  | { kind: "several"; merchants: DirectoryEntry[]; hasMore: boolean }
  /** Too many names are similar to compare all of them; at most one of those that were compared matches. */
  | { kind: "not-all-compared"; merchants: DirectoryEntry[] }
  | { kind: "none" }
  | { kind: "no-directory" };

/** The merchant that has this name; if there is none, the only one whose name or number contains it. */
export async function merchantNamed(db: Database, text: string): Promise<NameMeaning> {
  const version = await currentVersion(db);
  if (version === undefined) return { kind: "no-directory" };
  const form = searchForm(text);
  const whole = {
    db,
    version,
    query: wholeQuery(form),
    matches: ({ name }: DirectoryEntry) => searchForm(name) === form,
  };
  const named = await upTo(whole, choicesMax, fromStart);
  const part = { db, version, query: partQuery(form), matches: containing(form) };
  const isDecided = named.found.length > 0 || named.next !== undefined;
  const { found, next } = isDecided ? named : await upTo(part, choicesMax, fromStart);
  const [only, another] = found;
  if (another) return { kind: "several", merchants: found, hasMore: next !== undefined };
  if (next !== undefined) return { kind: "not-all-compared", merchants: found };
  return only ? { kind: "one", merchant: only } : { kind: "none" };
}

const fromStart: Scan = { from: -1, order: "ascending" };

interface Search {
  db: Database;
  version: number;
  query: BigramQuery;
  matches(entry: DirectoryEntry): boolean;
}

/** Entries compared at once, and in all: a page then has fewer merchants than it could, and the next one continues. */
const comparedAtOnce = 100;
const comparedMax = 2_000;

/** Up to `max` merchants. `next` is where to continue, if there may be more. */
async function upTo(
  { db, version, query, matches }: Search,
  max: number,
  scan: Scan,
): Promise<{ found: FoundMerchant[]; next: number | undefined }> {
  const found: FoundMerchant[] = [];
  let compared = 0;
  for await (const positions of candidates(db, version, query, scan)) {
    for (let first = 0; first < positions.length; first += comparedAtOnce) {
      const some = positions.slice(first, first + comparedAtOnce);
      const entries = await entriesAt(db, version, some);
      for (const position of some) {
        const entry = entries.get(position);
        if (!entry || !matches(entry)) continue;
        if (found.length === max) return { found, next: found.at(-1)?.position };
        found.push(entry);
      }
      compared += some.length;
      if (compared >= comparedMax) return { found, next: some.at(-1) };
    }
  }
  return { found, next: undefined };
}

async function entriesAt(
  db: Database,
  version: number,
  positions: readonly number[],
): Promise<Map<number, FoundMerchant>> {
  const rows = await db
    .selectFrom("directory")
    .select(["sub_mchid", "name", "note", "position"])
    .where("version", "=", version)
    .where("position", "in", positions)
    .execute();
  return new Map(rows.map((row) => [row.position, { ...entryOf(row), position: row.position }]));
}

function containing(form: string): Search["matches"] {
  return ({ name, subMchid }) => searchForm(name).includes(form) || subMchid.includes(form);
}
