/** Checks at start, rather than when a request needs it, whether the group in ESCALATE_TO exists in Slack. */
import type { Logger } from "pino";
import type { Escalation } from "../../domain/reminder-schedule.ts";
import type { Texts } from "../../text/en/catalogue.ts";
import { SlackAway, type Workspace } from "./workspace.ts";

export interface EscalationGroupNeeds {
  escalation: Escalation | undefined;
  workspace: Workspace;
  texts: Texts;
}

/** Logs a warning if the group cannot be notified or Slack does not answer; the bot runs anyway. */
export async function checkEscalationGroup({ log, ...needs }: EscalationGroupNeeds & { log: Logger }): Promise<void> {
  const problem = await escalationGroupProblem(needs);
  if (problem) log.warn(problem.sentence);
}

/** Why the group cannot be notified, in a sentence; `unasked` if Slack does not answer. */
export async function escalationGroupProblem({
  escalation,
  workspace,
  texts,
}: EscalationGroupNeeds): Promise<{ kind: keyof Texts["start"]["escalationGroup"]; sentence: string } | undefined> {
  if (!escalation) return undefined;
  const kind = await whyNotNotified(escalation.to, workspace);
  return kind && { kind, sentence: texts.start.escalationGroup[kind](escalation.to) };
}

async function whyNotNotified(groupId: string, workspace: Workspace) {
  try {
    const found = await workspace.groupMembers(groupId);
    if (found.kind !== "members") return found.kind;
    return found.users.length === 0 ? "empty" : undefined;
  } catch (error) {
    if (!(error instanceof SlackAway)) throw error;
    return "unasked";
  }
}
