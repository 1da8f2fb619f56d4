/** Columns such as `是否开通` with `是` and `否`, by which a table says which of its rows are meant. */
import type { Action } from "../../../domain/attempt-result.ts";
import { bareHeader } from "../../column-headers.ts";
import { type Item, reported } from "../parsed-line.ts";
import { actionIn, actionWords, aroundAction, otherAction, wordsOf } from "./action-words.ts";

const question = "(?:是否|要不要|需不需要|本次|此次|should|whether|is|\\s)*";
const ofAction = (words: string) => new RegExp(`^${question}${aroundAction}(?:${words})${aroundAction}吗?$`, "iu");
const headers: Readonly<Record<Action, RegExp>> = {
  OPEN: ofAction(actionWords.OPEN),
  CLOSE: ofAction(actionWords.CLOSE),
};
/** Of either action. `是否直营` and the like say nothing about a request. */
const neutral = ofAction(
  "处理|操作|办理|执行|申请|需要|参[与加]|(?:审批|审核)(?:结果|意见|状态)?|process|apply|include|approved",
);

/** Marks on lines of text as well as in cells; Slack writes emoji as `:x:`. */
const ticks = ["√", "✓", "✔", "☑", "✅", ":white_check_mark:", ":heavy_check_mark:"];
const crosses = ["×", "✗", "✘", "✖", "❌", "❎", ":x:", ":heavy_multiplication_x:"];

const yes = new RegExp(
  `^(?:是的?|要|需要?|对|可以?|同意|(?:审[批核])?已?通过|approved|y|yes|ok|t|true|1|v|${ticks.join("|")}|○|\\[x\\]|:ballot_box_with_check:)(?:[\\s(（,，:：].*)?$`,
  "iu",
);
const no = new RegExp(
  `^(?:否|不是?|不要|不需要?|不可以?|不同意|(?:审[批核])?[不未]通过|驳回|拒绝|rejected|n|no|f|false|0|x|${crosses.join("|")}|☐|\\[ ?\\])$`,
  "iu",
);

/** A row that lists a number, and not an empty one or a title. */
const listed = /[0-9０-９]{8}/u;

/**
 * Reports the numbers of the rows that such a column does not clearly mean, if it tells rows apart: with both answers,
 * or with one beside other words, such as `待定` and `-`, or beside empty cells. `否` can also be what the merchant's
 * switch is now, so rows with any answer are reported if the header names the other action than the request's, except
 * those to which another column says yes. With the same answer in all rows, all are meant, or none would be listed.
 * Lines of text with ✅ and ❌ are all reported: the marks may say what is to be done or what has been done.
 */
export function answersOf(
  rows: readonly (readonly string[])[],
  action: Action | undefined,
): (items: readonly Item[], cells: readonly string[]) => Item[] {
  const columns = action === undefined ? [] : columnsIn(rows, action);
  const marks = new Set(rows.map(markOf));
  const areMixed = ticks.some((mark) => marks.has(mark)) && crosses.some((mark) => marks.has(mark));
  return (items, cells) => {
    const mark = areMixed ? markOf(cells) : undefined;
    if (mark) return items.map((item) => reported(item, { problem: "marked-no", words: mark }));
    if (columns.length === 0) return [...items];
    const words = answersIn(cells);
    const isMeant = columns.some(({ at, isOther }) => !isOther && isYes(words[at] ?? "", action));
    for (const { at, header, isOther } of columns) {
      const answer = words[at] ?? "";
      const isNo = isOther
        ? yes.test(answer) || (no.test(answer) && !isMeant)
        : no.test(answer) || (isTableRow(cells) && answer !== "" && answer !== header && !isYes(answer, action));
      if (isNo) return items.map((item) => reported(item, { problem: "marked-no", words: `${header} = ${answer}` }));
      if (!isOther && isEmpty(cells, at))
        return items.map((item) => reported(item, { problem: "unanswered", words: header }));
    }
    return [...items];
  };
}

const anyMark = [...ticks, ...crosses].join("|");
const markFirst = new RegExp(`^[\\s\\-–*•]*(?:[0-9]{1,3}[.)、）])?\\s*(${anyMark})`, "u");
const markLast = new RegExp(`(${anyMark})\\s*$`, "u");

/** The mark at the beginning or end of a line of text that lists a number: `✅ 1900000109`. */
function markOf(cells: readonly string[]): string | undefined {
  const [line = "", ...others] = cells;
  if (others.length > 0 || !listed.test(line)) return undefined;
  const plain = line.replaceAll("\ufe0f", "");
  return (markFirst.exec(plain) ?? markLast.exec(plain))?.[1];
}

interface AnswerColumn {
  at: number;
  header: string;
  /** Whether the header names the other action than the request's. */
  isOther: boolean;
}

function columnsIn(rows: readonly (readonly string[])[], action: Action): AnswerColumn[] {
  const table = rows.map(answersIn);
  const found = new Map<number, AnswerColumn>();
  rows.forEach((cells, nth) => {
    table[nth]?.forEach((header, at) => {
      // Below its header, `开通` is an answer.
      if (found.has(at)) return;
      // The last word of a line in a text is a header only if it asks: `请开通` may stand above any list.
      if (cells.length === 1 && !/^(?:是否|要不要)/u.test(header)) return;
      const name = bareHeader(header)
        .replace(/[\p{P}\p{S}]+/gu, " ")
        .trim();
      const isOther = headers[otherAction[action]].test(name);
      if (isOther || headers[action].test(name) || neutral.test(name)) found.set(at, { at, header, isOther });
    });
  });
  return [...found.values()].filter(({ at }) => {
    const answers = rows.flatMap((cells, nth) => {
      const answer = table[nth]?.[at] ?? "";
      const isAnswer = isTableRow(cells) || yes.test(answer) || no.test(answer);
      return isAnswer && cells.some((cell) => listed.test(cell)) ? [answer] : [];
    });
    return new Set(answers).size > 1 && answers.some((answer) => yes.test(answer) || no.test(answer));
  });
}

function isYes(answer: string, action: Action | undefined): boolean {
  return yes.test(answer) || actionIn(answer, action) === "own";
}

/** As `wordsOf`, without the mark by which ✔ becomes an emoji. */
function answersIn(cells: readonly string[]): string[] {
  return wordsOf(cells).map((word) => word.replaceAll("\ufe0f", ""));
}

/** Of a line that is not divided into cells, the last word may also be a name. */
function isTableRow(cells: readonly string[]): boolean {
  return cells.length > 1;
}

function isEmpty(cells: readonly string[], at: number): boolean {
  return isTableRow(cells) && (cells[at] ?? "").trim() === "";
}
