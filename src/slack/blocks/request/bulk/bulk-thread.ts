/** The thread's message when a bulk request ends: the three counts, and what to do about each kind of failure. */
import type { KnownBlock } from "@slack/types";
import { certainlyFailed, stillIn } from "../../../../domain/approval.ts";
import { guide } from "../../../../domain/guidance.ts";
import type { OutcomeGroup } from "../../../../ledger/queries/bulk/outcomes.ts";
import type { RequestView } from "../../../../ledger/queries/request-view.ts";
import type { Texts } from "../../../../text/en/catalogue.ts";
import { type Message, section } from "../../elements.ts";
import { merchantList } from "../../merchant.ts";
import { user } from "../../mrkdwn.ts";
import { type NameOf, peopleMax, undoneOutcome } from "../decision.ts";
import { emptyPageBlocks } from "../goldplan.ts";
import { deciderNames, evidence, retriedLines, theirWords, todoAfter } from "../thread.ts";

/**
 * Maximum kinds of failure in the thread, the largest first, and sub-merchants listed for each; the file contains all
 * of them.
 */
export const failuresShown = { groups: 10, samples: 10 };
/** Maximum characters of WeChat Pay's message for each kind. */
const theirWordsMax = 200;
/** Slack refuses larger messages; see "Block Kit". */
const jsonMax = 12_500;

/** What the thread shows beyond the request's counts. */
export interface BulkThreadFacts {
  failures: readonly OutcomeGroup[];
  /**
   * After receipts alone were opened, where 点金计划 is switched too: for how many of them this bot has not opened it.
   * Undefined otherwise.
   */
  withoutGoldPlan: number | undefined;
}

export function bulkThreadMessage(
  request: RequestView,
  { failures, withoutGoldPlan }: BulkThreadFacts,
  texts: Texts,
  nameOf: NameOf,
): Message {
  const { counts, requestedBy, state, excludedBy } = request;
  const { thread } = texts.bulk;
  const person = user(requestedBy);
  const count = stillIn(request);
  // Only the requester is mentioned here; a mention would notify the others.
  const excluders = excludedBy.slice(0, peopleMax).map(nameOf).join(texts.list);
  const leftOut = counts.excluded > 0 ? [thread.leftOut(counts.excluded, excluders)] : [];
  if (state === "rejected")
    return undoneOutcome(
      request,
      thread.rejected(request, person, count, deciderNames(request, texts, nameOf)),
      ...leftOut,
    );
  if (state === "expired") return undoneOutcome(request, thread.expired(request, person, count), ...leftOut);
  const { succeeded, uncertain } = counts;
  const headline =
    succeeded === count
      ? thread.allDone(request, person, count)
      : thread.someDone(request, person, succeeded, count, certainlyFailed(counts), uncertain);
  const goldplan = withoutGoldPlan === undefined ? [] : [texts.goldplan.known.many(withoutGoldPlan)];
  const lines = [
    headline,
    // Whoever presses Retry at once may be faster than the report of the round before.
    ...(counts.open > 0 ? [thread.unfinished(counts.open)] : []),
    ...goldplan,
    ...notStartedLines(request, texts, nameOf),
    ...leftOut,
    ...retriedLines(request, texts, nameOf),
  ];
  const blocks: KnownBlock[] = [section(lines.join("\n"))];
  for (const group of failures.slice(0, failuresShown.groups)) {
    const whole = groupBlocks(group, person, texts);
    // Text that does not fit is shortened; the file contains all of it.
    const fitting = [whole, whole.slice(0, 1)].find((more) => JSON.stringify([...blocks, ...more]).length <= jsonMax);
    blocks.push(...(fitting ?? []));
  }
  if (succeeded > 0) blocks.push(...emptyPageBlocks(request, texts));
  return { text: headline, blocks };
}

/** How many a stop, or the end of a hold, left undone, and how to request them again. */
function notStartedLines({ state, notStarted, resubmissions }: RequestView, texts: Texts, nameOf: NameOf): string[] {
  const { stopped, stoppedBy, expired } = notStarted;
  const { thread } = texts.bulk;
  const { expiredOfMany, expiredBefore } = texts.held.thread;
  const stoppers = stoppedBy.slice(0, peopleMax).map(nameOf).join(texts.list);
  // While the request runs again, there is no button.
  const hasNoButton = state !== "done" || resubmissions.length > 0;
  if (stopped > 0 && expired > 0) {
    const stillNeeded = hasNoButton ? [] : [thread.stillNeeded(stopped + expired)];
    return [thread.notStartedBefore(stopped, stoppers), expiredBefore(expired), ...stillNeeded];
  }
  if (stopped > 0) return [(hasNoButton ? thread.notStartedBefore : thread.notStarted)(stopped, stoppers)];
  return expired > 0 ? [expiredOfMany(expired)] : [];
}

/** @param person the requester */
function groupBlocks({ topic, count, first, example }: OutcomeGroup, person: string, texts: Texts): KnownBlock[] {
  const { short, happened, todo } = texts.guidance[topic];
  const { group, groupNumbers, example: forExample } = texts.bulk.thread;
  const { whoActs, actor } = texts.thread;
  const failure = example?.kind === "accepted" ? undefined : example;
  const details = failure ? evidence(failure, texts).join(texts.between) : "";
  const lines = [
    group(count, short),
    groupNumbers(merchantList(first, texts), count - first.length),
    [
      happened,
      ...(details === "" ? [] : [count === 1 ? details : forExample(details)]),
      failure ? todoAfter(failure, texts) : todo,
    ].join(texts.between),
    ...(failure ? [`*${whoActs}* ${actor[guide(failure).actor](person)}`] : []),
  ];
  return [section(lines.join("\n")), ...(example ? theirWords(example, texts, theirWordsMax) : [])];
}
