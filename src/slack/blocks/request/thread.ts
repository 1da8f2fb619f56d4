/** The thread's message when a request ends: names the requester, and adds guidance if the request failed. */
import type { KnownBlock, RichTextBlock } from "@slack/types";
import type { AttemptResult } from "../../../domain/attempt-result.ts";
import type { Step } from "../../../domain/goldplan/objects.ts";
import type { Reopening } from "../../../domain/goldplan/reopening.ts";
import { guide, hasTheirForm } from "../../../domain/guidance.ts";
import { dayOf } from "../../../domain/time/beijing-time.ts";
import type { RequestView } from "../../../ledger/queries/request-view.ts";
import type { PreviousResult } from "../../../ledger/queries/status.ts";
import type { Texts } from "../../../text/en/catalogue.ts";
import { type Message, section } from "../elements.ts";
import { merchant } from "../merchant.ts";
import { code, date, shortened, user } from "../mrkdwn.ts";
import { type NameOf, undoneOutcome } from "./decision.ts";
import { emptyPageBlocks, isHalfDone } from "./goldplan.ts";
import { lastOf } from "./outcome-line.ts";

/** How a round of a request for one sub-merchant ended. */
export interface RoundOutcome {
  /** The result of its last attempt, and the step that this made. */
  result: AttemptResult;
  step: Step;
  /** After receipts alone were opened, where 点金计划 is switched too: what the bot last did with it. */
  goldplan?: PreviousResult | undefined;
  /** When 点金计划 can be opened that this bot closed less than 24 hours ago. */
  reopening?: Reopening | undefined;
}

/**
 * @param ended how the round of this message ended; undefined for a request that was rejected or expired.
 */
export function outcomeMessage(
  request: RequestView,
  ended: RoundOutcome | undefined,
  texts: Texts,
  nameOf: NameOf,
): Message {
  const { operation, requestedBy } = request;
  const person = user(requestedBy);
  const number = merchant(operation, texts);
  if (!ended) {
    const line =
      request.state === "expired"
        ? texts.thread.expired(request, person, number)
        : texts.thread.rejected(request, person, number, deciderNames(request, texts, nameOf));
    return undoneOutcome(request, line);
  }
  const { result, step } = ended;
  const retried = retriedLines(request, texts, nameOf);
  if (result.kind === "accepted") {
    const line = texts.thread.succeeded(request, person, number);
    const lines = [line, ...knownLines(ended, texts), ...retried];
    return { text: line, blocks: [section(lines.join("\n")), ...emptyPageBlocks(request, texts)] };
  }
  const { topic, actor, retry, isCertain } = guide(result);
  const { happened } = texts.guidance[topic];
  const { thread } = texts;
  const [failed, uncertain] = isHalfDone({ ...request, step })
    ? [texts.goldplan.thread.halfDone, texts.goldplan.thread.halfUncertain]
    : [thread.failed, thread.uncertain];
  const headline = (isCertain ? failed : uncertain)(request, person, number);
  const opensAgain = ended.reopening
    ? [texts.goldplan.reopensFrom(date(ended.reopening.closedAt), date(ended.reopening.from))]
    : [];
  const lines = [
    headline,
    `*${thread.whatHappened}* ${[happened, ...opensAgain, ...evidence(result, texts)].join(texts.between)}`,
    `*${thread.whoActs}* ${thread.actor[actor](person)}`,
    `*${thread.whatToDo}* ${todoAfter(result, texts)}`,
    `*${thread.tryingAgain}* ${thread.again[retry]}`,
    ...retried,
  ];
  return {
    text: [headline, happened].join(texts.between),
    blocks: [section(lines.join("\n")), ...theirWords(result, texts)],
  };
}

/** After receipts alone were opened: what the bot knows of 点金计划, without which no receipt appears. */
function knownLines({ goldplan: known }: RoundOutcome, { goldplan }: Texts): string[] {
  if (!known) return [];
  const { lastSet } = known;
  if (!lastSet) return [goldplan.known.unknown];
  return [(lastSet.action === "OPEN" ? goldplan.known.open : goldplan.known.closed)(date(lastOf(lastSet)))];
}

/** Who rejected a request. */
export function deciderNames({ decision }: RequestView, texts: Texts, nameOf: NameOf): string {
  return (decision?.by ?? []).map(nameOf).join(texts.list);
}

