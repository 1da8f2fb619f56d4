/** What the bot answers to one person alone, in English: refusals, what is wrong with a command, and help. */
import type { Role, Standing } from "../../domain/policy.ts";
import { typedWords } from "../typed-words.ts";
import { roleAnswers, roleHelp, roleProblems, roleRefusals, rolesList } from "./roles.ts";

const { reason } = typedWords("en");

export const answers = {
  refusal: {
    standing: {
      guest: "Guests of this workspace cannot use this bot. Ask a member of the team to do it for you.",
      deactivated: "This account is deactivated, so it cannot use this bot. Ask an admin of the workspace.",
      bot: "Bots cannot use this bot. A person of the team has to ask.",
      stranger: "Only people of this workspace can use this bot. Ask your contact here to do it for you.",
    } satisfies Record<Exclude<Standing, "member">, string>,
    ...roleRefusals,
    needsAnyRole: (self: string, command: string, admins: string | undefined) =>
      admins
        ? `You need a role to look into the ledger, whichever. ${admins} can give you one: ${command} grant ${self} requester`
        : "You need a role to look into the ledger, and nobody can give one yet: whoever operates this bot has to name the first admins in `RECEIPT_ADMINS`.",
    ownRequest: (approvers: string | undefined) =>
      approvers
        ? `You asked for this, so somebody else has to decide. Approvers: ${approvers}.`
        : "You asked for this, so somebody else has to decide. There is no other approver yet: ask an admin to grant the role.",
    notYourRequest: (submitter: string) =>
      `Only ${submitter}, who asked for this, can withdraw it. An approver can reject it.`,
    or: " or ",
  },

  answer: {
    openAlready: (number: string, person: string, when: string, link: string | undefined) =>
      `There is already a request for ${number}, by ${person}, ${when}${link ? ` (${link})` : ""}. It has to end first: be decided, withdrawn or carried out. Nothing was recorded.`,
    notInChannel: (bot: string, command: string) =>
      `I am not in this channel yet. Type \`/invite @${bot}\` here, then try \`${command}\` again. Nothing was recorded.`,
    channelNotMine: (channels: string, command: string) =>
      `\`${command}\` does not work in this channel, but in ${channels}. Nothing was recorded.`,
    needsChannel: (command: string) =>
      `\`${command}\` needs a channel, so that a colleague can approve. Type it in the team's channel, or ask whoever operates this bot to set \`RECEIPT_CHANNELS\`. Nothing was recorded.`,
    postedElsewhere: (channel: string) => `Your request stands in ${channel}, where an approver decides on it.`,
    ledgerAway: "The ledger cannot be reached right now. Nothing was recorded; please try again in a minute.",
    ledgerAwayAtClick: "The ledger cannot be reached right now. Nothing was changed; please press again in a minute.",
    ledgerUnsure:
      "The ledger was lost at the very moment of writing, so it is not certain whether this was recorded. If its message does not appear within a minute, please try again; nothing is done twice.",
    ledgerUnsureAtClick:
      "The ledger was lost at the very moment of writing, so it is not certain whether your click counted. If the message does not change within a minute, please press again; nothing is done twice.",
    slackAway:
      "Slack did not tell the bot what it needs to know about you and this channel. Nothing was recorded; please try again in a minute.",
    slackAwayAtClick: "Slack did not answer. Nothing was changed; please press again in a minute.",
    slackAwayAtForm: "Slack did not answer. Nothing was recorded; please try again in a minute.",
    slow: "The bot is slow to answer just now. If no message appears within a minute, nothing was recorded: please try again then.",
    slowToDecide:
      "The bot is slow to answer just now. If the message does not change within a minute, nothing was changed: please try again then.",
    failed:
      "Something went wrong in the bot, and it has been logged. Please look at the request's message before you try again; if it happens again, tell whoever operates the bot.",
    ...roleAnswers,
  },

  notices: {
    roleEnded: (role: Role, when: string) =>
      `Your role *${role}* ended, as it was granted to: ${when}. If you still need it, ask an admin.`,
    /** Where the role stays by other grants. */
    grantEnded: (role: Role, when: string, groups: string) =>
      `Your own grant of the role *${role}* ended, as it was granted to: ${when}. You still have the role through ${groups}.`,
    groupWithTerms: (group: string, terms: string) => `${group} (${terms})`,
    /** Where Slack does not tell whether the role stays. */
    roleMayHaveEnded: (role: Role, when: string) =>
      `Your own grant of the role *${role}* ended, as it was granted to: ${when}. If a user group gives you the role too, you still have it; if not, and you still need it, ask an admin.`,
  },

  roles: rolesList,

  problem: {
    unknownVerb: (verb: string, example: string, command: string) =>
      `\`${verb}\` is not a command. Try \`${example}\`, or \`${command} help\` for everything.`,
    noVerb: (number: string, open: string, close: string) =>
      `What should happen to \`${number}\`? Say \`${open}\` or \`${close}\`.`,
    noNumber: (example: string) => `The sub-merchant's number is missing. Try \`${example}\``,
    notDigits: (text: string, example: string) =>
      `\`${text}\` is not a sub-merchant number. Numbers are digits only: \`${example}\``,
    wrongCharacter: (text: string, character: string, place: number, example: string) =>
      `\`${text}\` is not a sub-merchant number: it has ${character} at place ${place}. Numbers are digits only: \`${example}\``,
    letter: (character: string) => `the letter ${character}`,
    sign: (character: string) => `the sign ${character}`,
    tooLong: (digits: number, max: number, example: string) =>
      `That number has ${digits} digits; a sub-merchant's has ${max} at most. Try \`${example}\``,
    severalNumbers: (text: string, joint: string, example: string) =>
      `\`${text}\` looks like several numbers joined by \`${joint}\`. Put blanks between them. One by itself is written so: \`${example}\``,
    secondNumber: (first: string, second: string, verb: string, command: string) =>
      `Is \`${second}\` a second sub-merchant, beside \`${first}\`? They are of different form, so this has to be said: if it belongs to the reason, begin the reason with a word, \`${command} ${verb} ${first} contract ${second}\`; if it is a sub-merchant, use the form that \`${command}\` opens.`,
    numberInReason: (second: string, several: string, before: string) =>
      `\`${second}\` stands in the reason, so it would not be asked for. If it is a sub-merchant to ask for, put it right after the first: \`${several}\`; if it belongs to the reason, put a word before it: \`${before} see ${second}\``,
    reasonTooLong: (length: number, max: number, example: string) =>
      `The reason has ${length} characters; ${max} is the most. Keep it short and put the rest in the thread: \`${example}\``,
    ...roleProblems,
    unknownFilter: (text: string, example: string) =>
      `\`${text}\` is not a filter. There are a number, @name, open or close, failed, and 7d: \`${example}\``,
    filterTwice: (text: string, example: string) =>
      `\`${text}\` is a second filter of its kind. One of each, please: \`${example}\``,
    notASpan: (text: string, example: string) =>
      `\`${text}\` is not a time span here. Use hours or days, as \`12h\` or \`7d\`: \`${example}\``,
    notAMoment: (text: string, example: string) =>
      `\`${text}\` is not a time. Write a day as 2026-11-01, or how long ago as 30d: \`${example}\``,
    unknownChoice: (text: string, example: string) => `\`${text}\` is neither on nor off. Try \`${example}\``,
    tooMuch: (text: string, example: string) => `\`${text}\` is more than this command takes. Try \`${example}\``,
    nothingRecorded: "Nothing was recorded.",
  },

  help: {
    title: "*Merchant receipts (商家小票): open and close*",
    lines: {
      change: [
        [`open 1900000109 ${reason.OPEN}`, "asks for receipts to be opened; the reason is optional"],
        ["open 1900000109 1900000110 spring campaign", "asks for several in one request"],
        ["close 1900000109", "asks for receipts to be closed; here, too, for one or several"],
      ],
      changeWithReason: [
        [`open 1900000109 ${reason.OPEN}`, "asks for receipts to be opened; a reason is needed"],
        ["open 1900000109 1900000110 spring campaign", "asks for several in one request"],
        [`close 1900000109 ${reason.CLOSE}`, "asks for receipts to be closed, for one or several; a reason is needed"],
      ],
      form: [["", "opens a form for many: numbers pasted, or a CSV file"]],
      notify: [
        ["notify on", "sends you each request as a direct message; `notify off` ends reminders too"],
        ["notify", "shows which of these you chose"],
      ],
      look: [
        ["status 1900000109", "what the bot last set, and what is under way"],
        ["history", "what was asked for; filters in any order: `1900000109 @name open failed 7d`, or `12h`"],
        ["pending", "what waits for a decision"],
      ],
      roles: [
        ...roleHelp.admin,
        ["export 30d", "sends you the audit trail as CSV; or from and to: `2026-11-01 2026-11-15`"],
      ],
      ownRoles: roleHelp.own,
      always: [["help", "shows this"]],
    } as Record<
      "change" | "changeWithReason" | "form" | "notify" | "look" | "roles" | "ownRoles" | "always",
      [example: string, meaning: string][]
    >,
    decide: "You may decide: press *Approve* or *Reject* on a request's message.",
    yourRoles: (roles: readonly Role[]) => `Your roles: ${roles.map((role) => `*${role}*`).join(", ")}.`,
    noRoles: (admins: string | undefined) =>
      admins
        ? `You have no role yet. ${admins} can give you one.`
        : "You have no role yet, and nobody can give one: whoever operates this bot has to set `RECEIPT_ADMINS`.",
  },
};
