/**
 * Idempotency keys: one for each payload of Slack whose change could be made twice. Delivered again, or replayed by
 * somebody who recorded it, the payload has the same key and changes nothing more.
 */
import type { Transaction } from "kysely";
import { deleteEnded } from "./keyv-adapter.ts";
import type { Schema } from "./schema.ts";

const namespace = "payload";
/** Longer than a payload can be replayed: the bot refuses timestamps more than 300 s old, and as far ahead. */
const keptMs = 900_000;

/**
 * Whether no transaction that was committed has used this key. It counts as used if this one is committed.
 * @param key undefined for what has none, which is always the first
 * @param now milliseconds since the epoch
 */
export async function isFirstUse(
  transaction: Transaction<Schema>,
  key: string | undefined,
  now: number,
): Promise<boolean> {
  if (key === undefined) return true;
  await deleteEnded(transaction, { namespace, now });
  const used = await transaction
    .insertInto("keyv")
    .values({ key: `${namespace}:${key}`, value: "{}", expires_at: now + keptMs })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return used.numInsertedOrUpdatedRows !== 0n;
}
