import type { ApprovalPolicy } from "./policy.ts";
import type { Due } from "./reminder-schedule.ts";

/** Users, none of them in both lists. */
export interface Recipients {
  /** Those who get the request itself as a direct message. */
  copies: string[];
  /** Those who are reminded of it. */
  reminders: string[];
}

/** Whether anybody wants each request in the moment that it is asked for. */
export function wantsEveryRequest(preferences: ReadonlyMap<string, Notify>): boolean {
  return [...preferences.values()].includes("on");
}

/**
 * @param approvers who hold the role now and are members
 * @param said what each of them wants, where they said it
 */
export function selectRecipients(
  request: { requestedBy: string; approvedBy: readonly string[] },
  due: Due,
  {
    approvers,
    preferences,
    policy,
  }: { approvers: readonly string[]; preferences: ReadonlyMap<string, Notify>; policy: ApprovalPolicy },
): Recipients {
  const mayStillDecide = approvers.filter(
    (id) => !request.approvedBy.includes(id) && !(policy === "four-eyes" && id === request.requestedBy),
  );
  const copies = due.newRequest ? mayStillDecide.filter((id) => preferences.get(id) === "on") : [];
  // Who gets the request itself in this moment needs no reminder of it.
  const isReminded = (id: string) => preferences.get(id) !== "off" && !copies.includes(id);
  return { copies, reminders: due.reminder ? mayStillDecide.filter(isReminded) : [] };
}

/** `on`: each request as a direct message, and reminders; `off`: neither. Who never said is reminded. */
export const notifyChoices = ["on", "off"] as const;

export type Notify = (typeof notifyChoices)[number];
