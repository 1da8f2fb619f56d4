/** The chore that draws attention to requests that wait: it finds whose time has come, asks who is told, and notes it. */
import type { Logger } from "pino";
import type { Clock } from "../domain/clock.ts";
import type { ApprovalPolicy } from "../domain/policy.ts";
import { isEachWanted, type Notify, whoIsTold } from "../domain/reminder-recipients.ts";
import { dueOf, type Escalation, nextMilestone } from "../domain/reminder-schedule.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Notifying } from "../ledger/notification-preferences.ts";
import type { Attending, Unattended } from "../ledger/reminders.ts";
import { chore } from "./maintenance.ts";
import type { Worker } from "./worker.ts";

export interface DrawingAttentionNeeds {
  ledger: Ledger;
  /** The ids of those who are approvers now; undefined where Slack does not answer. */
  approvers(): Promise<string[] | undefined>;
  notifying: Notifying;
  policy: ApprovalPolicy;
  escalation: Escalation | undefined;
  clock: Clock;
  log: Logger;
  /** Called after every change that Slack has to show. */
  changed(): void;
}

/** How often to look, and how many requests to attend to in one look. */
const lookMs = 2_000;
const requestsAtOnce = 20;
/** After a full look, how long to let others write. */
const pauseMs = 50;
/** While Slack does not tell who approvers are, it is asked ever more rarely, up to this. */
const awayMostMs = 60_000;
const nobody = { copies: [], reminders: [] };

export function drawAttention(needs: DrawingAttentionNeeds): Worker {
  const { ledger, notifying, policy, escalation, clock, changed } = needs;
  const log = needs.log.child({ part: "attention" });
  let isBroughtForward = false;
  /** Times in a row that Slack did not tell. */
  let away = 0;

  async function look(): Promise<number> {
    if (!isBroughtForward && escalation) await ledger.attention.bringForward(escalation);
    isBroughtForward = true;
    const due = await ledger.attention.due(requestsAtOnce);
    if (due.length === 0) return lookMs;
    const said = await notifying.all();
    const now = clock.now();
    const approvers = due.some((request) => hasToFind(request, said, now)) ? await approversNow() : [];
    const attendings = due.map((request) => attendingTo(request, { approvers, said, now }));
    const [quiet, loud] = [attendings.filter(isQuiet), attendings.filter((one) => !isQuiet(one))];
    // One that cannot be attended to keeps none of the others waiting.
    const done = await Promise.allSettled([ledger.attention.attend(quiet), ...loud.map(attendTo)]);
    changed();
    for (const one of done) if (one.status === "rejected") throw one.reason;
    return due.length === requestsAtOnce ? pauseMs : lookMs;
  }

  async function attendTo(attending: Attending): Promise<void> {
    if ((await ledger.attention.attend([attending])) === 0) return;
    const { request, told, escalateTo } = attending;
    const [copies, reminders] = [told.copies.length, told.reminders.length];
    log.info({ request: request.id, copies, reminders, escalateTo }, "attention was drawn to a request");
  }

  /** Whether anybody may have to be told of it one by one. */
  function hasToFind(request: Unattended, said: ReadonlyMap<string, Notify>, now: number): boolean {
    const { asked, reminder } = dueOf(request, escalation, now);
    return reminder || (asked && isEachWanted(said));
  }

  async function approversNow(): Promise<string[] | undefined> {
    const approvers = await needs.approvers();
    away = approvers === undefined ? away + 1 : 0;
    if (away > 0) log.warn({ times: away }, "Slack does not tell who approvers are; they are told later");
    return approvers;
  }

  function attendingTo(
    request: Unattended,
    known: { approvers: string[] | undefined; said: ReadonlyMap<string, Notify>; now: number },
  ): Attending {
    const { approvers, said, now } = known;
    const due = dueOf(request, escalation, now);
    const escalateTo = due.escalation ? escalation?.to : undefined;
    if (approvers === undefined && hasToFind(request, said, now)) {
      const againMs = Math.min(awayMostMs, lookMs * 2 ** Math.min(away, 20));
      return { request, told: nobody, escalateTo, upTo: undefined, nextAt: now + againMs };
    }
    const told = approvers === undefined ? nobody : whoIsTold(request, due, { approvers, said, policy });
    return { request, told, escalateTo, upTo: now, nextAt: nextMilestone(request, escalation, now) };
  }

  return chore("attention", clock, log, look);
}

function isQuiet({ told, escalateTo }: Attending): boolean {
  return told.copies.length === 0 && told.reminders.length === 0 && escalateTo === undefined;
}
