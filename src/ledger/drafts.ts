/** Drafts of requests that a person reviews before submitting: kept for an hour, for that person only. */
import { Keyv } from "keyv";
import type { Clock, Random } from "../domain/clock.ts";
import { endedKeys, keyvAdapter } from "../storage/keyv-adapter.ts";
import type { Database } from "../storage/schema.ts";
import type { NewRequest } from "./requests.ts";

export type Draft = Pick<NewRequest, "action" | "subMchids" | "reason">;

export interface Drafts {
  /** Stores a draft and returns its id, which cannot be guessed. */
  keep(userId: string, draft: Draft): Promise<string>;
  /** Undefined if the draft has expired or is someone else's. */
  find(userId: string, id: string): Promise<Draft | undefined>;
}

interface StoredDraft {
  userId: string;
  action: Draft["action"];
  subMchids: readonly string[];
  reason?: string;
}

const namespace = "draft";
const keptMs = 3_600_000;
/** Expired drafts that each new one deletes: more than are added, so that they do not accumulate. */
const deletedAtOnce = 20;

export function createDrafts({ db, clock, random }: { db: Database; clock: Clock; random: Random }): Drafts {
  // The adapter hides expired drafts by the ledger's clock; Keyv's own check would use the machine's.
  const store = keyvAdapter({ db, now: clock.now });
  const kept = new Keyv<StoredDraft>({ store, namespace, checkExpired: false });

  return {
    async keep(userId, { action, subMchids, reason }) {
      const now = clock.now();
      const ended = await endedKeys(db, { namespace, now, limit: deletedAtOnce });
      if (ended.length > 0) await kept.deleteMany(ended);
      const id = random.id();
      const draft = { userId, action, subMchids, ...(reason === undefined ? {} : { reason }) };
      const isKept = await kept.setRaw(id, { value: draft, expires: now + keptMs });
      if (!isKept) throw new Error("a draft could not be stored");
      return id;
    },

    async find(userId, id) {
      const found = await kept.get(id);
      if (found === undefined || found.userId !== userId) return undefined;
      const { action, subMchids, reason } = found;
      return { action, subMchids, reason };
    },
  };
}
