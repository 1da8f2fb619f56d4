/** Checks at start whether Slack knows the group that ESCALATE_TO names, rather than when a request needs it. */
import type { Logger } from "pino";
import type { Escalation } from "../../domain/reminder-schedule.ts";
import type { Texts } from "../../text/en/catalogue.ts";
import { SlackAway, type Workspace } from "./workspace.ts";

/** Logs a warning where the group cannot be notified, or Slack does not answer; the bot runs all the same. */
export async function checkEscalationGroup({
  escalation,
  workspace,
  texts,
  log,
}: {
  escalation: Escalation | undefined;
  workspace: Workspace;
  texts: Texts;
  log: Logger;
}): Promise<void> {
  if (!escalation) return;
  const { escalationGroup } = texts.start;
  try {
    const found = await workspace.groupMembers(escalation.to);
    if (found.kind !== "members") log.warn(escalationGroup[found.kind](escalation.to));
    else if (found.users.length === 0) log.warn(escalationGroup.empty(escalation.to));
  } catch (error) {
    if (!(error instanceof SlackAway)) throw error;
    log.warn(escalationGroup.unasked(escalation.to));
  }
}
