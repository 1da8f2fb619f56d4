/** Judges what a request's message says about stops and cancelled holds: each belongs to its round. */
import type { SlackMessage } from "../world/slack-in-memory.ts";
import type { Judgement } from "./judgement.ts";
import { isForMany, type LedgerRequest } from "./ledger-watch.ts";
import type { AuditRow, Records } from "./records.ts";
import { detailOf } from "./steps/event-paths.ts";

/**
 * How long before it was sent a message may have been rendered, by clocks that differ. People are looked up in between,
 * and the outbox may wait for Slack.
 */
const renderedMaxMs = 3_000;

const mentions = /<@(\w+)>/g;

interface Ending {
  stopped: number;
  stoppedBy: readonly string[];
  expired: number;
  /** Who cancelled everything that was on hold in the last round, if all of it had started. */
  cancelledBy: string | undefined;
}

export function judgeStops(
  request: LedgerRequest,
  records: Records,
  { name, own }: { name: string; own: readonly SlackMessage[] },
  found: Judgement,
): void {
  const events = records.events.filter(({ requestId, operationId }) => requestId === request.id && !operationId);
  if (request.state === "done") judgeEnding(request, events, { name, own }, found);
  if (isForMany(request)) judgeProgress(events, records, { name, own }, found);
}

/** The last version of the message, once the ledger is settled. */
function judgeEnding(
  request: LedgerRequest,
  events: readonly AuditRow[],
  { name, own }: { name: string; own: readonly SlackMessage[] },
  found: Judgement,
): void {
  const blocks = own.find(({ ts }) => ts === request.ts)?.versions.at(-1)?.blocks;
  if (blocks === undefined) return;
  const ending = endingOf(events);
  const expected = isForMany(request) ? ending : endingOfOne(request, ending);
  const shown = shownEnding(blocks);
  if (JSON.stringify(shown) !== JSON.stringify(expected))
    found.untrue.push(`${name}: its message shows ${JSON.stringify(shown)}, but it was ${JSON.stringify(expected)}`);
}

function endingOf(events: readonly AuditRow[]): Ending {
  const ending = { stopped: 0, expired: 0 };
  const stoppedBy = new Set<string>();
  let last: AuditRow | undefined;
  for (const event of events) {
    const cancelled = Number(detailOf(event).cancelled ?? 0);
    if (event.what === "retried") last = undefined;
    if (event.what === "held-expired") ending.expired += cancelled;
    if (event.what !== "stopped" && event.what !== "cancelled-held") continue;
    last = event;
    ending.stopped += cancelled;
    if (cancelled > 0) stoppedBy.add(event.actor);
  }
  const isAllStarted = last !== undefined && Number(detailOf(last).cancelled ?? 0) === 0;
  return { ...ending, stoppedBy: [...stoppedBy], cancelledBy: isAllStarted ? last?.actor : undefined };
}

/** For one sub-merchant, the message names who cancelled it whether or not it had started. */
function endingOfOne({ operationState }: LedgerRequest, ending: Ending): Ending {
  const cancelledBy = operationState === "cancelled" ? ending.stoppedBy[0] : ending.cancelledBy;
  return { stopped: 0, expired: ending.expired, stoppedBy: [], cancelledBy };
}

function shownEnding(blocks: string): Ending {
  const [, stopped = 0, stoppers = ""] = /\*(\d+) not started\*, stopped by ((?:<@\w+>(?:, )?)+)/.exec(blocks) ?? [];
  const [, cancelledBy] = /Cancelled while on hold by <@(\w+)>/.exec(blocks) ?? [];
  const [, expired = /Expired while on hold/.test(blocks) ? 1 : 0] = /\*(\d+) not carried out\*/.exec(blocks) ?? [];
  const stoppedBy = [...stoppers.matchAll(mentions)].map(([, id = ""]) => id);
  return { stopped: Number(stopped), expired: Number(expired), stoppedBy, cancelledBy };
}

/** No version says that the request is stopped once a Retry has begun the next round. */
function judgeProgress(
  events: readonly AuditRow[],
  { plan, restores }: Records,
  { name, own }: { name: string; own: readonly SlackMessage[] },
  found: Judgement,
): void {
  // A process that pauses may send what it rendered before, and a restored ledger lacks what a message was true of.
  if (restores.length > 0 || plan.machines.some(({ kind }) => kind === "pause")) return;
  for (const { blocks, sentAt } of own.flatMap(({ versions }) => versions)) {
    const by = /Stopped by <@(\w+)>; calls already started/.exec(blocks)?.[1];
    if (by === undefined) continue;
    const isStop = ({ what, actor }: AuditRow) => (what === "stopped" || what === "cancelled-held") && actor === by;
    const stop = events.findLastIndex((event) => isStop(event) && event.at <= sentAt + renderedMaxMs);
    const retry = events.findIndex(
      ({ what, at }, nth) => nth > stop && what === "retried" && at < sentAt - renderedMaxMs,
    );
    if (stop < 0 || retry > stop) found.untrue.push(`${name}: its message said that ${by} stopped it after a Retry`);
  }
}