/** Who pressed Retry last; no line if nobody did. */
export function retriedLines({ retried }: RequestView, { thread }: Texts, nameOf: NameOf): string[] {
  return retried ? [thread.retriedBy(nameOf(retried.by))] : [];
}

/**
 * The answer's own message. It is foreign text, so it is shown as rich text, in which Slack does not interpret markup.
 * @param max characters of the message
 */
export function theirWords(result: AttemptResult, { thread }: Texts, max = Number.POSITIVE_INFINITY): KnownBlock[] {
  if (
    result.kind === "accepted" ||
    result.kind === "unreachable" ||
    result.kind === "unfinished" ||
    result.kind === "unapproved"
  )
    return [];
  const { requestId } = result;
  const said =
    result.kind === "refused"
      ? [shortened(result.message ?? "", max), [result.status, result.code].filter(Boolean).join(" ")]
      : [];
  if (result.kind === "unverified") said.push(`HTTP ${result.status}`);
  const says = hasTheirForm(result) ? thread.weChatPaySays : thread.answerSays;
  const parts: RichTextBlock["elements"][number] = {
    type: "rich_text_section",
    elements: [{ type: "text", text: says(said.filter(Boolean).join(" · ")) }],
  };
  if (requestId) {
    parts.elements.push(
      { type: "text", text: ` · ${thread.requestId} ` },
      { type: "text", text: requestId, style: { code: true } },
      { type: "text", text: ` ${thread.forSupport}` },
    );
  }
  return [{ type: "rich_text", elements: [parts] }];
}

/** What to do next. */
export function todoAfter(failure: Exclude<AttemptResult, { kind: "accepted" }>, texts: Texts): string {
  const { topic, waitUntil } = guide(failure);
  return waitUntil === undefined ? texts.guidance[topic].todo : texts.thread.wait(date(waitUntil));
}

/**
 * Details beyond the topic of the last attempt.
 * @param quoted marks foreign text; by default as Slack's code
 */
export function evidence(result: AttemptResult, texts: Texts, quoted = code): string[] {
  return [...ofLast(result, texts, quoted), ...(result.mayHaveActedBefore ? [texts.thread.mayHaveActedBefore] : [])];
}

type Quoted = (text: string) => string;

function ofLast(result: AttemptResult, texts: Texts, quoted: Quoted): string[] {
  if (result.kind === "unreachable") return connection(result, texts, quoted);
  if (result.kind !== "refused" && result.kind !== "unverified") return [];
  const said = clock(result.clockAheadMs, texts);
  if (result.kind === "refused") return said;
  const { why, probe, serial, contentEncoding } = result;
  if (why === "missing" || why === "wrong-signature") said.push(texts.unverified.why[probe ? "probe" : why]);
  if (serial !== undefined) said.push(texts.unverified.serial(quoted(serial), signerOf(serial)));
  if (contentEncoding !== undefined) said.push(texts.unverified.contentEncoding(quoted(contentEncoding)));
  return said;
}

function connection(
  { why, cause }: Extract<AttemptResult, { kind: "unreachable" }>,
  texts: Texts,
  quoted: Quoted,
): string[] {
  if (cause?.host === undefined) return [];
  const facts = {
    host: quoted(cause.host),
    proxy: cause.proxy === undefined ? undefined : quoted(cause.proxy),
    code: cause.code,
    status: cause.status,
    reason: cause.reason === undefined ? undefined : quoted(cause.reason),
    date: cause.at === undefined ? undefined : dayOf(cause.at),
  };
  return [(texts.connection[why] ?? texts.connection.other)(facts)];
}

/** WeChat Pay names its public keys `PUB_KEY_ID_…`, and its platform certificates by serial number. */
function signerOf(serial: string): "public-key" | "platform-certificate" {
  return serial.startsWith("PUB_KEY_ID_") ? "public-key" : "platform-certificate";
}

function clock(aheadMs: number | undefined, { thread }: Texts): string[] {
  if (aheadMs === undefined) return [];
  const minutes = Math.round(Math.abs(aheadMs) / 60_000);
  return minutes === 0 ? [] : [thread.clock(minutes, aheadMs > 0 ? "ahead" : "behind")];
}
