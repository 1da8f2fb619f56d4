/** The message of a bulk request: what it shows in each state of the request. */
import type { Button } from "@slack/types";
import { stillIn } from "../../../../domain/approval.ts";
import type { PreviousResults } from "../../../../ledger/queries/bulk/previous-results.ts";
import type { Texts } from "../../../../text/en/catalogue.ts";
import { actionIds } from "../../../payloads/ids.ts";
import { nameNotesBlocks } from "../../directory/name-notes.ts";
import { buttons, capitalized, confirmation, context, type Message, plain } from "../../elements.ts";
import { listedShown, merchant } from "../../merchant.ts";
import { date, user } from "../../mrkdwn.ts";
import { approvalLines, peopleLine } from "../approvals.ts";
import { decisionButtons, undoneBlocks } from "../decision.ts";
import { addButtons, reopeningBlocks, sceneBlocks } from "../goldplan.ts";
import { endedLine, endedSentence, requestLink } from "../outcome-line.ts";
import { remindersLine } from "../reminders.ts";
import { unusualLine } from "../unusual-length.ts";
import { type BulkMessageParts, messageHead } from "./head.ts";
import { heldBulkMessage, workingMessage } from "./progress.ts";

/** Maximum groups of previous results in the message, the largest first. */
const knownMax = 4;

export function bulkMessage(parts: BulkMessageParts): Message {
  const { request } = parts;
  switch (request.state) {
    case "pending":
      return pending(parts);
    case "approved":
      return request.held ? heldBulkMessage(parts, request.held) : workingMessage(parts);
    case "done":
      return ended(parts);
    case "rejected":
    case "withdrawn":
    case "expired":
      return undone(parts, request.state);
    default:
      return request.state satisfies never;
  }
}

function pending(parts: BulkMessageParts): Message {
  const { request, facts, place, breakGlass, escalation, texts } = parts;
  const { requestedBy, expiresAt } = request;
  const count = stillIn(request);
  const { bulk } = texts;
  const asked = `${texts.request.requestedBy(user(requestedBy))} · ${texts.request.openUntil(date(expiresAt))}`;
  const known = knownLines(facts.previousResults, texts);
  const reminders = remindersLine(request, escalation, texts);
  return {
    text: bulk.sentence.pending(request, count, user(requestedBy)),
    blocks: [
      ...messageHead(parts, asked, ...approvalLines(request, texts)),
      ...sceneBlocks(request, texts),
      ...nameNotesBlocks(facts.nameNotes, true, "approver", texts),
      ...unusualLine(
        facts.first.map(({ subMchid }) => subMchid),
        texts,
      ),
      ...reopeningBlocks(request, facts.reopening, texts),
      ...(reminders === "" ? [] : [context(reminders)]),
      ...(known.length > 0 ? [context(known.join("\n"))] : []),
      decisionButtons(
        request,
        {
          approve: bulk.confirmApprove(request, count),
          breakGlass: texts.approvals.confirmBreakGlassForMany(request, count),
          withdraw: bulk.confirmWithdraw(request, count),
        },
        breakGlass,
        place,
        texts,
      ),
    ],
  };
}

function knownLines(groups: readonly PreviousResults[], texts: Texts): string[] {
  const { bulk, guidance } = texts;
  const lines = groups.slice(0, knownMax).map((group) => {
    const { count, change, first } = group;
    const numbers = first.map((each) => `${merchant(each, texts, listedShown)} ${date(each.at, "day")}`).join(" · ");
    const more = count - first.length;
    return group.kind === "set"
      ? bulk.knownSet(count, change, numbers, more)
      : bulk.knownFailed(count, change, guidance[group.topic].short, numbers, more);
  });
  const rest = groups.slice(knownMax).reduce((sum, { count }) => sum + count, 0);
  return rest === 0 ? lines : [...lines, bulk.knownMore(rest)];
}

function ended(parts: BulkMessageParts): Message {
  const { request, facts, texts } = parts;
  const { decision, id, round } = request;
  const { bulk } = texts;
  const when = date(request.endedAt ?? decision?.at ?? 0);
  const people = peopleLine(request, when, texts);
  const value = `${id}:${round}`;
  const retry: Button = { type: "button", action_id: actionIds.retry, text: plain(bulk.retry(facts.retryable)), value };
  const resubmit: Button = {
    type: "button",
    action_id: actionIds.resubmit,
    text: plain(bulk.resubmit(facts.notStarted)),
    value,
    confirm: confirmation(texts, bulk.confirmResubmit(request, facts.notStarted)),
  };
  const offered = [
    ...(facts.retryable > 0 ? [retry] : []),
    ...(mayResubmit(parts) ? [resubmit] : []),
    ...addButtons(request, facts.withoutGoldPlan, texts),
  ];
  return {
    text: endedSentence(request, texts),
    blocks: [
      ...messageHead(parts, endedLine(request, texts, "message"), ...resubmissionLines(parts)),
      ...sceneBlocks(request, texts),
      context(capitalized(people)),
      ...reopeningBlocks(request, facts.reopening, texts),
      ...(offered.length > 0 ? [buttons("retry", offered)] : []),
    ],
  };
}

/** Operations that a stop left undone in this round can be resubmitted once. */
function mayResubmit({ request: { resubmissions, round }, facts }: BulkMessageParts): boolean {
  return facts.notStarted > 0 && !resubmissions.some((each) => each.round === round);
}

function resubmissionLines({ request, texts, permalink }: BulkMessageParts): string[] {
  return request.resubmissions.map((each) =>
    texts.bulk.resubmittedAs(requestLink(each, { permalink }), user(each.requestedBy)),
  );
}

function undone(parts: BulkMessageParts, state: "rejected" | "withdrawn" | "expired"): Message {
  const { request, texts } = parts;
  const { requestedBy } = request;
  return {
    text: texts.bulk.sentence.undone(request, stillIn(request)),
    blocks: [
      ...messageHead(parts, texts.request.requestedBy(user(requestedBy)), ...approvalLines(request, texts)),
      ...undoneBlocks(request, state, texts),
    ],
  };
}
