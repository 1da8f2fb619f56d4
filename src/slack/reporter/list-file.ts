/** CSV files of a request's sub-merchants: the list itself, those not started, and the results. */
import { stillIn } from "../../domain/approval.ts";
import { type Step, steps, stepsOf } from "../../domain/goldplan/objects.ts";
import { type Guidance, guide } from "../../domain/guidance.ts";
import { begunMax } from "../../domain/retry-policy.ts";
import { beijingTime, dayOf } from "../../domain/time/beijing-time.ts";
import { byteOrderMark, csvLine } from "../../ledger/audit/csv-writer.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Listed, OperationResult } from "../../ledger/queries/bulk/results.ts";
import type { RequestView } from "../../ledger/queries/request-view.ts";
import type { Texts } from "../../text/en/catalogue.ts";
import type { Workspace } from "../api/workspace.ts";
import { evidence } from "../blocks/request/thread.ts";

export interface ListFileNeeds {
  ledger: { bulk: Pick<Ledger["bulk"], "results"> };
  workspace: Pick<Workspace, "knownName">;
  texts: Texts;
  /** The slash command mentioned in the file's line. */
  command: string;
}

/** A file as the thread shows it, with a line about it. */
export interface ListFile {
  text: string;
  filename: string;
  file: Buffer;
}

/** Operations read at a time for a file. */
const rowsAtOnce = 1_000;

/** The sub-merchants that a file lists, and the line about the file. */
export interface ListSpec {
  name: "requested" | "remaining" | "not-started" | "results";
  of: Listed;
  count: number;
  text: string;
}

/**
 * The contents of the files in a request's thread. The list for a decision is as submitted, or as it is after
 * exclusions.
 */
export const listSpecs = {
  list({ texts }: Pick<ListFileNeeds, "texts">, request: RequestView): ListSpec {
    const { thread } = texts.bulk;
    const { counts } = request;
    const count = stillIn(request);
    return counts.excluded === 0
      ? { name: "requested", of: "still-in", count, text: thread.list(request, count) }
      : { name: "remaining", of: "still-in", count, text: thread.remaining(count, counts.excluded) };
  },
  "not-started"({ texts, command }: Pick<ListFileNeeds, "texts" | "command">, { counts }: RequestView): ListSpec {
    const count = counts.cancelled;
    return { name: "not-started", of: "not-started", count, text: texts.bulk.thread.notStartedList(count, command) };
  },
  results({ texts }: Pick<ListFileNeeds, "texts">, { counts }: RequestView): ListSpec {
    const { results, resultsSoFar } = texts.bulk.thread;
    const text = counts.open > 0 ? resultsSoFar(counts.open) : results;
    return { name: "results", of: "all", count: counts.total, text };
  },
};

export async function listFile(
  { ledger, workspace, texts }: ListFileNeeds,
  request: RequestView,
  { name, of, text }: ListSpec,
): Promise<ListFile> {
  // In bytes as soon as they are read: ten thousand lines take several times as much as text.
  const parts = [Buffer.from(byteOrderMark + csvLine(texts.bulk.file.columns))];
  for (let afterSeq = 0; ; ) {
    const rows = await ledger.bulk.results(request.id, { of, afterSeq, max: rowsAtOnce });
    const lines = rows.map((row) => csvLine(resultFields(row, request, texts, workspace.knownName)));
    parts.push(Buffer.from(lines.join("")));
    const last = rows.at(-1);
    if (!last || rows.length < rowsAtOnce) break;
    afterSeq = last.seq;
  }
  const filename = `${name}-${nameOf(request)}-${request.number}-${dayOf(request.createdAt)}.csv`;
  return { text, filename, file: Buffer.concat(parts) };
}

/** @param personName a person's name, because files cannot contain mentions */
function resultFields(
  row: OperationResult,
  { number, ticket, scene }: RequestView,
  texts: Texts,
  personName: Workspace["knownName"],
): (string | number)[] {
  const { bulk, guidance, request, thread } = texts;
  const { subMchid, name, isUnlisted, givenAs, excludedBy, attempts, endedAt, result } = row;
  const failure = failureOf(row);
  const { happened, todo } = failure ? guidance[failure.topic] : { happened: "", todo: "" };
  const details = failure && result ? evidence(result, texts, (text) => text) : [];
  const why = [happened, ...details].join(texts.between);
  const said = result?.kind === "refused" ? [result.message, result.status, result.code] : [];
  return [
    subMchid,
    name ?? (isUnlisted ? texts.merchants.unlistedPlain : ""),
    givenAs ?? "",
    request.verb[row.action],
    outcomeWords(row, texts),
    excludedBy === undefined ? unmarked(why) : bulk.file.excludedBy(personName(excludedBy)),
    failure?.waitUntil === undefined ? unmarked(todo) : thread.wait(`${secondsOf(failure.waitUntil)} (UTC+8)`),
    said.filter((part) => part !== undefined).join(" · "),
    result && "requestId" in result ? (result.requestId ?? "") : "",
    // The additional attempt only recorded that the last one never ended.
    Math.min(attempts, begunMax),
    endedAt === undefined ? "" : secondsOf(endedAt),
    number,
    ticket ?? "",
    ...steps.map((step) => switchWords(row, step, texts)),
    scene === undefined ? "" : bulk.file.scenes[scene],
  ];
}

/** A file shows Slack's code marks as they stand. */
function unmarked(text: string): string {
  return text.replaceAll("`", "");
}

function secondsOf(at: number): string {
  return beijingTime(at).replace("T", " ").slice(0, 19);
}

/** `open`, `open-goldplan`, `open-both`: part of a file's name. */
function nameOf({ action, object }: RequestView): string {
  return [action.toLowerCase(), ...(object === "receipt" ? [] : [object])].join("-");
}

/** What an operation did with one object; empty if it does not switch it. */
function switchWords(row: OperationResult, step: Step, texts: Texts): string {
  const own = stepsOf(row.object);
  if (!own.includes(step)) return "";
  const { outcomes } = texts.bulk.file;
  const [place, reached] = [own.indexOf(step), own.indexOf(row.step)];
  if (place < reached) return outcomes.succeeded;
  // A step that has not begun shares the operation's state, but it neither runs nor fails.
  if (place > reached && row.state === "running") return outcomes.queued;
  if (place > reached && row.state === "failed") return outcomes.cancelled;
  return outcomeWords(row, texts);
}

/** How an operation ended, or its current state, in the words of the file. */
export function outcomeWords(row: OperationResult, { bulk }: Texts): string {
  const { outcomes } = bulk.file;
  if (row.excludedBy !== undefined) return outcomes.leftOut;
  return failureOf(row)?.isCertain === false ? outcomes.uncertain : outcomes[row.state];
}

function failureOf({ state, result }: OperationResult): Guidance | undefined {
  return state === "failed" && result && result.kind !== "accepted" ? guide(result) : undefined;
}
