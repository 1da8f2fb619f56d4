/** A request's current message, read from the ledger. */
import { isBulk } from "../../domain/approval.ts";
import type { Clock } from "../../domain/clock.ts";
import { type NameNotes, noNotes } from "../../domain/directory/name-notes.ts";
import { type GoldPlanMode, stepsOf, switchesGoldPlan } from "../../domain/goldplan/objects.ts";
import type { Reopening } from "../../domain/goldplan/reopening.ts";
import type { Escalation } from "../../domain/reminder-schedule.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { RequestView } from "../../ledger/queries/request-view.ts";
import type { Texts } from "../../text/en/catalogue.ts";
import type { Workspace } from "../api/workspace.ts";
import { notesShown } from "../blocks/directory/name-notes.ts";
import { context, type Message } from "../blocks/elements.ts";
import { bulkMessage } from "../blocks/request/bulk/bulk-request.ts";
import { numbersShown } from "../blocks/request/bulk/head.ts";
import type { Surface } from "../blocks/request/decision.ts";
import { requestLink } from "../blocks/request/outcome-line.ts";
import type { TicketLinks } from "../blocks/request/reason.ts";
import { requestMessage } from "../blocks/request/request.ts";

export interface RequestContentNeeds extends TicketLinks {
  ledger: Pick<Ledger, "history" | "bulk" | "directory" | "goldplan">;
  /** GOLDPLAN. */
  goldplan: GoldPlanMode;
  workspace: Workspace;
  texts: Texts;
  clock: Clock;
  /** Whether requesters may be able to carry out their requests alone. */
  breakGlass: "off" | "on";
  escalation: Escalation | undefined;
}

/**
 * The span for measuring a bulk request's rate, in milliseconds. It is short, so that a pause of the bot affects the
 * rate only briefly.
 */
const rateSpanMs = 60_000;

/**
 * The message for a place; outside the request's channel, it links to the message there, which has the thread.
 * @throws SlackAway if the bot does not know its own workspace yet, which is part of the link
 */
export async function requestContent(
  needs: RequestContentNeeds,
  request: RequestView,
  place: Surface = "channel",
): Promise<Message> {
  const { workspace, texts } = needs;
  const message = await (isBulk(request) ? bulkContent : singleContent)(needs, request, place);
  if (place === "channel") return message;
  await workspace.identity();
  if (request.messageTs === undefined) return message;
  const link = requestLink(request, workspace);
  const line = isBulk(request) ? texts.bulk.inChannel(link) : texts.request.inChannel(link);
  return { ...message, blocks: [...message.blocks, context(line)] };
}

async function singleContent(needs: RequestContentNeeds, request: RequestView, place: Surface): Promise<Message> {
  const { ledger, workspace, texts, breakGlass, escalation, ticketUrl } = needs;
  const { state, object, operation } = request;
  // While it is undecided, no later request for its sub-merchant can exist.
  const known = state === "pending" ? await ledger.history.previous(operation.subMchid, stepsOf(object)) : [];
  const reopening = await reopeningOf(needs, request);
  const canAddGoldPlan = (await withoutGoldPlan(needs, request)) > 0;
  const nameNotes = await notesOf(ledger, request);
  const facts = { known, nameNotes, reopening, canAddGoldPlan };
  const { permalink } = workspace;
  return requestMessage({ request, place, ...facts, breakGlass, escalation, texts, permalink, ticketUrl });
}

/** While people decide or may press Retry: the sub-merchants whose 点金计划 this bot closed less than 24 hours ago. */
export async function reopeningOf(
  { ledger, clock }: Pick<RequestContentNeeds, "ledger" | "clock">,
  { id, state, action, object, counts }: RequestView,
): Promise<Reopening | undefined> {
  if (action !== "OPEN" || !switchesGoldPlan(object)) return undefined;
  if (state === "pending") return ledger.goldplan.reopening(id, { now: clock.now(), of: "left" });
  return state === "done" && counts.failed > 0
    ? ledger.goldplan.reopening(id, { now: clock.now(), of: "failed" })
    : undefined;
}

/** Only while people decide. */
async function notesOf({ directory }: Pick<Ledger, "directory">, { id, state }: RequestView): Promise<NameNotes> {
  return state === "pending" ? directory.notesOf(id, notesShown) : noNotes;
}

/** For how many sub-merchants 点金计划 can be added to the receipts that a request opened. */
async function withoutGoldPlan(needs: RequestContentNeeds, request: RequestView): Promise<number> {
  return request.state === "done" ? ((await countWithoutGoldPlan(needs, request)) ?? 0) : 0;
}

/** Whether a request opens receipts alone where 点金计划 is switched too, so that messages say what is missing. */
export function lacksGoldPlan(
  { goldplan }: Pick<RequestContentNeeds, "goldplan">,
  { action, object }: RequestView,
): boolean {
  return goldplan !== "off" && action === "OPEN" && object === "receipt";
}

/** For how many of the receipts that it opened this bot has not opened 点金计划; undefined if messages do not say. */
export async function countWithoutGoldPlan(
  needs: Pick<RequestContentNeeds, "ledger" | "goldplan">,
  request: RequestView,
): Promise<number | undefined> {
  if (!lacksGoldPlan(needs, request) || request.counts.succeeded === 0) return undefined;
  return (await needs.ledger.goldplan.without(request.id)).length;
}

async function bulkContent(needs: RequestContentNeeds, request: RequestView, place: Surface): Promise<Message> {
  const { ledger, workspace, texts, clock, breakGlass, escalation, ticketUrl } = needs;
  const { id, state, counts, round } = request;
  const now = clock.now();
  const facts = {
    first: await ledger.bulk.firstMerchants(id, numbersShown),
    firstExcluded: counts.excluded > 0 ? await ledger.bulk.firstExcluded(id, numbersShown) : [],
    nameNotes: await notesOf(ledger, request),
    previousResults: state === "pending" ? await ledger.bulk.previousResults(id, numbersShown) : [],
    ended: state === "approved" ? await ledger.bulk.endedSince(id, now - rateSpanMs, round > 1) : undefined,
    retriesLeft: state === "approved" ? await ledger.bulk.retriesLeft(id, { now, max: numbersShown }) : undefined,
    retryable: state === "done" && counts.failed > 0 ? await ledger.bulk.retryable(id) : 0,
    notStarted: state === "done" && counts.cancelled > 0 ? (await ledger.bulk.notStarted(id)).length : 0,
    reopening: await reopeningOf(needs, request),
    withoutGoldPlan: await withoutGoldPlan(needs, request),
  };
  const { permalink } = workspace;
  return bulkMessage({ request, facts, place, breakGlass, escalation, texts, permalink, ticketUrl, now });
}
