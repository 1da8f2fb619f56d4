/** The message of a bulk request while it is carried out. */
import { certainlyFailed, stillIn } from "../../../../domain/approval.ts";
import type { RetriesLeft } from "../../../../ledger/queries/bulk/retries-left.ts";
import type { RequestView } from "../../../../ledger/queries/request-view.ts";
import type { Texts } from "../../../../text/en/catalogue.ts";
import { actionIds } from "../../../payloads/ids.ts";
import { buttons, confirmation, type Message, plain } from "../../elements.ts";
import { merchantList } from "../../merchant.ts";
import { date, user } from "../../mrkdwn.ts";
import { workingLine } from "../approvals.ts";
import { heldButtons, heldLines, heldSentence } from "../held.ts";
import { type BulkFacts, type BulkMessageParts, messageHead } from "./head.ts";

const barCells = 15;
/** Ended operations that are needed to estimate the time remaining. */
const endedMin = 10;

export function workingMessage(parts: BulkMessageParts): Message {
  const { request, place, texts } = parts;
  const { counts, id, stopped } = request;
  const { bulk } = texts;
  const count = stillIn(request);
  const lines = [
    workingLine(request, texts),
    // Slack limits edits per minute, so copies are not updated while the counts change.
    ...(place === "channel" ? progressLines(parts) : [bulk.progressInChannel]),
    ...(stopped ? [bulk.stopping(user(stopped.by))] : []),
  ];
  const stop = buttons("stop", [
    {
      type: "button",
      action_id: actionIds.stop,
      text: plain(bulk.stop),
      style: "danger",
      value: id,
      confirm: confirmation(texts, bulk.confirmStop(request, counts.open)),
    },
  ]);
  return {
    text: bulk.sentence.working(request, place === "channel" ? count - counts.open : undefined, count),
    blocks: [...messageHead(parts, ...lines), ...(stopped ? [] : [stop])],
  };
}

function progressLines({ request, facts, texts, now }: BulkMessageParts): string[] {
  const { counts } = request;
  const { succeeded, uncertain, open } = counts;
  const share = (stillIn(request) - open) / stillIn(request);
  const bar = "█".repeat(Math.floor(share * barCells)).padEnd(barCells, "░");
  const percent = Math.floor(share * 100);
  const progress = texts.bulk.progress(bar, percent, succeeded, certainlyFailed(counts), uncertain, open);
  const seconds = facts.retriesLeft ? undefined : secondsLeft(open, facts.ended, now);
  return [
    [progress, ...(seconds === undefined ? [] : [texts.bulk.timeLeft(seconds)])].join(" · "),
    ...(facts.retriesLeft ? [retriesLine(facts.retriesLeft, now, texts)] : []),
  ];
}

/** After a bot outage: the open operations wait for an approver. */
export function heldBulkMessage(parts: BulkMessageParts, hold: NonNullable<RequestView["held"]>): Message {
  const { request, texts } = parts;
  const lines = [texts.request.requestedBy(user(request.requestedBy)), ...heldLines(request, hold, texts)];
  return { text: heldSentence(request, texts), blocks: [...messageHead(parts, ...lines), heldButtons(request, texts)] };
}

function retriesLine({ first, count, nextAt = 0, untilAt }: RetriesLeft, now: number, texts: Texts): string {
  const [next, until] = [date(Math.max(nextAt, now), "time"), date(Math.max(untilAt, now), "time")];
  return texts.bulk.onlyRetries(merchantList(first, texts), count - first.length, next, until);
}

/** Undefined while too few operations have ended. */
function secondsLeft(open: number, ended: BulkFacts["ended"], now: number): number | undefined {
  if (!ended || ended.count < endedMin) return undefined;
  return Math.max(1, Math.ceil((((now - ended.firstAt) / ended.count) * open) / 1_000));
}
