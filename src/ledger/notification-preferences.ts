/** What each person wants to be told of requests that wait for approvers, in Keyv beside the grants. */
import { Keyv } from "keyv";
import type { Clock } from "../domain/clock.ts";
import type { Notify } from "../domain/reminder-recipients.ts";
import { keyvAdapter } from "../storage/keyv-adapter.ts";
import type { Database } from "../storage/schema.ts";

export interface NotificationPreferences {
  /** Undefined for who never said. */
  of(userId: string): Promise<Notify | undefined>;
  set(userId: string, notify: Notify): Promise<void>;
  /** Everybody who ever said, by user id. */
  all(): Promise<ReadonlyMap<string, Notify>>;
}

export function createNotificationPreferences({ db, clock }: { db: Database; clock: Clock }): NotificationPreferences {
  const store = keyvAdapter({ db, now: clock.now });
  const said = new Keyv<Notify>({ store, namespace: "notify", checkExpired: false });

  return {
    of: (userId) => said.get(userId),

    async set(userId, notify) {
      const isKept = await said.setRaw(userId, { value: notify });
      if (!isKept) throw new Error(`what ${userId} wants to be told could not be written`);
    },

    async all() {
      const found = new Map<string, Notify>();
      for await (const entry of said.iterator()) found.set(...(entry as [string, Notify]));
      return found;
    },
  };
}
