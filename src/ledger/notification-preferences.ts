/** Each person's notification preference for pending requests, in Keyv like the grants. */
import { Keyv } from "keyv";
import { type SqlBool, sql } from "kysely";
import type { Clock } from "../domain/clock.ts";
import type { Notify } from "../domain/reminder-recipients.ts";
import { isFirstUse } from "../storage/idempotency-keys.ts";
import { keyvAdapter } from "../storage/keyv-adapter.ts";
import type { Database } from "../storage/schema.ts";
import type { Runner } from "../storage/statement.ts";

/** Whether anyone wants each request as soon as it is submitted; for the statement that records one. */
export const isAnyoneOn = sql<SqlBool>`exists (select 1 from keyv
  where key >= 'notify:' and key < 'notify;' and value = '{"value":"on"}')`;

export interface NotificationPreferences {
  /** Undefined if the person has not set one. */
  of(userId: string): Promise<Notify | undefined>;
  /**
   * Does nothing if the key was used before.
   * @param sourceKey the idempotency key of the payload
   */
  set(userId: string, notify: Notify, sourceKey?: string): Promise<void>;
  /** All preferences that were set, by user id. */
  all(): Promise<ReadonlyMap<string, Notify>>;
}

export function createNotificationPreferences({ db, clock }: { db: Database; clock: Clock }): NotificationPreferences {
  const preferencesIn = (on: Runner) => {
    const store = keyvAdapter({ db: on, now: clock.now });
    return new Keyv<Notify>({ store, namespace: "notify", checkExpired: false });
  };
  const preferences = preferencesIn(db);

  return {
    of: (userId) => preferences.get(userId),

    async set(userId, notify, sourceKey) {
      await db.transaction().execute(async (transaction) => {
        if (!(await isFirstUse(transaction, sourceKey, clock.now()))) return;
        const isKept = await preferencesIn(transaction).setRaw(userId, { value: notify });
        if (!isKept) throw new Error(`the notification preference of ${userId} could not be stored`);
      });
    },

    async all() {
      const found = new Map<string, Notify>();
      for await (const entry of preferences.iterator()) found.set(...(entry as [string, Notify]));
      return found;
    },
  };
}
