/** Texts for approvals, reminders and the forms in which an approver decides, in English. */
import type { Action } from "../../domain/attempt-result.ts";

const titles: Record<Action, string> = { OPEN: "open receipts", CLOSE: "close receipts" };

const alone = (person: string) => `🚨 Break glass by ${person}, without a second person`;
const confirmBreakGlass = (action: Action, whom: string) => ({
  title: `Break glass: ${titles[action]} for ${whom}?`,
  text: "The bot calls WeChat Pay at once, without a second person. The message says so, every approver is told, and the audit trail marks it.",
  confirm: "Break glass",
});

export const approvals = {
  reasonMissing: "Say why: a reason is needed here.",
  needsReason: (example: string) => `A reason is needed here, behind the number: \`${example}\`. Nothing was recorded.`,
  needed: (count: number) => `${count} approvals are needed`,
  missing: (count: number) => (count === 1 ? "1 more approval is needed" : `${count} more approvals are needed`),
  given: (person: string, when: string) => `✅ Approved by ${person}, ${when}`,
  at: (person: string, when: string) => `${person} (${when})`,
  oneOfSeveral: (count: number) =>
    `This request needs ${count} approvals, and yours is one of them. With the last one, the bot calls WeChat Pay at once.`,
  lastOfSeveral: "Yours is the last approval needed: the bot calls WeChat Pay at once.",
  /** What whoever approves is told of earlier approvals. */
  lapsed: (people: string) => `${people}'s approval no longer counts: they may not approve any more.`,
  yoursCounts: (count: number) =>
    `Yours counts; ${count === 1 ? "1 more approval is needed" : `${count} more approvals are needed`}.`,
  countedBefore: (when: string, count: number) =>
    `You approved this already, ${when}. ${count === 1 ? "1 more approval is needed" : `${count} more approvals are needed`}, and each has to come from somebody else.`,
  approverUnknown: (person: string) =>
    `Slack did not tell the bot who is in the user groups that hold roles, so it cannot know whether the approval of ${person} still counts. Nothing was changed; please press again in a minute.`,
  breakGlass: "Break glass",
  confirmBreakGlass: (action: Action, subMchid: string) => confirmBreakGlass(action, subMchid),
  confirmBreakGlassForMany: (action: Action, count: number) =>
    confirmBreakGlass(action, count === 1 ? "1 sub-merchant" : `${count} sub-merchants`),
  workingAlone: (person: string) => `_working_ · ${alone(person)}`,
  alone,
  brokeGlassBefore: (person: string, when: string) =>
    `${person}, who asked for this, broke the glass and carried it out without a second person, ${when}.`,
  breakGlassOff: "Nobody may break the glass here any more. An approver can decide on this request.",
  breakGlassNotYours: (submitter: string) =>
    `Break glass is for ${submitter} only, who asked for this. You can approve or reject it.`,
  breakGlassNeedsReason:
    "Without a reason nobody may break the glass. Withdraw this request, and ask again with the reason behind the number.",
  tellBrokeGlass: (person: string, link: string | undefined) =>
    `${alone(person)}${link ? ` (${link})` : ""}. You are told because you are an approver. If it was not right, talk to them, and ask for the opposite.`,
};

export const reminders = {
  firstReminder: (when: string) => `Approvers are reminded ${when}`,
  lastReminder: (when: string) => `Approvers were last reminded ${when}`,
  nextReminder: (when: string) => `next ${when}`,
  escalates: (when: string) => `on-call group to be told ${when}`,
  escalated: (when: string) => `on-call group told ${when}`,
  reminder: (person: string, since: string, until: string, link: string | undefined) =>
    `Asked for by ${person}, ${since}, and waits for a decision until ${until}${link ? ` (${link})` : ""}.`,
  endReminders: (command: string) =>
    `You are reminded because you are an approver. \`${command} notify off\` ends that.`,
  toGroup: (group: string, since: string, until: string) =>
    `${group} this has waited for a decision since ${since}, and expires ${until}. An approver decides with the buttons of the message above.`,
};

export const preferences = {
  stands: {
    on: (command: string) =>
      `You get each request that waits for approvers as a direct message, and reminders of it. \`${command} notify off\` ends both.`,
    off: (command: string) =>
      `You get neither requests nor reminders as direct messages, and can decide all the same. \`${command} notify on\` brings both.`,
    default: (command: string) =>
      `You get reminders of requests that wait for approvers, and not the requests themselves. \`${command} notify on\` brings these too, \`${command} notify off\` ends the reminders.`,
  },
  brokenGlass: "A broken glass is told to every approver in any case.",
};

const past: Record<Action, string> = { OPEN: "opened", CLOSE: "closed" };

const some = (numbers: string, more: number) => (more > 0 ? `${numbers} and ${more} more` : numbers);

export const decisionForms = {
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
