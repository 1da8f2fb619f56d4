/** What the bot says about reasons and approvals beyond the usual one, in English. */

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
  breakGlassNotYours: (asker: string) =>
    `Break glass is for ${asker} only, who asked for this. You can approve or reject it.`,
  breakGlassNeedsReason:
    "Without a reason nobody may break the glass. Withdraw this request, and ask again with the reason behind the number.",
  tellBrokeGlass: (person: string, link: string | undefined) =>
    `${alone(person)}${link ? ` (${link})` : ""}. You are told because you are an approver. If it was not right, talk to them, and ask for the opposite.`,
};
