/**
 * Sends reminders: finds undecided requests whose next reminder or escalation is due, selects recipients, and records
 * them.
 */
import type { Logger } from "pino";
import type { Clock } from "../domain/clock.ts";
import type { ApprovalPolicy } from "../domain/four-eyes.ts";
import { type Notify, selectRecipients, wantsEveryRequest } from "../domain/reminder-recipients.ts";
import { dueOf, type Escalation, nextMilestone } from "../domain/reminder-schedule.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { NotificationPreferences } from "../ledger/notification-preferences.ts";
import type { DueReminder, ReminderRecord } from "../ledger/reminders.ts";
import { maintenanceTask } from "./maintenance.ts";
import type { Worker } from "./worker.ts";

export interface ReminderJobNeeds {
  ledger: Ledger;
  /** The ids of the current approvers; undefined if Slack does not answer. */
  approvers(): Promise<string[] | undefined>;
  preferences: NotificationPreferences;
  policy: ApprovalPolicy;
  escalation: Escalation | undefined;
  clock: Clock;
  log: Logger;
  /** Called after each change that Slack has to show. */
  changed(): void;
}

/** How often to poll, and how many requests to handle per poll. */
const pollMs = 2_000;
const requestsPerPoll = 20;
/** Pause after a full poll, so that others can write, in milliseconds. */
const pauseMs = 50;
/** While Slack does not list the approvers, the wait between look-ups increases up to this, in milliseconds. */
const retryMaxMs = 60_000;
const noRecipients = { copies: [], reminders: [] };

export function createReminderJob(needs: ReminderJobNeeds): Worker {
  const { ledger, preferences, policy, escalation, clock, changed } = needs;
  const log = needs.log.child({ part: "reminders" });
  let areEscalationsExpedited = false;
  /** Failed look-ups of the approvers in a row. */
  let failures = 0;

  async function poll(): Promise<number> {
    if (!areEscalationsExpedited && escalation) await ledger.reminders.expediteEscalations(escalation);
    areEscalationsExpedited = true;
    const due = await ledger.reminders.due(requestsPerPoll);
    if (due.length === 0) return pollMs;
    const chosen = await preferences.all();
    const now = clock.now();
    const approvers = due.some((request) => needsApprovers(request, chosen, now)) ? await findApprovers() : [];
    const records = due.map((request) => recordFor(request, { approvers, chosen, now }));
    const [silent, sent] = [records.filter(isSilent), records.filter((record) => !isSilent(record))];
    // One failure does not delay the others.
    const done = await Promise.allSettled([ledger.reminders.record(silent), ...sent.map(recordOne)]);
    changed();
    for (const one of done) if (one.status === "rejected") throw one.reason;
    return due.length === requestsPerPoll ? pauseMs : pollMs;
  }

  async function recordOne(record: ReminderRecord): Promise<void> {
    if ((await ledger.reminders.record([record])) === 0) return;
    const { request, recipients, escalateTo } = record;
    const [copies, reminders] = [recipients.copies.length, recipients.reminders.length];
    log.info({ request: request.id, copies, reminders, escalateTo }, "reminders recorded");
  }

  /** Whether direct messages may be due, so that the approvers have to be looked up. */
  function needsApprovers(request: DueReminder, chosen: ReadonlyMap<string, Notify>, now: number): boolean {
    const { newRequest, reminder } = dueOf(request, escalation, now);
    return reminder || (newRequest && wantsEveryRequest(chosen));
  }

  async function findApprovers(): Promise<string[] | undefined> {
    const approvers = await needs.approvers();
    failures = approvers === undefined ? failures + 1 : 0;
    if (failures > 0) log.warn({ failures }, "Slack did not list the approvers; reminders are sent later");
    return approvers;
  }

  function recordFor(
    request: DueReminder,
    known: { approvers: string[] | undefined; chosen: ReadonlyMap<string, Notify>; now: number },
  ): ReminderRecord {
    const { approvers, chosen, now } = known;
    const due = dueOf(request, escalation, now);
    const escalateTo = due.escalation ? escalation?.to : undefined;
    if (approvers === undefined && needsApprovers(request, chosen, now)) {
      const retryInMs = Math.min(retryMaxMs, pollMs * 2 ** Math.min(failures, 20));
      return { request, recipients: noRecipients, escalateTo, upTo: undefined, nextAt: now + retryInMs };
    }
    const people = { approvers: approvers ?? [], preferences: chosen, policy };
    const recipients = selectRecipients(request, due, people);
    return { request, recipients, escalateTo, upTo: now, nextAt: nextMilestone(request, escalation, now) };
  }

  return maintenanceTask("reminders", clock, log, poll);
}

function isSilent({ recipients, escalateTo }: ReminderRecord): boolean {
  return recipients.copies.length === 0 && recipients.reminders.length === 0 && escalateTo === undefined;
}
