/** The names of merchants whose numbers are about to be shown. */
import type { Merchant } from "../../domain/directory/merchant.ts";
import type { Database } from "../../storage/schema.ts";
import { currentVersion, entriesOf } from "./current-directory.ts";

/** In the order of the numbers. @param subMchids those that a message shows, not all of a bulk request */
export async function merchantsOf(db: Database, subMchids: readonly string[]): Promise<Merchant[]> {
  const version = await currentVersion(db);
  const entries = version === undefined ? [] : await entriesOf(db, version, subMchids);
  const names = new Map(entries.map(({ subMchid, name }) => [subMchid, name]));
  return subMchids.map((subMchid) => {
    const name = names.get(subMchid);
    return { subMchid, name, isUnlisted: version !== undefined && name === undefined };
  });
}

export async function merchantOf(db: Database, subMchid: string): Promise<Merchant> {
  const [merchant] = await merchantsOf(db, [subMchid]);
  return merchant ?? { subMchid, name: undefined, isUnlisted: false };
}
