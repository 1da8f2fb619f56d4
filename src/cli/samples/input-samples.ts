/** Sample values for the texts about what people type and upload, and what is wrong with it. */
import { roles } from "../../domain/policy.ts";
import { commandTextMax } from "../../slack/payloads/payloads.ts";
import type { Texts } from "../../text/en/catalogue.ts";

/** Not the default, so that the test finds texts that ignore SLACK_COMMAND. */
export const sampleCommand = "/shop";

export function inputSamples(texts: Texts): Record<string, readonly unknown[]> {
  return {
    "problem.wrongCharacter.character": [
      texts.problem.letter("O"),
      texts.problem.letter("元"),
      texts.problem.sign("/"),
    ],
    "form.problem.wrongCharacter.character": [texts.problem.letter("O"), texts.problem.sign("/")],
    "form.tooMany.count": [10_001],
    "problem.tooManyNumbers.count": [21],
    "problem.commandTooLong.length": [120_001],
    "problem.commandTooLong.max": [commandTextMax],
    "form.moreProblems.more": [5],
    "problem.number": ["1900000109"],
    "problem.secondNumber.asReason": [
      `${sampleCommand} ${texts.typed.verb.open} 1900000109 ${texts.problem.reasonWord} 4711`,
    ],
    "problem.secondMistyped.asReason": [
      `${sampleCommand} ${texts.typed.verb.open} 1900000109 ${texts.problem.reasonWord} A-12345678`,
    ],
    "problem.secondMistyped.text": ["A-12345678"],
    "problem.secondMistyped.character": [texts.problem.letter("A"), texts.problem.sign("#")],
    "problem.notRestrictable.role": roles.filter((role) => role !== "requester"),
    "form.problem.otherColumn.name": ["服务商号", "B"],
    "form.problem.markedNo.mark": ["是否开通 = 否"],
    "form.problem.unanswered.header": ["是否开通"],
    "form.problem.formula.cell": ["B3"],
    "form.problem.otherSheet.name": ["十一月", "Sheet2"],
    "form.problem.hiddenRows.first": ["1900000109 1900000110", ""],
    "form.problem.struckRows.first": ["1900000109 1900000110", ""],
    "form.problem.hiddenColumn.letter": ["C"],
    "form.columnOf.name": ["服务商号", "B"],
    "form.columnNumbered.name": ["服务商号", "B"],
    "form.problem.grouped.joined": ["1900000109"],
    "problem.grouped.joined": ["1900000109"],
    "problem.unknownVerb.verb": ["opne"],
    "problem.byButton.word": ["approve"],
    "problem.byButton.button": ["Approve"],
    "problem.noAction.object": [texts.typed.object.goldplan],
    "problem.wrongAction.object": [texts.typed.object.goldplan],
    "problem.wrongAction.word": [texts.typed.verb.status],
    "problem.unknownFilter.ticket": ["OPS-4711", undefined],
  };
}
