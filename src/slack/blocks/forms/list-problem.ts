/** Entries of a list that were not read as numbers, with the reason, as text for people. */
import type { ListProblem } from "../../../parsing/number-list/parsed-line.ts";
import type { Texts } from "../../../text/en/catalogue.ts";
import { foreign } from "../mrkdwn.ts";

/** With its line number, as in the form's preview. */
export function problemLine(wrong: ListProblem, texts: Texts): string {
  return texts.form.line(wrong.line, sentence(wrong, texts));
}

function sentence(wrong: ListProblem, { form: { problem }, problem: words }: Texts): string {
  switch (wrong.problem) {
    case "not-digits": {
      if (!wrong.wrong) return problem.notDigits(foreign(wrong.text));
      const { character, place } = wrong.wrong;
      const named = /\p{L}/u.test(character) ? words.letter(character) : words.sign(foreign(character));
      return problem.wrongCharacter(foreign(wrong.text), named, place);
    }
    case "too-short":
      return problem.tooShort(foreign(wrong.text));
    case "too-long":
      return problem.tooManyDigits(foreign(wrong.text), wrong.digits);
    case "date":
      return problem.date(foreign(wrong.text));
    case "ours":
      return problem.ours(wrong.text);
    case "grouped":
      return problem.grouped(foreign(wrong.text), wrong.joined);
    case "several-numbers":
      return problem.severalNumbers(foreign(wrong.text));
    case "shortened":
      return problem.shortened(foreign(wrong.text));
    case "range":
      return problem.range(foreign(wrong.text));
    case "abbreviated":
      return problem.abbreviated(foreign(wrong.text));
    case "excepted":
      return problem.excepted(foreign(wrong.text));
    case "other-label":
      return problem.otherLabel(foreign(wrong.text), foreign(wrong.label));
    case "no-number":
      return problem.noNumber(foreign(wrong.text));
    case "other-column":
      return problem.otherColumn(foreign(wrong.text));
    case "several-columns":
      return problem.severalColumns(foreign(wrong.text));
    case "longer-than-head":
      return problem.longerThanHead(foreign(wrong.text));
    case "above-head":
      return problem.aboveHead(foreign(wrong.text));
    case "within-quotes":
      return problem.withinQuotes(foreign(wrong.text));
    default:
      return wrong satisfies never;
  }
}
