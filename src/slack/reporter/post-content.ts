/** The content of a post, read from the ledger just before it is posted. */
import { isBulk } from "../../domain/approval.ts";
import type { GrantNotice } from "../../domain/notice.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { ClaimedPost } from "../../ledger/outbox/outbox.ts";
import type { RequestView } from "../../ledger/queries/request-view.ts";
import type { PreviousResult } from "../../ledger/queries/status.ts";
import type { People } from "../api/people.ts";
import type { Languages } from "../api/users/languages.ts";
import { context, type Message } from "../blocks/elements.ts";
import { foreign, user } from "../blocks/mrkdwn.ts";
import { bulkThreadMessage, failuresShown } from "../blocks/request/bulk/bulk-thread.ts";
import type { NameOf } from "../blocks/request/decision.ts";
import { endedOnHoldOutcome } from "../blocks/request/held.ts";
import { type GrantEnded, grantEndedMessage, grantMessage, noticeMessage } from "../blocks/request/notices.ts";
import { ticketWords } from "../blocks/request/reason.ts";
import { outcomeMessage } from "../blocks/request/thread.ts";
import { type ListFile, type ListSpec, listFile, listSpecs } from "./list-file.ts";
import { listText } from "./list-text.ts";
import {
  countWithoutGoldPlan,
  lacksGoldPlan,
  type RequestContentNeeds,
  reopeningOf,
  requestContent,
} from "./request-content.ts";
import { isStillAsked } from "./still-asked.ts";

/** A message, or a file in the request's thread. */
export type Content = ({ kind: "message" } & Message) | ({ kind: "file" } & ListFile);

/** A post's content, and the thread that it belongs to; undefined for a message outside a thread. */
export interface PostContent {
  content: Content;
  threadTs: string | undefined;
}

/** What is needed before it is known who reads. */
export interface PostContentParts extends Omit<PostContentNeeds, "texts"> {
  languages: Languages;
}

export interface PostContentNeeds extends RequestContentNeeds {
  ledger: Pick<Ledger, "requests" | "operations" | "history" | "bulk" | "directory" | "goldplan" | "outbox">;
  people: Pick<People, "grantsOf" | "names">;
  /** The slash command, which some messages mention. */
  command: string;
}

type Renderer = (needs: PostContentNeeds, request: RequestView, post: ClaimedPost) => Promise<PostContent>;

const renderers: Record<Exclude<ClaimedPost["kind"], "notice">, Renderer> = {
  message: async (needs, request) => message(await requestContent(needs, request, "channel")),
  copy: async (needs, request, { channelId }) => message(await requestContent(needs, request, { reader: channelId })),
  outcome: async (needs, request, { round }) =>
    message(withTicket(await outcomeContent(needs, request, round), request, needs), request.messageTs),
  list: (needs, request, post) => list(needs, request, post, listSpecs.list(needs, request)),
  "not-started": (needs, request, post) => list(needs, request, post, listSpecs["not-started"](needs, request)),
  results: (needs, request, post) => list(needs, request, post, listSpecs.results(needs, request)),
};

/** A file, or its numbers as text if Slack permanently refused the file. */
async function list(
  needs: PostContentNeeds,
  request: RequestView,
  { id, refused }: ClaimedPost,
  spec: ListSpec,
): Promise<PostContent> {
  if (refused === undefined) return file(await listFile(needs, request, spec), request);
  const isSaid = await needs.ledger.outbox.isRefusalReportedElsewhere(request.id, id);
  return message(await listText(needs, request, spec, isSaid ? undefined : refused), request.messageTs);
}

/** Undefined if there is nothing left to post. @throws if the ledger has a post without its request, which is a bug */
export async function postContent(parts: PostContentParts, post: ClaimedPost): Promise<PostContent | undefined> {
  const { ledger, languages } = parts;
  const request = post.requestId === undefined ? undefined : await ledger.requests.find(post.requestId);
  if (request && isTooLate(parts, post, request)) return undefined;
  if (request && isNewToOne(post) && !(await isStillAsked(parts.people, post.channelId, request))) return undefined;
  // Any post outside the request's channel goes to one person.
  const texts = post.channelId === request?.channelId ? languages.channel : await languages.of(post.channelId);
  const needs = { ...parts, texts };
  if (post.kind === "notice") return notice(needs, post, request);
  if (!request) throw new Error(`the ledger has a post of a request that it does not have: ${post.requestId}`);
  return renderers[post.kind](needs, request, post);
}

/**
 * Messages that ask people to decide, and that nobody has seen yet, must not notify anyone once there is nothing left
 * to decide. If several lists still have to be posted, the newest is enough.
 */
function isTooLate(
  { clock }: PostContentParts,
  { kind, round, notice, posted }: ClaimedPost,
  request: RequestView,
): boolean {
  const { state, expiresAt, held, counts } = request;
  const decideBy = held?.until ?? (state === "pending" ? expiresAt : 0);
  if (kind === "list") return posted === undefined && round < counts.excluded;
  if (notice?.about === "not-posted") return !notice.wasPosted && request.messageTs !== undefined;
  const asksToDecide = kind === "copy" || notice?.about === "reminder" || notice?.about === "escalated";
  return asksToDecide && posted === undefined && decideBy <= clock.now();
}

/** A direct message that asks one person to decide, and that they have not seen yet. */
function isNewToOne({ kind, notice, posted }: ClaimedPost): boolean {
  return posted === undefined && (kind === "copy" || notice?.about === "reminder");
}

