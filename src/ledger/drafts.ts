/** Drafts of requests that a person reviews before submitting: kept for an hour, for that person only. */
import { Keyv } from "keyv";
import type { Clock, Random } from "../domain/clock.ts";
import { deleteEnded, keyvAdapter } from "../storage/keyv-adapter.ts";
import type { Database } from "../storage/schema.ts";
import type { GivenNames } from "./directory/given-names.ts";
import type { NewRequest } from "./requests/new-request.ts";

export type Draft = Pick<NewRequest, "action" | "object" | "subMchids" | "reason" | "givenNames">;

export interface Drafts {
  /** Stores a draft and returns its id, which cannot be guessed. */
  keep(userId: string, draft: Draft): Promise<string>;
  /** Undefined if the draft has expired or is someone else's. */
  find(userId: string, id: string): Promise<Draft | undefined>;
  /** The same for data that a form needs in its next step, as JSON. */
  keepStep(userId: string, step: string): Promise<string>;
  findStep(userId: string, id: string): Promise<string | undefined>;
}

interface StoredDraft {
  userId: string;
  action: Draft["action"];
  /** Absent in a draft for receipts. */
  object?: Draft["object"];
  subMchids: readonly string[];
  reason?: string;
  givenNames?: GivenNames;
}

interface StoredStep {
  userId: string;
  step: string;
}

const namespace = "draft";
const keptMs = 3_600_000;

export function createDrafts({ db, clock, random }: { db: Database; clock: Clock; random: Random }): Drafts {
  // The adapter hides expired drafts by the ledger's clock; Keyv's own check would use the machine's.
  const store = keyvAdapter({ db, now: clock.now });
  const kept = new Keyv<StoredDraft | StoredStep>({ store, namespace, checkExpired: false });

  async function add(value: StoredDraft | StoredStep): Promise<string> {
    const now = clock.now();
    await deleteEnded(db, { namespace, now });
    const id = random.id();
    const isKept = await kept.setRaw(id, { value, expires: now + keptMs });
    if (!isKept) throw new Error("a draft could not be stored");
    return id;
  }

  return {
    keep: (userId, { action, object, subMchids, reason, givenNames }) =>
      add({
        userId,
        action,
        ...(object === "receipt" ? {} : { object }),
        subMchids,
        ...(reason === undefined ? {} : { reason }),
        ...(givenNames && { givenNames }),
      }),
    keepStep: (userId, step) => add({ userId, step }),

    async find(userId, id) {
      const found = await kept.get(id);
      if (found === undefined || found.userId !== userId || "step" in found) return undefined;
      const { action, object = "receipt", subMchids, reason, givenNames } = found;
      return { action, object, subMchids, reason, givenNames };
    },

    async findStep(userId, id) {
      const found = await kept.get(id);
      return found !== undefined && found.userId === userId && "step" in found ? found.step : undefined;
    },
  };
}
