/** Judges reminders: each copy ends like its message, and only the right people are notified. */
import { remindersMax } from "../../../src/domain/reminder-schedule.ts";
import { notified } from "../plans/plan.ts";
import { type PersonId, people } from "../plans/planned.ts";
import { isAbout } from "../world/people.ts";
import { isDirect, type SlackMessage } from "../world/slack-in-memory.ts";
import type { Judgement } from "./judgement.ts";
import type { LedgerRequest } from "./ledger-watch.ts";
import type { Records } from "./records.ts";

/**
 * What is sent up to this long after a decision was read before it: see `sendWithinMs` in
 * src/slack/reporter/reporter.ts, plus clock differences.
 */
const readBeforeMs = 2_000 + 800;
/** The user group that gets the escalations of these histories. */
export const onCall = "SONCALL";

/** Whether a message in a request's thread escalates it to the user group. */
export function isEscalation({ versions }: SlackMessage): boolean {
  return versions[0]?.blocks.includes(`<!subteam^${onCall}>`) ?? false;
}

function isReminder({ versions }: SlackMessage): boolean {
  return versions[0]?.blocks.includes("You receive this reminder") ?? false;
}

/** @param thread all messages of the request's thread */
export function judgeReminders(
  request: LedgerRequest,
  records: Records,
  { name, thread }: { name: string; thread: readonly SlackMessage[] },
  found: Judgement,
): void {
  const { messages, events } = records;
  const direct = messages.filter(
    ({ channel, versions }) => isDirect(channel) && isAbout(versions[0], request.reason ?? ""),
  );
  judgeCopies(request, records, name, found);
  for (const message of direct) judgeRecipient(request, records, { name, message }, found);
  const times = (what: string) =>
    events.filter((event) => event.requestId === request.id && event.what === what).length;
  for (const own of Map.groupBy(direct, ({ channel }) => channel).values()) {
    const reminders = own.filter(isReminder).length;
    found.doubledPosts += Math.max(0, reminders - times("reminded")) + Math.max(0, own.length - reminders - 1);
  }
  if (times("reminded") > remindersMax) found.doubled.push(`${name}: reminded ${times("reminded")} times`);
  const escalations = thread.filter(isEscalation);
  // A request that is held waits again.
  if (times("escalated") > 1 + times("held")) found.doubled.push(`${name}: escalated ${times("escalated")} times`);
  if (times("escalated") === 0 && escalations.length > 0)
    found.doubled.push(`${name}: its thread mentions the group, but it was not escalated`);
  found.doubledPosts += Math.max(0, escalations.length - times("escalated"));
  for (const message of [...direct, ...escalations]) judgeMoment(request, records, { name, message }, found);
}

/** A copy finally shows the same as the request's message, and links to it. */
function judgeCopies(
  { id }: LedgerRequest,
  { copies, messages, copyProjection }: Records,
  name: string,
  found: Judgement,
) {
  for (const { requestId, userId, ts } of copies) {
    if (requestId !== id || ts === null) continue;
    const message = messages.find((each) => each.ts === ts && each.channel === `D${userId}`);
    const blocks = message?.versions.at(-1)?.blocks ?? "";
    if (!message) found.lost.push(`${name}: there is no copy for ${userId}`);
    else if (!message.isGone && copyProjection.get(id)?.includes(blocks) === false)
      found.lost.push(`${name}: the copy for ${userId} does not match the ledger: ${message.versions.at(-1)?.text}`);
  }
}

/** Only approvers are notified, according to their preferences, and under four-eyes not of their own requests. */
function judgeRecipient(
  { requestedBy }: LedgerRequest,
  { plan }: Records,
  { name, message }: { name: string; message: SlackMessage },
  found: Judgement,
): void {
  const to = message.channel.slice(1) as PersonId;
  const isApprover = (people[to] as readonly string[]).includes("approver");
  const wants = isReminder(message) ? notified[to] !== "off" : notified[to] === "on";
  if (!isApprover || !wants || (plan.policy === "four-eyes" && to === requestedBy))
    found.untrue.push(`${name}: ${to} was notified by mistake: ${message.versions[0]?.text}`);
}

/** A person who is asked to decide could still do so when the message was written: on the request, or on its hold. */
function judgeMoment(
  { id }: LedgerRequest,
  { decisions, events }: Records,
  { name, message }: { name: string; message: SlackMessage },
  found: Judgement,
): void {
  const decision = decisions.get(id);
  const ofHolds = events.filter(({ requestId, what }) => requestId === id && holdEvents.includes(what));
  const lastOfHolds = ofHolds.findLast(({ at }) => at + readBeforeMs <= message.sentAt);
  const isOnHold =
    lastOfHolds?.what === "held" || ofHolds.some(({ what, at }) => what === "held" && isNear(at, message));
  if (decision && message.sentAt > decision.at + readBeforeMs && !isOnHold)
    found.untrue.push(
      `${name}: asked to decide ${message.sentAt - decision.at} ms after the decision: ${message.channel}`,
    );
}

/** The start of a hold, and the ways in which it ends. */
const holdEvents = ["held", "carried-out", "cancelled-held", "held-expired"];

/** The instances' clocks differ. */
function isNear(at: number, { sentAt }: SlackMessage): boolean {
  return Math.abs(at - sentAt) < readBeforeMs;
}
