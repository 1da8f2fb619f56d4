/** Verifies the audit trail of an embedded ledger in a file, such as a backup, without changing the file. */
import { type Verification, verify } from "../../ledger/audit/verification.ts";
import { openUnchanged } from "../../storage/open.ts";
import { isTableMissing } from "../../storage/store-errors.ts";

/** @throws if the file cannot be read */
export async function verifyFile(path: string): Promise<Verification | { kind: "no-trail" }> {
  const store = await openUnchanged({ engine: "sqlite", path });
  try {
    return await verify(store.db);
  } catch (error) {
    if (isTableMissing(error)) return { kind: "no-trail" };
    throw error;
  } finally {
    await store.close();
  }
}
