/** A post -> what Slack is to show for it, read from the ledger at the moment of showing. */

import { isBulk, stillIn } from "../../domain/approval.ts";
import { beijingTime, dayOf } from "../../domain/beijing-time.ts";
import type { Clock } from "../../domain/clock.ts";
import { guide } from "../../domain/guidance.ts";
import type { Escalation } from "../../domain/reminder-schedule.ts";
import { begunMax } from "../../domain/retry-policy.ts";
import { byteOrderMark, csvLine } from "../../ledger/audit/csv-writer.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { ClaimedPost } from "../../ledger/outbox/outbox.ts";
import type { Listed, OperationResult } from "../../ledger/queries/bulk-request.ts";
import type { RequestView } from "../../ledger/queries/request-view.ts";
import type { Texts } from "../../text/en/catalogue.ts";
import type { People } from "../api/people.ts";
import type { Workspace } from "../api/workspace.ts";
import { context, type Message } from "../blocks/elements.ts";
import { bulkMessage, bulkOutcomeMessage, numbersShown } from "../blocks/request/bulk-request.ts";
import type { Surface } from "../blocks/request/decision.ts";
import { type GrantEnded, grantEndedMessage, noticeMessage } from "../blocks/request/notices.ts";
import { messageLink } from "../blocks/request/outcome-line.ts";
import { requestMessage } from "../blocks/request/request.ts";
import { outcomeMessage } from "../blocks/request/thread.ts";

export type Content =
  | ({ kind: "message" } & Message)
  /** A file in the request's thread, with a line about it. */
  | { kind: "file"; text: string; filename: string; file: Buffer };

export interface PostContentNeeds {
  ledger: Ledger;
  workspace: Workspace;
  texts: Texts;
  clock: Clock;
  /** Whether who asked may be able to carry it out alone. */
  breakGlass: "off" | "on";
  escalation: Escalation | undefined;
}

/** A file of a request's sub-merchants: how its name begins, which are in it, and the line about it. */
interface ListFile {
  name: string;
  of: Listed;
  text: string;
}

/** How far back is looked for how fast a request is carried out, in milliseconds: a stop of the bot is soon forgotten. */
const paceMs = 60_000;
const nothingKnown = { lastSet: undefined, failure: undefined };
/** Operations that are read for a file at a time. */
const rowsAtOnce = 1_000;

/** A request's message, as it stands now. Elsewhere than in its channel it leads there, where its thread is. */
export function createRequestContent(needs: PostContentNeeds) {
  const { ledger, workspace, texts, clock, breakGlass, escalation } = needs;

  async function messageOf(request: RequestView, place: Surface): Promise<Message> {
    if (!isBulk(request)) {
      // While it is undecided, nothing later can have become of its sub-merchant.
      const known = request.state === "pending" ? await ledger.history.known(request.operation.subMchid) : nothingKnown;
      return requestMessage({ request, known, breakGlass, escalation, texts, permalink: workspace.permalink });
    }
    const { id, state, counts, round } = request;
    const now = clock.now();
    const facts = {
      firstNumbers: await ledger.bulk.firstNumbers(id, numbersShown),
      firstExcluded: counts.excluded > 0 ? await ledger.bulk.firstExcluded(id, numbersShown) : [],
      previousResults: state === "pending" ? await ledger.bulk.previousResults(id, numbersShown) : [],
      ended: state === "approved" ? await ledger.bulk.endedSince(id, now - paceMs, round > 1) : undefined,
      retryable: state === "done" && counts.failed > 0 ? await ledger.bulk.retryable(id) : 0,
    };
    return bulkMessage({ request, facts, place, breakGlass, escalation, texts, now });
  }

  /** @throws SlackAway where the bot does not know its own workspace yet, which is part of the link */
  return async (request: RequestView, place: Surface = "channel"): Promise<Message> => {
    const message = await messageOf(request, place);
    if (place === "channel") return message;
    await workspace.identity();
    const link = messageLink(request, { texts, permalink: workspace.permalink });
    if (link === undefined) return message;
    const line = isBulk(request) ? texts.bulk.inChannel(link) : texts.request.inChannel(link);
    return { ...message, blocks: [...message.blocks, context(line)] };
  };
}

