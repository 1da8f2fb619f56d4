/** Private answers to one person, in English: refusals and usage errors. */
import type { Role, Standing } from "../../domain/policy.ts";
import { figure } from "../figure.ts";
import { roleAnswers, roleProblems, roleRefusals, rolesList } from "./roles.ts";

export const answers = {
  refusal: {
    standing: {
      guest: "Guests of this workspace cannot use this bot. Ask a member of the team to do it for you.",
      deactivated: "This account is deactivated and cannot use this bot. Ask an admin of the workspace.",
      bot: "Bots cannot use this bot. A member of the team has to submit the request.",
      stranger: "Only members of this workspace can use this bot. Ask your contact here to do it for you.",
    } satisfies Record<Exclude<Standing, "member">, string>,
    ...roleRefusals,
    needsAnyRole: (self: string, command: string, admins: string | undefined) =>
      admins
        ? `You need a role to view the ledger; any role is enough. ${admins} can give you one: ${command} grant ${self} requester`
        : "You need a role to view the ledger, and nobody can grant one yet: the operator of this bot has to name the first admins in `RECEIPT_ADMINS`.",
    ownRequest: (approvers: string | undefined) =>
      approvers
        ? `You requested this, so someone else has to decide. Approvers: ${approvers}.`
        : "You requested this, so someone else has to decide. There is no other approver yet: ask an admin to grant the role.",
    /** Follows the last one while nobody has decided. */
    withdrawOwn: "If you no longer need it, withdraw it with *Withdraw* in its message's ⋯ menu.",
    notYourRequest: (submitter: string) =>
      `Only the requester, ${submitter}, can withdraw this. An approver can reject it.`,
    or: " or ",
  },

  answer: {
    openAlready: (number: string, person: string, when: string, link: string | undefined) =>
      `${number} already has an open request by ${person}, ${when}${link ? ` (${link})` : ""}. It must be decided, withdrawn or completed first. Nothing was recorded.`,
    notInChannel: (bot: string, command: string) =>
      `The bot is not in this channel yet. Type \`/invite @${bot}\` here, then try \`${command}\` again. Nothing was recorded.`,
    channelNotMine: (channels: string, command: string) =>
      `\`${command}\` does not work in this channel. Use it in ${channels}. Nothing was recorded.`,
    needsChannel: (command: string) =>
      `\`${command}\` needs a channel where a colleague can approve. Type it in the team's channel, or ask the operator of this bot to set \`RECEIPT_CHANNELS\`. Nothing was recorded.`,
    postedElsewhere: (channel: string) => `Your request is in ${channel}, where an approver decides on it.`,
    ledgerAway: "The ledger is unavailable right now. Nothing was recorded; try again in a minute.",
    ledgerAwayAtClick: "The ledger is unavailable right now. Nothing was changed; press again in a minute.",
    ledgerUnsure:
      "The connection to the ledger failed during the write, so it is not certain whether this was recorded. If no message appears within a minute, try again; nothing runs twice.",
    ledgerUnsureAtClick:
      "The connection to the ledger failed during the write, so it is not certain whether your click counted. If the message does not change within a minute, press again; nothing runs twice.",
    slackAway:
      "Slack did not return the information that the bot needs about you and this channel. Nothing was recorded; try again in a minute.",
    slackAwayAtClick: "Slack did not answer. Nothing was changed; press again in a minute.",
    slackAwayAtForm: "Slack did not answer. Nothing was recorded; try again in a minute.",
    slackRefusesBot: (error: string) =>
      `Slack refuses this bot's calls (\`${error}\`). Nothing was recorded or changed. Trying again does not help; tell the operator of this bot, who has to fix this.`,
    channelArchived: (channel: string) =>
      `${channel} is archived, so nobody could approve there. Use another channel, or have it unarchived. Nothing was recorded.`,
    slow: "The bot is responding slowly. The answer will follow. If nothing appears within a minute, try again: nothing takes effect twice.",
    slowForm: "This is taking longer than usual. The answer will appear here; you can also close this window.",
    otherVersion:
      "A different version of the bot made this button or form, and this version does not know it. Nothing was recorded or changed. Start again from the request's message or with the command; if that does not help, tell the operator of this bot.",
    otherCommand: (typed: string, command: string) =>
      `The Slack app passes *${typed}* to this bot, but the bot's settings name its command \`${command}\`. Nothing was recorded or changed. Tell the operator of this bot: the Slack app's manifest and \`SLACK_COMMAND\` have to name the same command.`,
    otherShortcut: (command: string) =>
      `This version of the bot does not know this shortcut. Nothing was recorded or changed. Type \`${command}\` instead, and tell the operator of this bot: the Slack app needs the manifest of this version.`,
    doneLate: "Done. The request's message shows the current state.",
    failed:
      "An error occurred in the bot and was logged. Check the request's message before you try again; if the error recurs, tell the operator of this bot.",
    ...roleAnswers,
  },

  notices: {
    /** When Slack permanently refuses the request's message. */
    notPosted: (title: string, channel: string, why: string, until: string | undefined) =>
      `${title}\nSlack does not accept your request's message in ${channel}: ${why}. The request is recorded, but nobody can see it there${until === undefined ? "." : `; without a decision, it expires ${until}.`} The message appears once the channel accepts messages.`,
    notUpdated: (title: string, channel: string, why: string) =>
      `${title}\nSlack does not accept changes to your request's message in ${channel}: ${why}. The message there is out of date; it is updated once the channel accepts messages.`,
    /** Why Slack refuses a message. */
    refusedBecause: {
      archived: "the channel is archived",
      restricted: "only some people may post in the channel",
      notIn: "the bot is not in the channel",
      content: (error: string) => `Slack reports \`${error}\`, which the operator of this bot has to fix`,
    },
    roleGranted: (role: Role, by: string, terms: string | undefined) =>
      `${by} gave you the role *${role}*${terms ? ` (${terms})` : ""}.`,
    roleChanged: (role: Role, by: string, now: string, before: string) =>
      `${by} changed your role *${role}*. Now: ${now}. Before: ${before}.`,
    roleRevoked: (role: Role, by: string) => `${by} revoked your role *${role}*.`,
    stillThrough: (groups: string) => `You still have it through ${groups}.`,
    roleEnded: (role: Role, when: string) =>
      `Your role *${role}* reached its end date, ${when}. If you still need the role, ask an admin.`,
    /** When other grants still give the role. */
    grantEnded: (role: Role, when: string, groups: string) =>
      `Your own grant of the role *${role}* reached its end date, ${when}. You still have the role through ${groups}.`,
    groupWithTerms: (group: string, terms: string) => `${group} (${terms})`,
    /** When Slack does not show whether other grants still give the role. */
    roleMayHaveEnded: (role: Role, when: string) =>
      `Your own grant of the role *${role}* reached its end date, ${when}. If a user group also gives you the role, you still have it; if not, and you still need it, ask an admin.`,
  },

  roles: rolesList,

  problem: {
    unknownVerb: (verb: string, example: string, command: string) =>
      `\`${verb}\` is not a command. Try \`${example}\`, or type \`${command} help\` to see every command.`,
    byButton: (word: string, button: string, command: string) =>
      `\`${word}\` is not a command: use *${button}* on the request's message. \`${command} pending\` lists the requests that wait for a decision, and \`${command} history\` all requests, with links to their messages.`,
    noVerb: (number: string, open: string, close: string) =>
      `The command for \`${number}\` is missing. Type \`${open}\` or \`${close}\`.`,
    /** @param object as it was typed */
    noAction: (object: string, open: string, close: string) =>
      `\`${object}\` needs a command after it: \`${open}\` or \`${close}\`.`,
    /** @param instead the same command without the object, if that is one */
    wrongAction: (object: string, word: string, open: string, close: string, instead: string | undefined) =>
      `\`${word}\` does not work after \`${object}\`; only opening and closing do: \`${open}\` or \`${close}\`.${instead === undefined ? "" : ` If you mean \`${word}\`, leave out \`${object}\`: \`${instead}\``}`,
    noText: (example: string) => `Add part of the merchant's name or number: \`${example}\``,
    noNumber: (example: string) => `The sub-merchant number is missing. Try \`${example}\``,
    notDigits: (text: string, example: string) =>
      `\`${text}\` is not a sub-merchant number. Numbers are digits only: \`${example}\``,
    wrongCharacter: (text: string, character: string, place: number, example: string) =>
      `\`${text}\` is not a sub-merchant number: it has ${character} at position ${place}. Numbers are digits only: \`${example}\``,
    letter: (character: string) => `the letter ${character}`,
    sign: (character: string) => `the character ${character}`,
    tooLong: (digits: number, max: number, example: string) =>
      `This number has ${digits} digits; a sub-merchant number has at most ${figure(max)}. Try \`${example}\``,
    severalNumbers: (text: string, joint: string, example: string) =>
      `\`${text}\` looks like several numbers joined by \`${joint}\`. Separate them with spaces. Type a single number like this: \`${example}\``,
    grouped: (text: string, joined: string, example: string) =>
      `\`${text}\` contains separators. If you mean \`${joined}\`, type it without them: \`${example}\``,
    date: (text: string, example: string) =>
      `\`${text}\` looks like a date, not a sub-merchant number. Numbers are digits only: \`${example}\``,
    shortened: (text: string, example: string) =>
      `A spreadsheet shortened \`${text}\`, and its last digits are lost. Look up the number and type all of it: \`${example}\``,
    range: (text: string, example: string) =>
      `\`${text}\` is a range. List each sub-merchant number, separated by spaces: \`${example}\``,
    abbreviated: (text: string, example: string) =>
      `\`${text}\` is only part of a number. Type all digits of each sub-merchant number: \`${example}\``,
    excepted: (text: string, example: string) =>
      `\`${text}\` is part of an exception. Type only the sub-merchant numbers that you mean: \`${example}\``,
    otherLabel: (text: string, label: string, example: string) =>
      `\`${text}\` follows \`${label}\`, so it is not read as a sub-merchant number. Try \`${example}\``,
    ourNumber: (number: string, example: string) =>
      `\`${number}\` is our own merchant number, not a sub-merchant number. Name the sub-merchant: \`${example}\``,
    reasonWord: "contract",
    secondNumber: (first: string, second: string, asReason: string, command: string) =>
      `\`${second}\` has a different format from \`${first}\`, so it is unclear whether it is a second sub-merchant or part of the reason. If it is part of the reason, begin the reason with a word: \`${asReason}\`. If it is a sub-merchant, use the form that \`${command}\` opens.`,
    secondMistyped: (text: string, character: string, asReason: string) =>
      `\`${text}\` is not a sub-merchant number, because it has ${character}. If it is part of the reason, begin the reason with a word: \`${asReason}\`. If it is a sub-merchant, correct the number.`,
    numberInReason: (second: string, several: string, command: string) =>
      `\`${second}\` is in the reason, so the request would not include it. If it is a sub-merchant, put it right after the first number: \`${several}\`. If it is part of the reason, use the form that \`${command}\` opens.`,
    reasonTooLong: (length: number, max: number, example: string) =>
      `The reason has ${figure(length)} characters; the maximum is ${figure(max)}. Shorten it, and write the rest in the request's thread afterwards: \`${example}\``,
    commandTooLong: (length: number, max: number, command: string) =>
      `The command has ${figure(length)} characters; the maximum is ${figure(max)}. Use the form that \`${command}\` opens; it also takes a file.`,
    ...roleProblems,
    /** @param ticket what a ticket looks like, if reasons contain them */
    unknownFilter: (text: string, ticket: string | undefined, example: string, request: string) =>
      `\`${text}\` is not a filter. Filter by number, @name, open or close, receipt, goldplan or both, failed, ${ticket === undefined ? "" : `ticket such as \`${ticket}\`, `}or time such as 7d: \`${example}\`. To see one request, type its number alone: \`${request}\``,
    filterTwice: (text: string, example: string) =>
      `\`${text}\` is a second filter of the same kind. Use one of each: \`${example}\``,
    notASpan: (text: string, example: string) =>
      `\`${text}\` is not a time span that works here. Use hours or days, such as \`12h\` or \`7d\`: \`${example}\``,
    notAMoment: (text: string, example: string) =>
      `\`${text}\` is not a date or time. Type a date such as 2026-11-01, or a time span such as 30d: \`${example}\``,
    unknownChoice: (text: string, example: string) => `\`${text}\` is neither on nor off. Try \`${example}\``,
    tooMuch: (text: string, example: string) => `\`${text}\` is not part of this command. Try \`${example}\``,
    nothingRecorded: "Nothing was recorded.",
  },
};
