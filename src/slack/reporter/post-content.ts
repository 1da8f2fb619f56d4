/** What Slack is to show for a post, read from the ledger just before it is shown. */
import { isBulk } from "../../domain/approval.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { ClaimedPost } from "../../ledger/outbox/outbox.ts";
import type { RequestView } from "../../ledger/queries/request-view.ts";
import type { People } from "../api/people.ts";
import { type Message, privateMessage } from "../blocks/elements.ts";
import { bulkOutcomeMessage } from "../blocks/request/bulk-request.ts";
import { endedOnHoldOutcome } from "../blocks/request/held.ts";
import { type GrantEnded, grantEndedMessage, noticeMessage } from "../blocks/request/notices.ts";
import { outcomeMessage } from "../blocks/request/thread.ts";
import { type ListFile, listFile, notStartedFile, resultsFile } from "./list-file.ts";
import { type RequestContentNeeds, requestContent } from "./request-content.ts";

/** A message, or a file in the request's thread. */
export type Content = ({ kind: "message" } & Message) | ({ kind: "file" } & ListFile);

/** What a post shows, and the thread that it belongs to; undefined for a message outside a thread. */
export interface PostContent {
  content: Content;
  threadTs: string | undefined;
}

export interface PostContentNeeds extends RequestContentNeeds {
  ledger: Pick<Ledger, "requests" | "operations" | "history" | "bulk">;
  people: Pick<People, "grantsOf" | "names">;
  /** The slash command, which some messages name. */
  command: string;
}

type Renderer = (needs: PostContentNeeds, request: RequestView, post: ClaimedPost) => Promise<PostContent>;

const renderers: Record<Exclude<ClaimedPost["kind"], "notice">, Renderer> = {
  message: async (needs, request) => message(await requestContent(needs, request, "channel")),
  copy: async (needs, request) => message(await requestContent(needs, request, "elsewhere")),
  outcome: async (needs, request, { round }) => message(await outcomeContent(needs, request, round), request.messageTs),
  list: async (needs, request) => file(await listFile(needs, request), request),
  "not-started": async (needs, request) => file(await notStartedFile(needs, request), request),
  results: async (needs, request) => file(await resultsFile(needs, request), request),
};

/** Undefined where there is nothing to post any more. @throws where the ledger has a post without its request: a bug */
export async function postContent(needs: PostContentNeeds, post: ClaimedPost): Promise<PostContent | undefined> {
  const request = post.requestId === undefined ? undefined : await needs.ledger.requests.find(post.requestId);
  if (request && isTooLate(needs, post, request)) return undefined;
  if (post.kind === "notice") return notice(needs, post, request);
  if (request && post.refused !== undefined && isFileKind(post.kind))
    return message(privateMessage(needs.texts.notices.fileRefused(post.refused)), request.messageTs);
  if (!request) throw new Error(`the ledger has a post of a request that it does not have: ${post.requestId}`);
  return renderers[post.kind](needs, request, post);
}

/**
 * Messages that ask people to decide, and that nobody has seen yet, must not notify anybody once there is nothing to
 * decide; and of several lists that are still to be posted, the newest is enough.
 */
function isTooLate(
  { clock }: PostContentNeeds,
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

async function outcomeContent(
  { ledger, texts }: PostContentNeeds,
  request: RequestView,
  round: number,
): Promise<Message> {
  if (isBulk(request)) return bulkOutcomeMessage(request, await ledger.bulk.failures(request.id), texts);
  if (request.state === "done" && request.operation.state === "cancelled" && round === request.round)
    return endedOnHoldOutcome(request, texts);
  const result = round > 0 ? await ledger.operations.resultOfRound(request.operation.id, round) : undefined;
  return outcomeMessage(request, result, texts);
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
  const { workspace, texts, command } = needs;
  const { notice, channelId } = post;
  if (!notice) throw new Error(`the ledger has a notice without content: ${post.id}`);
  if (notice.about === "grant-ended") return grantEndedContent(needs, notice, channelId);
  if (!request) throw new Error(`the ledger has a notice without its request: ${post.id}`);
  // A group that holds the role may have guests and the like in it, who do not.
  if (notice.about === "broke-glass" && (await workspace.standing(channelId)) !== "member") return undefined;
  return noticeMessage(notice, { request, command, texts, permalink: workspace.permalink });
}

/** Undefined where the role was granted to the person again meanwhile. */
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

function isFileKind(kind: ClaimedPost["kind"]): boolean {
  return kind === "list" || kind === "not-started" || kind === "results";
}

function message(content: Message, threadTs?: string): PostContent {
  return { content: { kind: "message", ...content }, threadTs };
}

function file(content: ListFile, { messageTs }: RequestView): PostContent {
  return { content: { kind: "file", ...content }, threadTs: messageTs };
}
