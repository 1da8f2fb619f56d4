/** What the bot answers to one person alone, in English: refusals, what is wrong with a command, roles and help. */
import type { Role, Standing } from "../receipt/policy.ts";

const roleNeeds: Record<Role, string> = {
  requester: "ask for receipts to be opened or closed",
  approver: "decide on requests",
  admin: "give and take roles",
};

export const answers = {
  refusal: {
    standing: {
      guest: "Guests of this workspace cannot use this bot. Ask a member of the team to do it for you.",
      deactivated: "This account is deactivated, so it cannot use this bot. Ask an admin of the workspace.",
      bot: "Bots cannot use this bot. A person of the team has to ask.",
      stranger: "Only people of this workspace can use this bot. Ask your contact here to do it for you.",
    } satisfies Record<Exclude<Standing, "member">, string>,
    needsRole: (role: Role, self: string, command: string, admins: string | undefined) =>
      admins
        ? `You need the role *${role}* to ${roleNeeds[role]}. ${admins} can give it to you: ${command} grant ${self} ${role}`
        : `You need the role *${role}* to ${roleNeeds[role]}. Nobody can give it yet: whoever operates this bot has to name the first admins in \`RECEIPT_ADMINS\`.`,
    ownRequest: (approvers: string | undefined) =>
      approvers
        ? `You asked for this, so somebody else has to decide. Approvers: ${approvers}.`
        : "You asked for this, so somebody else has to decide. There is no other approver yet: ask an admin to grant the role.",
    notYourRequest: (asker: string) => `Only ${asker}, who asked for this, can withdraw it. An approver can reject it.`,
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
    slackAway:
      "Slack did not tell the bot what it needs to know about you and this channel. Nothing was recorded; please try again in a minute.",
    slow: "The bot is slow to answer just now. If no message appears within a minute, nothing was recorded: please try again then.",
    failed:
      "Something went wrong in the bot, and it has been logged. Please look at the request's message before you try again; if it happens again, tell whoever operates the bot.",
    granted: (person: string, role: Role) => `${person} is *${role}* now, and can ${roleNeeds[role]}.`,
    hadItAlready: (person: string, role: Role) => `${person} was *${role}* already. Nothing was changed.`,
    cannotHold: (person: string, standing: Exclude<Standing, "member">) =>
      `${person} cannot hold a role: ${{ guest: "guests", deactivated: "deactivated accounts", bot: "bots", stranger: "people of other workspaces" }[standing]} never do. Nothing was changed.`,
    unknownPerson: (person: string) =>
      `Slack does not know ${person}. Pick the person from the list that Slack offers after \`@\`.`,
    revoked: (person: string, role: Role) => `${person} is no longer *${role}*. What they decided already stays.`,
    hadItNot: (person: string, role: Role) => `${person} was not *${role}*. Nothing was changed.`,
    standsInSettings: (person: string) =>
      `${person} is admin by \`RECEIPT_ADMINS\`, which only whoever operates this bot can change. Nothing was changed.`,
  },

  roles: {
    title: "*Who may do what*",
    nobody: (command: string, role: Role) => `nobody yet: \`${command} grant @name ${role}\``,
    line: (role: Role, holders: string) => `*${role}* (may ${roleNeeds[role]}): ${holders}`,
    grant: (person: string, by: string) => `${person} by ${by}`,
    settings: "settings",
    more: (count: number) => `and ${count} more`,
  },

  problem: {
    unknownVerb: (verb: string, command: string) =>
      `\`${verb}\` is not a command. Try \`${command} open 1900000109\`, or \`${command} help\` for everything.`,
    noVerb: (number: string, command: string) =>
      `What should happen to \`${number}\`? Say \`${command} open ${number}\` or \`${command} close ${number}\`.`,
    noNumber: (example: string) => `The sub-merchant's number is missing. Try \`${example}\``,
    notDigits: (text: string, example: string) =>
      `\`${text}\` is not a sub-merchant number. Numbers are digits only: \`${example}\``,
    wrongCharacter: (text: string, character: string, place: number, example: string) =>
      `\`${text}\` is not a sub-merchant number: it has ${character} at place ${place}. Numbers are digits only: \`${example}\``,
    letter: (character: string) => `the letter ${character}`,
    sign: (character: string) => `the sign ${character}`,
    tooLong: (digits: number, most: number, example: string) =>
      `That number has ${digits} digits; a sub-merchant's has ${most} at most. Try \`${example}\``,
    severalNumbers: (text: string, example: string) =>
      `\`${text}\` looks like several numbers. One at a time, please: \`${example}\``,
    secondNumber: (first: string, second: string, verb: string, command: string) =>
      `Two numbers, \`${first}\` and \`${second}\`? One at a time, please: \`${command} ${verb} ${first}\`. If \`${second}\` belongs to the reason, begin the reason with a word: \`${command} ${verb} ${first} contract ${second}\``,
    reasonTooLong: (length: number, most: number, example: string) =>
      `The reason has ${length} characters; ${most} is the most. Keep it short and put the rest in the thread: \`${example}\``,
    noPerson: (example: string) => `Who? Pick the person from the list that Slack offers after \`@\`: \`${example}\``,
    notAPerson: (text: string, example: string) =>
      `\`${text}\` is not a person that Slack knows. Pick the person from the list that Slack offers after \`@\`: \`${example}\``,
    noRole: (example: string) => `Which role? There are requester, approver and admin: \`${example}\``,
    unknownRole: (text: string, example: string) =>
      `\`${text}\` is not a role. There are requester, approver and admin: \`${example}\``,
    tooMuch: (text: string, example: string) => `\`${text}\` is more than this command takes. Try \`${example}\``,
    nothingRecorded: "Nothing was recorded.",
  },

  help: {
    title: "*Merchant receipts (商家小票): open and close*",
    lines: {
      change: [
        ["open 1900000109 new store, contract 4711", "asks for receipts to be opened; the reason is optional"],
        ["close 1900000109", "asks for receipts to be closed"],
      ],
      roles: [
        ["grant @name approver", "gives a role: requester, approver or admin"],
        ["revoke @name approver", "takes it back"],
        ["roles", "shows who may do what"],
      ],
      always: [["help", "shows this"]],
    } as Record<"change" | "roles" | "always", [example: string, meaning: string][]>,
    decide: "You may decide: press *Approve* or *Reject* on a request's message.",
    yourRoles: (roles: readonly Role[]) => `Your roles: ${roles.map((role) => `*${role}*`).join(", ")}.`,
    noRoles: (admins: string | undefined) =>
      admins
        ? `You have no role yet, so you can only look. ${admins} can give you one.`
        : "You have no role yet, and nobody can give one: whoever operates this bot has to set `RECEIPT_ADMINS`.",
  },
};
