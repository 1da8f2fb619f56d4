/** Whether a person who is about to receive a direct message that asks them to decide may still do so. */
import type { RequestView } from "../../ledger/queries/request-view.ts";
import type { People } from "../api/people.ts";

/**
 * Between choosing the recipients and the post, Slack or the bot may have been away for hours. Someone who has approved
 * the request meanwhile, or lost the role, is not notified; while Slack does not list a group's members, they are.
 */
export async function isStillAsked(
  people: Pick<People, "grantsOf">,
  userId: string,
  { state, approvals, held }: Pick<RequestView, "state" | "approvals" | "held">,
): Promise<boolean> {
  const given = held?.confirmations ?? (state === "pending" ? approvals : []);
  if (given.some(({ by }) => by === userId)) return false;
  const { grants, groupsUnknown } = await people.grantsOf(userId);
  return groupsUnknown || grants.some(({ role }) => role === "approver");
}