export function createPostContent(
  needs: PostContentNeeds & { people: Pick<People, "grantsOf" | "names">; command: string },
) {
  const { ledger, workspace, people, texts, clock, command } = needs;
  const requestContent = createRequestContent(needs);

  async function outcomeContent(request: RequestView, round: number): Promise<Message> {
    if (isBulk(request)) return bulkOutcomeMessage(request, await ledger.bulk.failures(request.id), texts);
    const result = round > 0 ? await ledger.operations.resultOfRound(request.operation.id, round) : undefined;
    return outcomeMessage(request, result, texts);
  }

  async function file(request: RequestView, { name, of, text }: ListFile): Promise<Content> {
    const lines = [byteOrderMark, csvLine(texts.bulk.file.columns)];
    for (let afterSeq = 0; ; ) {
      const rows = await ledger.bulk.results(request.id, { of, afterSeq, max: rowsAtOnce });
      lines.push(...rows.map((row) => csvLine(resultFields(row, texts, workspace.knownName))));
      const last = rows.at(-1);
      if (!last || rows.length < rowsAtOnce) break;
      afterSeq = last.seq;
    }
    const filename = `${name}-${request.action.toLowerCase()}-${dayOf(request.createdAt)}.csv`;
    return { kind: "file", text, filename, file: Buffer.from(lines.join("")) };
  }

  /** Nothing where the role was granted to them again meanwhile. */
  async function grantEndedContent(notice: GrantEnded, userId: string): Promise<Message | undefined> {
    const { grants, groupsUnknown } = await people.grantsOf(userId);
    const through = grants.filter(({ role }) => role === notice.role);
    if (through.some(({ holder }) => holder.kind === "user")) return undefined;
    const name = await people.names(through.map(({ holder }) => holder));
    return grantEndedMessage(notice, { through, groupsUnknown, name }, texts);
  }

  async function noticeContent(post: ClaimedPost, request: RequestView | undefined): Promise<Message | undefined> {
    const { notice, channelId } = post;
    if (!notice) throw new Error(`the ledger has a notice that tells nothing: ${post.id}`);
    if (notice.about === "grant-ended") return grantEndedContent(notice, channelId);
    if (!request) throw new Error(`the ledger has a notice about no request: ${post.id}`);
    // Guests and the like, whom a group that has the role may have in it, hold nothing.
    if (notice.about === "broke-glass" && (await workspace.standing(channelId)) !== "member") return undefined;
    return noticeMessage(notice, { request, command, texts, permalink: workspace.permalink });
  }

  /**
   * What asks people to decide, and nobody has seen yet, is not to ping them once there is nothing to decide; and of
   * several lists that are still to be posted the newest says it all.
   */
  function isTooLate({ kind, round, notice, posted }: ClaimedPost, request: RequestView): boolean {
    const { state, expiresAt, counts } = request;
    if (kind === "list") return posted === undefined && round < counts.excluded;
    const asksToDecide = kind === "copy" || notice?.about === "reminder" || notice?.about === "escalated";
    return asksToDecide && posted === undefined && (state !== "pending" || expiresAt <= clock.now());
  }

  /** Resolves to nothing where there is nothing to post any more. @throws where the ledger has no request for the post: a bug */
  return async (post: ClaimedPost): Promise<{ content: Content; threadTs: string | undefined } | undefined> => {
    const request = post.requestId === undefined ? undefined : await ledger.requests.find(post.requestId);
    if (request && isTooLate(post, request)) return undefined;
    if (post.kind === "notice") {
      const message = await noticeContent(post, request);
      const isInThread = request !== undefined && post.channelId === request.channelId;
      return (
        message && { content: { kind: "message", ...message }, threadTs: isInThread ? request.messageTs : undefined }
      );
    }
    if (!request) throw new Error(`the ledger has a post of a request that it does not have: ${post.requestId}`);
    const threadTs = request.messageTs;
    const { thread } = texts.bulk;
    switch (post.kind) {
      case "message":
      case "copy": {
        const place = post.kind === "copy" ? "elsewhere" : "channel";
        return { content: { kind: "message", ...(await requestContent(request, place)) }, threadTs: undefined };
      }
      case "outcome":
        return { content: { kind: "message", ...(await outcomeContent(request, post.round)) }, threadTs };
      case "list": {
        const { action, counts } = request;
        const asked = { name: "asked", text: thread.list(action, counts.total) };
        const remaining = { name: "remaining", text: thread.remaining(stillIn(request), counts.excluded) };
        const list = counts.excluded === 0 ? asked : remaining;
        return { content: await file(request, { ...list, of: "still-in" }), threadTs };
      }
      case "not-started": {
        const text = thread.notStartedList(request.counts.cancelled, command);
        return { content: await file(request, { name: "not-started", text, of: "not-started" }), threadTs };
      }
      case "results":
        return { content: await file(request, { name: "results", text: thread.results, of: "all" }), threadTs };
      default:
        return post.kind satisfies never;
    }
  };
}

/** @param nameOf what a person is called: a reader of the file sees no mentions */
function resultFields(
  row: OperationResult,
  { bulk, guidance, request }: Texts,
  nameOf: Workspace["knownName"],
): (string | number)[] {
  const { subMchid, state, excludedBy, attempts, endedAt, result } = row;
  const { outcomes } = bulk.file;
  const failure = state === "failed" && result && result.kind !== "accepted" ? guide(result) : undefined;
  const why = failure ? guidance[failure.topic].happened : "";
  const said = result?.kind === "refused" ? [result.message, result.status, result.code] : [];
  const outcome = failure?.isCertain === false ? outcomes.uncertain : outcomes[state];
  return [
    subMchid,
    request.verb[row.action],
    excludedBy === undefined ? outcome : outcomes.leftOut,
    excludedBy === undefined ? why : bulk.file.excludedBy(nameOf(excludedBy)),
    failure ? guidance[failure.topic].todo : "",
    said.filter((part) => part !== undefined).join(" · "),
    result && "requestId" in result ? (result.requestId ?? "") : "",
    // One beyond these only wrote down that the last never ended.
    Math.min(attempts, begunMax),
    endedAt === undefined ? "" : beijingTime(endedAt).replace("T", " ").slice(0, 19),
  ];
}
