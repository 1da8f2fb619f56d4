/** Explains what is wrong with a typed command, and how to type it. */
import { type CommandProblem, parseCommand, type Verb } from "../../parsing/command/command.ts";
import { firstObject } from "../../parsing/command/objects.ts";
import type { PossibleReason } from "../../parsing/command/open-close.ts";
import { firstWord } from "../../parsing/command/tokens.ts";
import { subMchidMax } from "../../parsing/number-list/grammar.ts";
import { readSubMchid } from "../../parsing/number-list/sub-mchid.ts";
import { typedText } from "../../parsing/slack-text.ts";
import { example, type Typing } from "../blocks/example-commands.ts";
import { foreign, requestNumber, shortened } from "../blocks/mrkdwn.ts";

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

/** Maximum numbers in an example. */
const numbersShown = 3;

/** @param typed the command's text, as Slack sends it */
export function problemAnswer(wrong: CommandProblem, typed: string, typing: Typing): string {
  const line = problemLine(wrong, typed, typing);
  const isHarmless = "verb" in wrong && wrong.problem !== "unknown-verb" && readOnlyVerbs.has(wrong.verb);
  return isHarmless ? line : [line, typing.texts.problem.nothingRecorded].join("\n");
}

function problemLine(wrong: CommandProblem, text: string, typing: Typing): string {
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
    case "no-action":
      return noActionLine(wrong, text, typing);
    case "no-number":
      return problem.noNumber(example(wrong.verb, typing));
    case "no-text":
      return problem.noText(example(wrong.verb, typing));
    case "not-digits": {
      const pattern = example(wrong.verb, typing);
      if (!wrong.wrong) return problem.notDigits(foreign(wrong.text), pattern);
      return problem.wrongCharacter(
        foreign(wrong.text),
        characterName(wrong.wrong, typing),
        wrong.wrong.place,
        pattern,
      );
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
      return problem.secondNumber(wrong.first, foreign(wrong.second), asReason(wrong, typing), command);
    case "second-mistyped":
      return problem.secondMistyped(foreign(wrong.text), characterName(wrong.wrong, typing), asReason(wrong, typing));
    case "number-in-reason":
      return problem.numberInReason(
        wrong.second,
        example(wrong.verb, typing, `${wrong.first} ${wrong.second}`),
        command,
      );
    case "reason-too-long":
      return problem.reasonTooLong(wrong.length, wrong.max, withShortReason(wrong, text, typing));
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
      return problem.unknownFilter(
        foreign(wrong.text),
        typing.ticket,
        example(wrong.verb, typing),
        `${command} ${typed.verb[wrong.verb]} ${requestNumber(1_042)}`,
      );
    case "filter-twice":
      return problem.filterTwice(foreign(wrong.text), example(wrong.verb, typing));
    case "not-a-span":
      return problem.notASpan(foreign(wrong.text), `${command} ${typed.verb[wrong.verb]} 7d`);
    case "not-a-moment":
      return problem.notAMoment(foreign(wrong.text), example(wrong.verb, typing));
    case "unknown-choice":
      return problem.unknownChoice(foreign(wrong.text), example(wrong.verb, typing));
    case "too-much":
      return problem.tooMuch(
        foreign(wrong.text),
        withoutExtra(text, wrong.text, typing) ?? example(wrong.verb, typing),
      );
    default:
      return wrong satisfies never;
  }
}

/** An object without `open` or `close` after it, in the words that were typed. */
function noActionLine(
  { object, subMchid }: Extract<CommandProblem, { problem: "no-action" }>,
  text: string,
  typing: Typing,
): string {
  const { problem, typed } = typing.texts;
  const after = firstObject(text)?.rest ?? "";
  const named = foreign(typedText(text.slice(0, text.length - after.length))) || typed.object[object];
  const [word, rest] = firstWord(after);
  const number = readSubMchid(typedText(firstWord(rest)[0]));
  const like = (verb: "open" | "close") =>
    example(verb, typing, subMchid ?? (number.ok ? number.subMchid : undefined), object);
  if (word === "" || subMchid !== undefined) return problem.noAction(named, like("open"), like("close"));
  const instead = retyped(after, typing);
  return problem.wrongAction(named, foreign(typedText(word)), like("open"), like("close"), instead);
}

/** The command with a short reason: the part before the last characters of the long one still has its numbers. */
function withShortReason({ verb, length }: { verb: Verb; length: number }, text: string, typing: Typing): string {
  const parsed = parseCommand(text.trimEnd().slice(0, -length));
  const what = parsed.ok && parsed.command.kind === "change" ? parsed.command : undefined;
  const numbers = what?.subMchids.slice(0, numbersShown).join(" ");
  return example(verb, { ...typing, reason: "required" }, numbers, what?.named);
}

/** The command without the text after its end; undefined if that cannot be shown. */
function withoutExtra(text: string, extra: string, typing: Typing): string | undefined {
  const whole = text.trimEnd();
  if (!whole.endsWith(extra)) return undefined;
  return retyped(whole.slice(0, -extra.length).replace(/[\s\p{P}]+$/u, ""), typing);
}

/**
 * A command as it was typed; undefined if it is none, or if code cannot show it, because it has a mention or is too
 * long.
 */
function retyped(text: string, { command }: Typing): string | undefined {
  const typed = `${command} ${typedText(text).trim()}`;
  return !parseCommand(text).ok || /[<>`]/.test(text) || shortened(typed) !== typed ? undefined : foreign(typed);
}

function characterName({ character }: { character: string }, { texts: { problem } }: Typing): string {
  return /\p{L}/u.test(character) ? problem.letter(character) : problem.sign(foreign(character));
}

/** Maximum characters of a reason that is shown again to be pasted. */
const pastedMax = 1_000;

/** The whole command, with a word at the beginning of its reason. */
function asReason(
  { verb, numbers, reason, hasTicket }: PossibleReason & { verb: Verb },
  { command, ticket, texts: { problem, typed } }: Typing,
): string {
  const words = [command, typed.verb[verb], ...numbers, problem.reasonWord, foreign(reason, pastedMax)];
  return [...words, ...(ticket === undefined || hasTicket ? [] : [ticket])].join(" ");
}
