/** Requests that somebody looks over before they ask: kept for an hour, for them alone. */
import { Keyv } from "keyv";
import type { Clock, Random } from "../domain/clock.ts";
import { endedKeys, keyvAdapter } from "../storage/keyv-adapter.ts";
import type { Database } from "../storage/schema.ts";
import type { NewRequest } from "./requests.ts";

export type Draft = Pick<NewRequest, "action" | "subMchids" | "reason">;

export interface Drafts {
  /** Resolves to the draft's id, which is not to be guessed. */
  keep(userId: string, draft: Draft): Promise<string>;
  /** Undefined for a draft that is gone or somebody else's. */
  find(userId: string, id: string): Promise<Draft | undefined>;
}

interface Kept {
  userId: string;
  action: Draft["action"];
  subMchids: readonly string[];
  reason?: string;
}

const namespace = "draft";
const keptMs = 3_600_000;
/** Ended drafts that each new one clears away: more than come, so that they do not gather. */
const clearedAtOnce = 20;

export function createDrafts({ db, clock, random }: { db: Database; clock: Clock; random: Random }): Drafts {
  // The adapter itself leaves out what has ended, by the ledger's clock; Keyv's own check would ask the machine's.
  const store = keyvAdapter({ db, now: clock.now });
  const kept = new Keyv<Kept>({ store, namespace, checkExpired: false });

  return {
    async keep(userId, { action, subMchids, reason }) {
      const now = clock.now();
      const ended = await endedKeys(db, { namespace, now, limit: clearedAtOnce });
      if (ended.length > 0) await kept.deleteMany(ended);
      const id = random.id();
      const draft = { userId, action, subMchids, ...(reason === undefined ? {} : { reason }) };
      const isKept = await kept.setRaw(id, { value: draft, expires: now + keptMs });
      if (!isKept) throw new Error("a draft could not be written");
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
