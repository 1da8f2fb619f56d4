/** Every word that a person reads, in English. What a function is given is markup already: mentions, code, dates, links. */
import type { Action } from "../receipt/call.ts";
import type { Actor, RetryAdvice } from "../receipt/guidance.ts";
import type { Role, Standing } from "../receipt/policy.ts";
import { guidance } from "./en-guidance.ts";
import { start } from "./en-start.ts";

/** A word or two for each action, in the forms that the sentences need. */
const words: Record<Action, Record<"verb" | "past" | "title" | "done" | "notDone" | "state" | "being", string>> = {
  OPEN: {
    verb: "open",
    past: "opened",
    title: "Open receipts",
    done: "Receipts opened",
    notDone: "Not opened",
    state: "open",
    being: "being opened",
  },
  CLOSE: {
    verb: "close",
    past: "closed",
    title: "Close receipts",
    done: "Receipts closed",
    notDone: "Not closed",
    state: "closed",
    being: "being closed",
  },
};

const roleNeeds: Record<Role, string> = {
  requester: "ask for receipts to be opened or closed",
  approver: "decide on requests",
  admin: "give and take roles",
};

export const en = {
  guidance,
  start,

  /** Between the items of a list. */
  list: ", ",
  /** Between two sentences. */
  between: " ",

  button: {
    approve: "Approve",
    reject: "Reject",
    withdraw: "Withdraw",
    retry: "Retry",
    cancel: "Cancel",
  },

  confirm: {
    approve: (action: Action, subMchid: string) => ({
      title: `${words[action].title} for ${subMchid}?`,
      text:
        action === "OPEN"
          ? "The bot calls WeChat Pay at once. Customers of this merchant then see its own receipt page after paying."
          : "The bot calls WeChat Pay at once. Customers of this merchant then see WeChat Pay's own page after paying.",
      confirm: `Approve and ${words[action].verb}`,
    }),
    reject: (action: Action, subMchid: string) => ({
      title: `Reject the request to ${words[action].verb} receipts for ${subMchid}?`,
      text: `Receipts are then not ${words[action].past}. Whoever still wants it has to ask again.`,
      confirm: "Reject",
    }),
    withdraw: (action: Action, subMchid: string) => ({
      title: `Withdraw the request to ${words[action].verb} receipts for ${subMchid}?`,
      text: `Receipts are then not ${words[action].past}. You can ask again at any time.`,
      confirm: "Withdraw",
    }),
  },

  request: {
    title: (action: Action, number: string) => `*${words[action].title} · ${number}*`,
    askedBy: (person: string) => `Asked for by ${person}`,
    openUntil: (when: string) => `waits for a decision until ${when}`,
    lastSet: (action: Action, when: string, person: string, link: string | undefined) =>
      `Last set by this bot: ${words[action].state}, ${when}, asked for by ${person}${link ? ` (${link})` : ""}`,
    working: (by: string) => `_working_ · approved by ${by}`,
    calling: "Calling WeChat Pay…",
    tryingAgain: (why: string, when: string, attempt: number, most: number) =>
      `${why}; trying again at ${when} (attempt ${attempt} of ${most})`,
    done: (action: Action, number: string) => `✅ *${words[action].done} · ${number}*`,
    notDone: (action: Action, number: string, why: string) => `❌ *${words[action].notDone} · ${number}* · ${why}`,
    notCertain: (number: string, why: string) => `⚠️ *Not certain · ${number}* · ${why}`,
    rejected: (by: string, when: string) => `🚫 Rejected by ${by}, ${when}`,
    withdrawn: (by: string, when: string) => `↩️ Withdrawn by ${by}, ${when}`,
    expired: (when: string) => `⌛ Expired undecided, ${when}`,
    askedAndApproved: (asker: string, approver: string, when: string) =>
      `asked for by ${asker}, approved by ${approver}, ${when}`,
    linkLabel: "message",
    /** The whole message in a sentence, for notifications and screen readers. */
    sentence: {
      pending: (action: Action, subMchid: string, person: string) =>
        `${person} asks to ${words[action].verb} receipts for ${subMchid}. It waits for an approver's decision.`,
      working: (action: Action, subMchid: string) => `Receipts for ${subMchid} are ${words[action].being}.`,
      done: (action: Action, subMchid: string) => `Receipts for ${subMchid} are ${words[action].state} now.`,
      failed: (action: Action, subMchid: string, why: string) =>
        `Receipts for ${subMchid} were not ${words[action].past}: ${why}.`,
      uncertain: (subMchid: string, why: string) =>
        `It is not certain what became of receipts for ${subMchid}: ${why}.`,
      rejected: (action: Action, subMchid: string) =>
        `The request to ${words[action].verb} receipts for ${subMchid} was rejected.`,
      withdrawn: (action: Action, subMchid: string) =>
        `The request to ${words[action].verb} receipts for ${subMchid} was withdrawn.`,
      expired: (action: Action, subMchid: string) =>
        `The request to ${words[action].verb} receipts for ${subMchid} expired undecided.`,
    },
  },

  thread: {
    succeeded: (action: Action, person: string, number: string) =>
      action === "OPEN"
        ? `${person} receipts are open for ${number}. They show within about five minutes, where the merchant's 点金计划 is on too.`
        : `${person} receipts are closed for ${number}. WeChat Pay's own page is back within about five minutes.`,
    failed: (action: Action, person: string, number: string) =>
      `${person} receipts for ${number} were *not ${words[action].past}*.`,
    uncertain: (action: Action, person: string, number: string) =>
      `${person} it is *not certain* whether receipts for ${number} were ${words[action].past}.`,
    rejected: (action: Action, person: string, number: string, by: string) =>
      `${person} your request to ${words[action].verb} receipts for ${number} was rejected by ${by}. Ask them why; once that is settled, ask again.`,
    expired: (action: Action, person: string, number: string) =>
      `${person} your request to ${words[action].verb} receipts for ${number} expired, because nobody decided on it in time. Ask again if it is still wanted.`,
    whatHappened: "What happened",
    whoActs: "Who acts",
    whatToDo: "What to do",
    tryingAgain: "Trying again",
    weChatPaySays: (message: string) => `WeChat Pay says: ${message}`,
    requestId: "Request-ID",
    forSupport: "(for WeChat Pay's support)",
    clock: (minutes: number, direction: "ahead" | "behind") =>
      `The bot's clock is ${minutes} ${minutes === 1 ? "minute" : "minutes"} ${direction === "ahead" ? "ahead of" : "behind"} WeChat Pay's.`,
    actor: {
      requester: (person: string) => `The requester, ${person}.`,
      "service-provider": () => "Us, the service provider: whoever has access to the partner platform.",
      "sub-merchant": () => "The sub-merchant.",
      "bot-operator": () => "Whoever operates this bot.",
      nobody: () => "Nobody: it passes by itself.",
    } satisfies Record<Actor, (person: string) => string>,
    again: {
      automatic: "is safe. The bot has tried several times; press Retry above a little later.",
      "after-the-fix": "is safe, and fails the same way until that is done.",
      "new-request": "with this number does not help. Ask again with the right one.",
    } satisfies Record<RetryAdvice, string>,
  },

  decided: {
    approvedByYou: (when: string) => `You approved this already, ${when}. Nothing was done twice.`,
    approved: (person: string, when: string) => `${person} approved this before you, ${when}.`,
    rejectedByYou: (when: string) => `You rejected this already, ${when}. Nothing was changed.`,
    withdrawnByYou: (when: string) => `You withdrew this already, ${when}. Nothing was changed.`,
    rejected: (person: string, when: string) => `${person} rejected this, ${when}. Nothing was changed.`,
    withdrawn: (person: string, when: string) => `${person} withdrew this request, ${when}. Nothing was changed.`,
    expired: (when: string) => `This request expired undecided, ${when}. Ask again if it is still wanted.`,
    now: {
      working: (action: Action, number: string) => `Receipts for ${number} are ${words[action].being}.`,
      done: (action: Action, number: string) => `Receipts for ${number} are ${words[action].state} now.`,
      failed: (action: Action, number: string) =>
        `Receipts for ${number} were not ${words[action].past}; its thread says why.`,
    },
    retriedAlready: "Somebody pressed Retry before you; this message shows how it goes.",
    superseded: (number: string) =>
      `There is a later request for ${number}, so this one is not carried out again. Ask again if you want it all the same.`,
    noRetry: "Trying this again cannot help: ask again with the right number.",
    notFailed: "There is nothing to try again here; the message shows how things stand.",
    unknown: "The ledger does not know this request; it may be of another deployment of this bot. Ask again.",
  },

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

/** One type for every language: a text that is missing in one of them does not compile. */
export type Texts = typeof en;
