import type { ApprovalPolicy } from "./policy.ts";
import type { Due } from "./reminder-schedule.ts";

/** Users, none of them in both lists. */
export interface Told {
  /** Those who get the request itself as a direct message. */
  copies: string[];
  /** Those who are reminded of it. */
  reminders: string[];
}

/** Whether anybody wants each request in the moment that it is asked for. */
export function isEachWanted(said: ReadonlyMap<string, Notify>): boolean {
  return [...said.values()].includes("on");
}

/**
 * @param approvers who hold the role now and are members
 * @param said what each of them wants, where they said it
 */
export function whoIsTold(
  request: { requestedBy: string; approvedBy: readonly string[] },
  due: Due,
  {
    approvers,
    said,
    policy,
  }: { approvers: readonly string[]; said: ReadonlyMap<string, Notify>; policy: ApprovalPolicy },
): Told {
  const mayStillDecide = approvers.filter(
    (id) => !request.approvedBy.includes(id) && !(policy === "four-eyes" && id === request.requestedBy),
  );
  const copies = due.asked ? mayStillDecide.filter((id) => said.get(id) === "on") : [];
  // Who gets the request itself in this moment needs no reminder of it.
  const isReminded = (id: string) => said.get(id) !== "off" && !copies.includes(id);
  return { copies, reminders: due.reminder ? mayStillDecide.filter(isReminded) : [] };
}

/** `on`: each request as a direct message, and reminders; `off`: neither. Who never said is reminded. */
export const notifyChoices = ["on", "off"] as const;

export type Notify = (typeof notifyChoices)[number];
