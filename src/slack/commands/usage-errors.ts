/** Explains what is wrong with a typed command, and how to type it. */
import type { CommandProblem, Verb } from "../../parsing/command/command.ts";
import { subMchidMax } from "../../parsing/number-list/grammar.ts";
import { example, type Typing } from "../blocks/example-commands.ts";
import { foreign } from "../blocks/mrkdwn.ts";

/** Commands that never record anything, for which the note that nothing was recorded would be confusing. */
const readOnlyVerbs: ReadonlySet<Verb> = new Set([
  "status",
  "history",
  "pending",
  "find",
  "names",
  "export",
  "roles",
  "help",
]);

export function problemAnswer(wrong: CommandProblem, typing: Typing): string {
  const line = problemLine(wrong, typing);
  const isHarmless = "verb" in wrong && wrong.problem !== "unknown-verb" && readOnlyVerbs.has(wrong.verb);
  return isHarmless ? line : [line, typing.texts.problem.nothingRecorded].join("\n");
}

function problemLine(wrong: CommandProblem, typing: Typing): string {
  const { command, texts } = typing;
  const { problem, typed } = texts;
  switch (wrong.problem) {
    case "unknown-verb":
      return problem.unknownVerb(foreign(wrong.verb), example("open", typing), command);
    case "by-button":
      return problem.byButton(
        foreign(wrong.word),
        wrong.button === "stop" ? texts.bulk.stop : texts.button[wrong.button],
        command,
      );
    case "no-verb":
      return problem.noVerb(
        wrong.subMchid,
        example("open", typing, wrong.subMchid),
        example("close", typing, wrong.subMchid),
      );
    case "no-action": {
      const named = (verb: "open" | "close") => example(verb, typing, wrong.subMchid, wrong.object);
      return problem.noAction(typed.object[wrong.object], named("open"), named("close"));
    }
    case "no-number":
      return problem.noNumber(example(wrong.verb, typing));
    case "no-text":
      return problem.noText(example(wrong.verb, typing));
    case "not-digits": {
      const pattern = example(wrong.verb, typing);
      if (!wrong.wrong) return problem.notDigits(foreign(wrong.text), pattern);
      const { character, place } = wrong.wrong;
      const name = /\p{L}/u.test(character) ? problem.letter(character) : problem.sign(foreign(character));
      return problem.wrongCharacter(foreign(wrong.text), name, place, pattern);
    }
    case "too-long":
      return problem.tooLong(wrong.digits, subMchidMax, example(wrong.verb, typing));
    case "several-numbers":
      return problem.severalNumbers(foreign(wrong.text), foreign(wrong.joint), example(wrong.verb, typing));
    case "grouped":
      return problem.grouped(foreign(wrong.text), wrong.joined, example(wrong.verb, typing, wrong.joined));
    case "date":
      return problem.date(foreign(wrong.text), example(wrong.verb, typing));
    case "shortened":
      return problem.shortened(foreign(wrong.text), example(wrong.verb, typing));
    case "range":
      return problem.range(foreign(wrong.text), example(wrong.verb, typing));
    case "abbreviated":
    case "incomplete":
      return problem.abbreviated(foreign(wrong.text), example(wrong.verb, typing));
    case "excepted":
      return problem.excepted(foreign(wrong.text), example(wrong.verb, typing));
    case "other-label":
      return problem.otherLabel(foreign(wrong.text), foreign(wrong.label), example(wrong.verb, typing));
    case "our-number":
      return problem.ourNumber(wrong.subMchid, example(wrong.verb, typing));
    case "second-number":
      return problem.secondNumber(wrong.first, wrong.second, typed.verb[wrong.verb], command, typing.ticket);
    case "number-in-reason":
      return problem.numberInReason(
        wrong.second,
        example(wrong.verb, typing, `${wrong.first} ${wrong.second}`),
        command,
      );
    case "reason-too-long":
      return problem.reasonTooLong(wrong.length, wrong.max, example("open", { ...typing, reason: "required" }));
    case "no-person":
      return problem.noPerson(example(wrong.verb, typing));
    case "not-a-person":
      return problem.notAPerson(foreign(wrong.text), example(wrong.verb, typing));
    case "no-role":
      return problem.noRole(example(wrong.verb, typing));
    case "unknown-role":
      return problem.unknownRole(foreign(wrong.text), example(wrong.verb, typing));
    case "unclear-terms":
      return problem.unclearTerms(foreign(wrong.text), command);
    case "time-too-long":
      return problem.timeTooLong(foreign(wrong.text), example(wrong.verb, typing));
    case "too-many-numbers":
      return problem.tooManyNumbers(wrong.count, wrong.max, command);
    case "not-restrictable":
      return problem.notRestrictable(
        wrong.role,
        `${command} ${typed.verb.grant} @name ${typed.role[wrong.role]} ${typed.term} 8h`,
      );
    case "unknown-filter":
      return problem.unknownFilter(foreign(wrong.text), example(wrong.verb, typing));
    case "filter-twice":
      return problem.filterTwice(foreign(wrong.text), example(wrong.verb, typing));
    case "not-a-span":
      return problem.notASpan(foreign(wrong.text), `${command} ${typed.verb[wrong.verb]} 7d`);
    case "not-a-moment":
      return problem.notAMoment(foreign(wrong.text), example(wrong.verb, typing));
    case "unknown-choice":
      return problem.unknownChoice(foreign(wrong.text), example(wrong.verb, typing));
    case "too-much":
      return problem.tooMuch(foreign(wrong.text), example(wrong.verb, typing));
    default:
      return wrong satisfies never;
  }
}
