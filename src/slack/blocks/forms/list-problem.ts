/** Entries of a list that were not read as numbers, with the reason, as text for people. */
import type { ListProblem } from "../../../parsing/number-list/parsed-line.ts";
import type { Texts } from "../../../text/en/catalogue.ts";
import { foreign, shortened } from "../mrkdwn.ts";

/** With its line number if it has one, as in the form's preview. */
export function problemLine(wrong: ListProblem, texts: Texts): string {
  return atItsLine(wrong, sentence(wrong, texts, foreign), texts);
}

/** The same without markup, for the terminal and for the message next to a field. */
export function plainProblemLine(wrong: ListProblem, texts: Texts): string {
  return atItsLine(wrong, sentence(wrong, texts, shortened).replaceAll("`", ""), texts);
}

function atItsLine({ line }: ListProblem, words: string, { form }: Texts): string {
  return line === 0 ? words : form.line(line, words);
}

function sentence(
  wrong: ListProblem,
  { form: { problem }, problem: words }: Texts,
  shown: (text: string) => string,
): string {
  switch (wrong.problem) {
    case "not-digits": {
      if (!wrong.wrong) return problem.notDigits(shown(wrong.text));
      const { character, place } = wrong.wrong;
      const named = /\p{L}/u.test(character) ? words.letter(character) : words.sign(shown(character));
      return problem.wrongCharacter(shown(wrong.text), named, place);
    }
    case "too-short":
      return problem.tooShort(shown(wrong.text));
    case "too-long":
      return problem.tooManyDigits(shown(wrong.text), wrong.digits);
    case "date":
      return problem.date(shown(wrong.text));
    case "ours":
      return problem.ours(wrong.text);
    case "grouped":
      return problem.grouped(shown(wrong.text), wrong.joined);
    case "several-numbers":
      return problem.severalNumbers(shown(wrong.text));
    case "shortened":
      return problem.shortened(shown(wrong.text));
    case "range":
      return problem.range(shown(wrong.text));
    case "abbreviated":
    case "incomplete":
      return problem.abbreviated(shown(wrong.text));
    case "excepted":
      return problem.excepted(shown(wrong.text));
    case "other-label":
      return problem.otherLabel(shown(wrong.text), shown(wrong.label));
    case "sum":
      return problem.sum(shown(wrong.text));
    case "other-action":
      return problem.otherAction(shown(wrong.text), shown(wrong.words.replace(/[\s:：]+$/u, "")));
    case "marked-no":
      return problem.markedNo(shown(wrong.text), shown(wrong.words));
    case "unanswered":
      return problem.unanswered(shown(wrong.text), shown(wrong.words));
    case "unlisted":
      return problem.unlisted(shown(wrong.text));
    case "no-number":
      return problem.noNumber(shown(wrong.text));
    case "other-column":
      return problem.otherColumn(shown(wrong.text));
    case "several-columns":
      return problem.severalColumns(shown(wrong.text));
    case "longer-than-head":
      return problem.longerThanHead(shown(wrong.text));
    case "above-head":
      return problem.aboveHead(shown(wrong.text));
    case "within-quotes":
      return problem.withinQuotes(shown(wrong.text));
    case "formula":
      return problem.formula(shown(wrong.text));
    case "hidden-rows":
      return problem.hiddenRows(wrong.count, shown(wrong.text));
    case "struck-rows":
      return problem.struckRows(wrong.count, shown(wrong.text));
    case "hidden-column":
      return problem.hiddenColumn(shown(wrong.text));
    case "other-sheet":
      return problem.otherSheet(shown(wrong.text));
    default:
      return wrong satisfies never;
  }
}