async function outcomeContent(needs: PostContentNeeds, request: RequestView, round: number): Promise<Message> {
  const { ledger, texts } = needs;
  const nameOf = await namesIn(needs, request);
  if (isBulk(request)) {
    const failures = await ledger.bulk.failures(request.id, failuresShown);
    return bulkThreadMessage(
      request,
      { failures, withoutGoldPlan: await countWithoutGoldPlan(needs, request) },
      texts,
      nameOf,
    );
  }
  if (request.state === "done" && request.operation.state === "cancelled" && round === request.round)
    return endedOnHoldOutcome(request, texts);
  const ended = round > 0 ? await endOfRound(needs, request, round) : undefined;
  if (!ended) return outcomeMessage(request, undefined, texts, nameOf);
  const isRefusal = ended.result.kind === "refused" && ended.result.fault === "reopened-too-soon";
  const reopening = isRefusal ? await reopeningOf(needs, request) : undefined;
  return outcomeMessage(request, { ...ended, reopening, goldplan: await knownGoldPlan(needs, request) }, texts, nameOf);
}

/** A hold can end a round without a call, because of what a call in an earlier round may have done. */
async function endOfRound({ ledger }: PostContentNeeds, { operation, round: last }: RequestView, round: number) {
  const { id, state, result, step } = operation;
  const called = await ledger.operations.resultOfRound(id, round);
  return called ?? (state === "failed" && round === last && result ? { result, step } : undefined);
}

/** After receipts alone were opened, where 点金计划 is switched too: what the bot last did with it. */
async function knownGoldPlan(needs: PostContentNeeds, request: RequestView): Promise<PreviousResult | undefined> {
  if (!lacksGoldPlan(needs, request)) return undefined;
  const [known] = await needs.ledger.history.previous(request.operation.subMchid, ["goldplan"]);
  return known;
}

/** Shows the ticket of a request that has ended below the outcome. */
function withTicket(outcome: Message, { ticket }: RequestView, needs: PostContentNeeds): Message {
  if (ticket === undefined) return outcome;
  return { ...outcome, blocks: [...outcome.blocks, context(needs.texts.thread.ticket(ticketWords(ticket, needs)))] };
}

/** Names for the people in a request's thread; a mention if Slack does not return the name. */
async function namesIn({ workspace }: PostContentNeeds, request: RequestView, presser?: string): Promise<NameOf> {
  const { decision, excludedBy, notStarted, retried, resubmissions } = request;
  const resubmitters = resubmissions.map((each) => each.requestedBy);
  const people = [
    ...(decision?.by ?? []),
    ...excludedBy,
    ...notStarted.stoppedBy,
    retried?.by,
    ...resubmitters,
    presser,
  ];
  // Looking someone up also caches their name. Without an answer, a mention is better than an outcome that is never
  // posted.
  for (const id of new Set(people.filter((id) => id !== undefined)))
    if (workspace.knownName(id) === undefined) await workspace.standing(id).catch(() => undefined);
  return (id) => {
    const name = workspace.knownName(id);
    return name === undefined ? user(id) : foreign(name);
  };
}

async function notice(
  needs: PostContentNeeds,
  post: ClaimedPost,
  request: RequestView | undefined,
): Promise<PostContent | undefined> {
  const content = await noticeContent(needs, post, request);
  const isInThread = request !== undefined && post.channelId === request.channelId;
  return content && message(content, isInThread ? request.messageTs : undefined);
}

async function noticeContent(
  needs: PostContentNeeds,
  post: ClaimedPost,
  request: RequestView | undefined,
): Promise<Message | undefined> {
  const { workspace, texts, command, ticketUrl } = needs;
  const { notice, channelId } = post;
  if (!notice) throw new Error(`the ledger has a notice without content: ${post.id}`);
  switch (notice.about) {
    case "grant-ended":
      return grantEndedContent(needs, notice, channelId);
    case "granted":
    case "grant-changed":
      return grantMessage(notice, [], texts);
    case "revoked":
      return revokedContent(needs, notice, channelId);
    default:
  }
  if (!request) throw new Error(`the ledger has a notice without its request: ${post.id}`);
  // A group that holds the role may contain guests and others who cannot hold it.
  if (notice.about === "broke-glass" && (await workspace.standing(channelId)) !== "member") return undefined;
  // Nothing waits for who pressed a button, so their message does not notify them.
  const isOfPress = notice.about === "resubmitted" || notice.about === "carried-out";
  const nameOf = isOfPress ? await namesIn(needs, request, notice.by) : user;
  return noticeMessage(notice, { request, command, texts, permalink: workspace.permalink, ticketUrl, nameOf });
}

/** Adds the groups through which the person still has the role, as far as Slack lists their members. */
async function revokedContent(
  { people, texts }: PostContentNeeds,
  notice: Extract<GrantNotice, { about: "revoked" }>,
  userId: string,
): Promise<Message> {
  const { grants } = await people.grantsOf(userId);
  const through = grants.filter(({ role, holder }) => role === notice.role && holder.kind === "group");
  const name = await people.names(through.map(({ holder }) => holder));
  return grantMessage(
    notice,
    through.map(({ holder }) => name(holder)),
    texts,
  );
}

/** Undefined if the role was granted to the person again in the meantime. */
async function grantEndedContent(
  { people, texts }: PostContentNeeds,
  notice: GrantEnded,
  userId: string,
): Promise<Message | undefined> {
  const { grants, groupsUnknown } = await people.grantsOf(userId);
  const through = grants.filter(({ role }) => role === notice.role);
  if (through.some(({ holder }) => holder.kind === "user")) return undefined;
  const name = await people.names(through.map(({ holder }) => holder));
  return grantEndedMessage(notice, { through, groupsUnknown, name }, texts);
}

function message(content: Message, threadTs?: string): PostContent {
  return { content: { kind: "message", ...content }, threadTs };
}

function file(content: ListFile, { messageTs }: RequestView): PostContent {
  return { content: { kind: "file", ...content }, threadTs: messageTs };
}
