/** The instances that use this ledger, so that a connection to Slack from another deployment is detected. */
import type { Clock } from "../../domain/clock.ts";
import { deadAfterMs, type InstancesTable, type Store } from "../../storage/schema.ts";

export interface Instances {
  /** Records that this instance is alive, and adds it to the list the first time. */
  seen(): Promise<void>;
  /** Removes this instance. */
  left(): Promise<void>;
  /** How many instances are alive in this mode. */
  count(mode: InstancesTable["mode"]): Promise<number>;
}

/** Dead instances are removed after this time, in milliseconds. */
const forgottenAfterMs = 3_600_000;

export function createInstances(needs: {
  store: Pick<Store, "db">;
  clock: Clock;
  id: string;
  mode: InstancesTable["mode"];
}): Instances {
  const { store, clock, id, mode } = needs;
  const { db } = store;
  return {
    async seen() {
      const now = clock.now();
      await db
        .insertInto("instances")
        .values({ id, mode, started_at: now, seen_at: now })
        .onConflict((conflict) => conflict.column("id").doUpdateSet({ seen_at: now }))
        .execute();
      await db
        .deleteFrom("instances")
        .where("seen_at", "<", now - forgottenAfterMs)
        .execute();
    },

    async left() {
      await db.deleteFrom("instances").where("id", "=", id).execute();
    },

    async count(wanted) {
      const { count } = await db
        .selectFrom("instances")
        .select((row) => row.fn.countAll<number>().as("count"))
        .where("mode", "=", wanted)
        .where("seen_at", ">", clock.now() - deadAfterMs)
        .executeTakeFirstOrThrow();
      return Number(count);
    },
  };
}
