/**
 * The text in a thread instead of a file that Slack does not accept: the reason, once, and the numbers as far as they
 * fit.
 */
import type { Ledger } from "../../ledger/ledger.ts";
import type { Listed, OperationResult } from "../../ledger/queries/bulk/results.ts";
import type { RequestView } from "../../ledger/queries/request-view.ts";
import type { Texts } from "../../text/en/catalogue.ts";
import { type Message, section } from "../blocks/elements.ts";
import { code, foreign, requestNumber } from "../blocks/mrkdwn.ts";
import { outcomeWords } from "./list-file.ts";

export interface ListTextNeeds {
  ledger: Pick<Ledger, "bulk">;
  texts: Texts;
  /** The slash command, which shows all numbers. */
  command: string;
}

/**
 * Maximum characters of numbers in a section, and maximum sections. Together with the surrounding JSON, they stay
 * within Slack's limits.
 */
const sectionMax = 2_800;
const sectionsMax = 3;
/** More numbers than this cannot fit. */
const rowsMax = 1_000;

/**
 * @param list `text` is the line about the file
 * @param refused Slack's error code; undefined if the thread has already shown it
 */
export async function listText(
  { ledger, texts, command }: ListTextNeeds,
  request: RequestView,
  { of, text, count }: { of: Listed; text: string; count: number },
  refused: string | undefined,
): Promise<Message> {
  const { noFiles, numbersThatFit } = texts.bulk.thread;
  const rows = await ledger.bulk.results(request.id, { of, afterSeq: 0, max: rowsMax });
  const groups = Map.groupBy(rows, (row) => (of === "all" ? outcomeWords(row, texts) : ""));
  const sections: string[] = [];
  let shown = 0;
  for (const [outcome, group] of groups)
    for (const lines of linesOf(outcome, group)) {
      if (sections.length === sectionsMax) break;
      sections.push(lines.text);
      shown += lines.count;
    }
  const example = `${command} ${texts.typed.verb.history} ${requestNumber(request.number)}`;
  const blocks = [
    ...(refused === undefined ? [] : [section(noFiles(foreign(refused)))]),
    section(text),
    ...sections.map(section),
    ...(shown < count ? [section(numbersThatFit(shown, count, example))] : []),
  ];
  return { text: refused === undefined ? text : noFiles(foreign(refused)), blocks };
}

/** Numbers under their outcome, in as many parts as their length requires. */
function linesOf(outcome: string, rows: readonly OperationResult[]): { text: string; count: number }[] {
  const parts: { text: string; count: number }[] = [];
  for (const { subMchid } of rows) {
    const number = code(subMchid);
    const last = parts.at(-1);
    if (last && last.text.length + number.length < sectionMax) {
      last.text += ` ${number}`;
      last.count += 1;
    } else parts.push({ text: outcome === "" ? number : `*${outcome}* ${number}`, count: 1 });
  }
  return parts;
}
