/** Who receives a new request or a reminder as a direct message. */
import { type ApprovalPolicy, isBarred } from "./four-eyes.ts";
import type { Due } from "./reminder-schedule.ts";

/** User ids; no user is in both lists. */
export interface Recipients {
  /** These users receive the request itself. */
  copies: string[];
  /** These users receive a reminder of it. */
  reminders: string[];
}

/** Whether anyone wants each request as soon as it is submitted. */
export function wantsEveryRequest(preferences: ReadonlyMap<string, Notify>): boolean {
  return [...preferences.values()].includes("on");
}

/**
 * Selects the approvers who can still decide, by their preferences.
 * @param people `approvers` are members who hold the role now; `preferences` holds those that were set
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
  const mayStillDecide = approvers.filter((id) => !request.approvedBy.includes(id) && !isBarred(id, request, policy));
  const copies = due.newRequest ? mayStillDecide.filter((id) => preferences.get(id) === "on") : [];
  // Someone who receives the request itself now does not need a reminder of it.
  const isReminded = (id: string) => preferences.get(id) !== "off" && !copies.includes(id);
  return { copies, reminders: due.reminder ? mayStillDecide.filter(isReminded) : [] };
}

/** `on`: each request and its reminders; `off`: neither. Without a preference: reminders only. */
export const notifyChoices = ["on", "off"] as const;

export type Notify = (typeof notifyChoices)[number];
