/** Pages of a list: older and newer entries, starting at a cursor. */

export const entriesPerPage = 10;

/** Where a page starts: before or after the entry with this number. */
export interface PageCursor {
  direction: "older" | "newer";
  seq: number;
}

/** `entries` in the order in which they are shown, from top to bottom. */
export interface Page<Entry> {
  entries: Entry[];
  hasOlder: boolean;
  hasNewer: boolean;
}

/** @param read up to one entry more than a page holds, starting at the cursor and going in its direction */
export async function turn<Entry>(
  read: (cursor: PageCursor | undefined) => Promise<Entry[]>,
  cursor: PageCursor | undefined,
): Promise<Page<Entry>> {
  const found = await read(cursor);
  const hasMore = found.length > entriesPerPage;
  const entries = found.slice(0, entriesPerPage);
  if (!cursor) return { entries, hasOlder: hasMore, hasNewer: false };
  if (cursor.direction === "older" && entries.length > 0) return { entries, hasOlder: hasMore, hasNewer: true };
  // When going back reaches the first entry, the first page is shown, so that it is a full one.
  return hasMore ? { entries: entries.reverse(), hasOlder: true, hasNewer: true } : turn(read, undefined);
}
