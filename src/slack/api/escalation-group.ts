/** Whether Slack knows the group that ESCALATE_TO names: asked at start, because else it shows when a request waits in vain. */
import type { Logger } from "pino";
import type { Escalation } from "../../domain/reminder-schedule.ts";
import type { Texts } from "../../text/en/catalogue.ts";
import { SlackAway, type Workspace } from "./workspace.ts";

/** Warns in the log where the group cannot be told of anything, and where Slack does not say; the bot runs all the same. */
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
    log.warn({ err: error }, escalationGroup.unasked(escalation.to));
  }
}
