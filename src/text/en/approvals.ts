/** Texts for approvals, reminders and the forms in which an approver decides, in English. */
import type { Change } from "../../domain/goldplan/change.ts";
import { figure } from "../figure.ts";
import { beforeClosing, capital, does, past, subject } from "./goldplan/change.ts";
import { merchants, some } from "./phrases.ts";

/** @param approvers who had approved before; undefined if nobody had, or if one approval is enough */
const alone = (person: string, approvers?: string) =>
  `🚨 Break glass by ${person}, ${approvers === undefined ? "without a second person" : `approved only by ${approvers}`}`;
const confirmBreakGlass = (change: Change, whom: string) => ({
  title: `Break glass: ${does(change)} for ${whom}?`,
  text: beforeClosing(
    change,
    "The bot calls WeChat Pay immediately, without further approval. The message says so, every approver is notified, and the audit trail records it.",
  ),
  confirm: "Break glass",
});

export const approvals = {
  reasonMissing: "Enter a reason. It is required.",
  needsTicket: (ticket: string, example: string) =>
    `The reason must contain a ticket, like this: \`${ticket}\`. For example: \`${example}\`. Nothing was recorded.`,
  needsReason: (example: string) => `Add a reason after the number: \`${example}\`. Nothing was recorded.`,
  needed: (count: number) => `${figure(count)} approvals are required`,
  missing: (count: number) =>
    count === 1 ? "1 more approval is required" : `${figure(count)} more approvals are required`,
  given: (person: string, when: string) => `✅ Approved by ${person}, ${when}`,
  at: (person: string, when: string) => `${person} (${when})`,
  oneOfSeveral: (count: number) =>
    `This request needs ${figure(count)} approvals, including yours. After the last approval, the bot calls WeChat Pay immediately.`,
  lastOfSeveral: "Yours is the last approval required. The bot calls WeChat Pay immediately.",
  /** Tells an approver about earlier approvals that lapsed. */
  lapsed: (people: string) => `The approval by ${people} no longer counts, because they can no longer approve.`,
  yoursCounts: (count: number) =>
    `Your approval counts; ${count === 1 ? "1 more approval is required" : `${figure(count)} more approvals are required`}.`,
  countedBefore: (when: string, count: number) =>
    `You already approved this, ${when}. ${count === 1 ? "1 more approval is required, from someone else" : `${figure(count)} more approvals are required, from other people`}.`,
  approverUnknown: (person: string) =>
    `Slack did not list the members of the user groups with roles, so the bot cannot check whether the approval by ${person} still counts. Nothing was changed; press again in a minute.`,
  breakGlass: "Break glass",
  confirmBreakGlass: (change: Change, subMchid: string) => confirmBreakGlass(change, subMchid),
  confirmBreakGlassForMany: (change: Change, count: number) => confirmBreakGlass(change, merchants(count)),
  workingAlone: (person: string, approvers?: string) => `_working_ · ${alone(person, approvers)}`,
  alone,
  brokeGlassBefore: (person: string, approvers: string | undefined, when: string) =>
    `The requester, ${person}, used break glass to run this ${approvers === undefined ? "without a second person" : `with only the approval by ${approvers}`}, ${when}.`,
  breakGlassOff: "Break glass is no longer available here. An approver can decide on this request.",
  breakGlassNotYours: (submitter: string) =>
    `Only the requester, ${submitter}, can use break glass here. You can approve or reject the request.`,
  breakGlassNeedsReason: "Break glass requires a reason. Withdraw this request and submit a new one with a reason.",
  tellBrokeGlass: (person: string, approvers: string | undefined, link: string | undefined) =>
    `${alone(person, approvers)}${link ? ` (${link})` : ""}. You receive this because you are an approver. If this was wrong, talk to the requester and submit a request to reverse it.`,
};

export const reminders = {
  firstReminder: (when: string) => `Approvers are reminded ${when}`,
  lastReminder: (when: string) => `Approvers were last reminded ${when}`,
  nextReminder: (when: string) => `next ${when}`,
  escalates: (when: string) => `on-call group is notified ${when} if undecided`,
  escalated: (when: string) => `on-call group was notified ${when}`,
  reminder: (person: string, since: string, until: string, link: string | undefined) =>
    `Requested by ${person}, ${since}; decide by ${until}${link ? ` (${link})` : ""}.`,
  endReminders: (command: string) =>
    `You receive this reminder because you are an approver. To stop reminders, type \`${command} notify off\`.`,
  toGroup: (group: string, since: string, until: string) =>
    `${group} this request has been waiting for a decision since ${since} and expires ${until}. An approver can decide with the buttons on the message above.`,
};

export const preferences = {
  stands: {
    on: (command: string) =>
      `You receive each request that is waiting for approvers, and its reminders, as direct messages. To stop both, type \`${command} notify off\`.`,
    off: (command: string) =>
      `You receive neither requests nor reminders as direct messages; you can still decide. To receive both, type \`${command} notify on\`.`,
    default: (command: string) =>
      `You receive reminders of requests that are waiting for approvers, but not the requests themselves. To receive the requests too, type \`${command} notify on\`; to stop reminders, type \`${command} notify off\`.`,
  },
  brokenGlass: "Every approver is notified when break glass is used.",
};

export const decisionForms = {
  notOpened: "The form could not be opened in time. Nothing was changed; press again.",
  reject: {
    title: "Reject",
    consequence: (change: Change) =>
      `Nothing will be ${past(change)}. If this is still needed, someone has to submit a new request.`,
    why: "Reason",
    whyHint: "The request's message shows it, and the requester is notified.",
    submit: "Reject",
  },
  leaveOut: {
    title: "Leave out",
    consequence: (change: Change) =>
      `${capital(subject(change))} will not be ${past(change)} for the sub-merchants you leave out; they need a new request. The rest still waits for a decision.`,
    which: "Sub-merchants to leave out",
    choose: "Choose",
    chooseHint: "Type some digits to find a number.",
    pasteHint:
      "Paste the numbers: one per line, separated by spaces or commas, or straight from a spreadsheet. If they exceed 3,000 characters, leave them out in several steps.",
    submit: "Leave out",
    nothingChosen: "Enter at least one sub-merchant number.",
    notUnderstood: (count: number, first: string) =>
      count === 1
        ? `Nothing was left out. Correct or remove this first: ${first}.`
        : `Nothing was left out. Correct or remove ${figure(count)} entries first, starting with this one: ${first}.`,
    severalColumns: "More than one column contains numbers. Copy only the column with the sub-merchant numbers.",
    notInIt: (count: number, numbers: string, more: number) =>
      count === 1
        ? `${numbers} is not in this request.`
        : `${figure(count)} are not in this request: ${some(numbers, more)}.`,
    before: (count: number, numbers: string, more: number) =>
      count === 1
        ? `${numbers} is already left out.`
        : `${figure(count)} are already left out: ${some(numbers, more)}.`,
    /** Follows the last two. */
    nothingDone: "Nothing was left out.",
    nothingLeft: "These are all the remaining sub-merchants of this request. Reject the request instead.",
    oneLeft: "This request has only one sub-merchant, so there is nothing to leave out. Reject the request instead.",
  },
};
