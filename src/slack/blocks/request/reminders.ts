/**
 * Reminders of a request that is waiting for a decision: the line in its message, and the messages to approvers and to
 * a user group.
 */
import { type Escalation, nextEscalation, nextReminder } from "../../../domain/reminder-schedule.ts";
import type { RequestView } from "../../../ledger/queries/request-view.ts";
import type { Texts } from "../../../text/en/catalogue.ts";
import { context, type Message, privateMessage } from "../elements.ts";
import { date, user, userGroup } from "../mrkdwn.ts";
import { requestTitle } from "./decision.ts";
import { reasonBlocks, type TicketLinks } from "./reason.ts";

/** The reminder times in a request's message while it is undecided; empty if there are none. */
export function remindersLine(request: RequestView, escalation: Escalation | undefined, { reminders }: Texts): string {
  const { remindedAt, escalatedAt } = request;
  const next = nextReminder(request);
  const escalatesAt = nextEscalation(request, escalation);
  const parts: string[] = [];
  if (remindedAt === undefined && next !== undefined) parts.push(reminders.firstReminder(date(next)));
  if (remindedAt !== undefined) parts.push(reminders.lastReminder(date(remindedAt)));
  if (remindedAt !== undefined && next !== undefined) parts.push(reminders.nextReminder(date(next)));
  if (escalatesAt !== undefined) parts.push(reminders.escalates(date(escalatesAt)));
  if (escalatedAt !== undefined) parts.push(reminders.escalated(date(escalatedAt)));
  return parts.join(" · ");
}

/** A reminder for an approver, and how to turn reminders off. @param link leads to the request's message */
export function reminderMessage(
  request: RequestView,
  parts: TicketLinks & { link: string | undefined; command: string; texts: Texts },
): Message {
  const { link, command, texts } = parts;
  const { requestedBy, createdAt, expiresAt, held } = request;
  const until = date(held?.until ?? expiresAt);
  const line = texts.reminders.reminder(user(requestedBy), date(createdAt), until, link);
  const { text, blocks } = privateMessage([requestTitle(request, texts), line].join("\n"));
  return { text, blocks: [...blocks, ...reasonBlocks(request, parts), context(texts.reminders.endReminders(command))] };
}

/** The message to a user group in the request's thread: its only mention, which notifies them. */
export function escalationMessage(request: RequestView, groupId: string, texts: Texts): Message {
  const { since, until } = request.held ?? { since: request.createdAt, until: request.expiresAt };
  return privateMessage(texts.reminders.toGroup(userGroup(groupId), date(since), date(until)));
}
