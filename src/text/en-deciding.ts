/** The forms in which an approver decides, in English. What a modal shows beside its fields is plain. */
import type { Action } from "../domain/attempt-result.ts";

const past: Record<Action, string> = { OPEN: "opened", CLOSE: "closed" };

const some = (numbers: string, more: number) => (more > 0 ? `${numbers} and ${more} more` : numbers);

export const deciding = {
  notOpened: "Slack did not let the bot open the form in time. Nothing was changed; please press again.",
  reject: {
    title: "Reject",
    consequence: (action: Action) => `Nothing is then ${past[action]}. Whoever still wants it has to ask again.`,
    why: "Why",
    whyHint: "It stands in the request's message, and the requester is told.",
    submit: "Reject",
  },
  leaveOut: {
    title: "Leave out",
    consequence: (action: Action) =>
      `What is left out is not ${past[action]}; whoever still wants it has to ask again. The rest waits for a decision as before.`,
    which: "Which to leave out",
    choose: "Choose",
    chooseHint: "Type some of its digits to find one.",
    pasteHint:
      "Paste the numbers: one a line, or with blanks or commas between them, or straight from a spreadsheet. For more than 3,000 characters, leave out in several goes.",
    submit: "Leave out",
    nothingChosen: "Say which: a sub-merchant's number is needed here.",
    notUnderstood: (count: number, lines: string) =>
      count === 1
        ? `In line ${lines} there is something that is no sub-merchant's number. Correct it, or take it out.`
        : `${count} things here are no sub-merchant's number. Correct them, or take them out, beginning with these lines: ${lines}.`,
    notInIt: (count: number, numbers: string, more: number) =>
      count === 1 ? `${numbers} is not in this request.` : `${count} are not in this request: ${some(numbers, more)}.`,
    before: (count: number, numbers: string, more: number) =>
      count === 1 ? `${numbers} was left out already.` : `${count} were left out already: ${some(numbers, more)}.`,
    nothingLeft: "That is all that is left of this request. Reject the request instead.",
    oneLeft: "This request is for one sub-merchant only, so there is nothing to leave out. Reject the request instead.",
  },
};
