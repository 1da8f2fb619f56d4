/** CSV files of a request's sub-merchants: the list itself, those not started, and the results. */
import { stillIn } from "../../domain/approval.ts";
import { beijingTime, dayOf } from "../../domain/beijing-time.ts";
import { guide } from "../../domain/guidance.ts";
import { begunMax } from "../../domain/retry-policy.ts";
import { byteOrderMark, csvLine } from "../../ledger/audit/csv-writer.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Listed, OperationResult } from "../../ledger/queries/bulk-request.ts";
import type { RequestView } from "../../ledger/queries/request-view.ts";
import type { Texts } from "../../text/en/catalogue.ts";
import type { Workspace } from "../api/workspace.ts";

export interface ListFileNeeds {
  ledger: Pick<Ledger, "bulk">;
  workspace: Pick<Workspace, "knownName">;
  texts: Texts;
  /** The slash command that the file's line names. */
  command: string;
}

/** A file as the thread shows it, with a line about it. */
export interface ListFile {
  text: string;
  filename: string;
  file: Buffer;
}

/** Operations that are read for a file at a time. */
const rowsAtOnce = 1_000;

/** The sub-merchants that a decision is about, as submitted or after exclusions. */
export function listFile(needs: ListFileNeeds, request: RequestView): Promise<ListFile> {
  const { thread } = needs.texts.bulk;
  const { action, counts } = request;
  return counts.excluded === 0
    ? write(needs, request, { name: "asked", of: "still-in", text: thread.list(action, counts.total) })
    : write(needs, request, {
        name: "remaining",
        of: "still-in",
        text: thread.remaining(stillIn(request), counts.excluded),
      });
}

export function notStartedFile(needs: ListFileNeeds, request: RequestView): Promise<ListFile> {
  const text = needs.texts.bulk.thread.notStartedList(request.counts.cancelled, needs.command);
  return write(needs, request, { name: "not-started", of: "not-started", text });
}

export function resultsFile(needs: ListFileNeeds, request: RequestView): Promise<ListFile> {
  return write(needs, request, { name: "results", of: "all", text: needs.texts.bulk.thread.results });
}

async function write(
  { ledger, workspace, texts }: ListFileNeeds,
  request: RequestView,
  { name, of, text }: { name: string; of: Listed; text: string },
): Promise<ListFile> {
  const lines = [byteOrderMark, csvLine(texts.bulk.file.columns)];
  for (let afterSeq = 0; ; ) {
    const rows = await ledger.bulk.results(request.id, { of, afterSeq, max: rowsAtOnce });
    lines.push(...rows.map((row) => csvLine(resultFields(row, texts, workspace.knownName))));
    const last = rows.at(-1);
    if (!last || rows.length < rowsAtOnce) break;
    afterSeq = last.seq;
  }
  const filename = `${name}-${request.action.toLowerCase()}-${dayOf(request.createdAt)}.csv`;
  return { text, filename, file: Buffer.from(lines.join("")) };
}

/** @param nameOf a person's name: readers of the file see no mentions */
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
    // One more attempt only recorded that the last one never ended.
    Math.min(attempts, begunMax),
    endedAt === undefined ? "" : beijingTime(endedAt).replace("T", " ").slice(0, 19),
  ];
}
