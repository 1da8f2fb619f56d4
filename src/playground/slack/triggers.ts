/** Trigger ids: each allows one person to open one modal, once and within three seconds (slack-rules.md 2.4). */
import { randomBytes, randomInt } from "node:crypto";
import { Refusal } from "./refusal.ts";

export type Triggers = ReturnType<typeof createTriggers>;

const triggerLifeMs = 3000;

export function createTriggers(clock: { now(): number }) {
  const issued = new Map<string, { user: string; viewId: string | undefined; at: number; used: boolean }>();
  return {
    /** @param viewId the modal in which the person acted; only then can another be pushed */
    issue(user: string, viewId?: string): string {
      const id = `${randomInt(1e9, 1e10)}.${randomInt(1e9, 1e10)}.${randomBytes(16).toString("hex")}`;
      issued.set(id, { user, viewId, at: clock.now(), used: false });
      return id;
    },

    /** @throws Refusal `invalid_trigger_id`, `exchanged_trigger_id`, `expired_trigger_id` */
    exchange(id: string): { user: string; viewId: string | undefined } {
      const trigger = issued.get(id);
      if (trigger === undefined) throw new Refusal("invalid_trigger_id");
      if (trigger.used) throw new Refusal("exchanged_trigger_id");
      if (clock.now() - trigger.at > triggerLifeMs) throw new Refusal("expired_trigger_id");
      trigger.used = true;
      return { user: trigger.user, viewId: trigger.viewId };
    },
  };
}
