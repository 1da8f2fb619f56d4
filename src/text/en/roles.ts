/** What people read about roles, in English: who may do what, what an admin changed, and what is wrong with a command. */
import type { Role, RolePurpose, Standing } from "../../domain/policy.ts";

type Outsider = Exclude<Standing, "member">;

/** What a role is for; follows “can”, “to” and “may”. */
export const roleNeeds: Record<Role, string> = {
  requester: "ask for receipts to be opened or closed",
  approver: "decide on requests",
  admin: "give and take roles and export the audit trail",
};

const outsiders: Record<Outsider, string> = {
  guest: "guests",
  deactivated: "deactivated accounts",
  bot: "bots",
  stranger: "people of other workspaces",
};

function needed(role: Role, to: RolePurpose | undefined): string {
  if (to === "be-notified") return "Only approvers are told of requests.";
  return `You need the role *${role}* to ${to === "see-roles" ? "see other people's roles" : roleNeeds[role]}.`;
}

export const roleRefusals = {
  needsRole: (role: Role, to: RolePurpose | undefined, self: string, command: string, admins: string | undefined) =>
    admins
      ? `${needed(role, to)} ${admins} can give you the role: ${command} grant ${self} ${role}`
      : `${needed(role, to)} Nobody can give the role yet: whoever operates this bot has to name the first admins in \`RECEIPT_ADMINS\`.`,
  groupsUnknown: (role: Role) =>
    `Slack did not tell the bot who is in the user groups that hold roles, so it cannot know whether you are *${role}*. Nothing was changed; please try again in a minute. If it stays so, whoever operates this bot has to give it the scope \`usergroups:read\`.`,
  restricted: (only: string, numbers: string, self: string, command: string, admins: string | undefined) =>
    `You may ask for ${only} only, so not for ${numbers}. ${admins ? `${admins} can change that: ${command} grant ${self} requester` : "Ask somebody else of the team to do it."}`,
  /** `why` is one of those in `requesterNow`. */
  requesterCannot: (submitter: string, why: string, command: string, admins: string | undefined) =>
    `${submitter}, who asked for this, ${why}, so it cannot be approved. Reject it, and whoever still wants it asks again.${admins ? ` Or ${admins} can give the role back: ${command} grant ${submitter} requester` : ""}`,
  requesterUnknown: (submitter: string) =>
    `Slack did not tell the bot who is in the user groups that hold roles, so it cannot know whether ${submitter}, who asked for this, still may. Nothing was changed; please press again in a minute.`,
  requesterNow: {
    guest: "is a guest of this workspace now",
    deactivated: "is deactivated now",
    bot: "is a bot",
    stranger: "is not of this workspace any more",
    needsRole: "is no longer *requester*",
    restricted: (only: string, numbers: string) => `may now ask for ${only} only, and not for ${numbers}`,
  },
};

export const roleAnswers = {
  granted: (who: string, role: Role, terms: string | undefined) =>
    `${who} is *${role}* now, and can ${roleNeeds[role]}${terms ? `: ${terms}` : ""}.`,
  changed: (who: string, role: Role, terms: string, before: string) =>
    `${who} was *${role}* already, and still is. Now: ${terms}. Before: ${before}.`,
  hadItAlready: (who: string, role: Role) => `${who} was *${role}* already. Nothing was changed.`,
  goesForGroup:
    "That goes for whoever is in the group at the time. Guests, bots and people of other workspaces in it hold nothing.",
  cannotHold: (person: string, standing: Outsider) =>
    `${person} cannot hold a role: ${outsiders[standing]} never do. Nothing was changed.`,
  unknownPerson: (person: string) =>
    `Slack does not know ${person}. Pick the person from the list that Slack offers after \`@\`.`,
  unknownGroup: (group: string) =>
    `Slack does not know the user group ${group}, or it is disabled. Pick one from the list that Slack offers after \`@\`. Nothing was changed.`,
  noGroups: (command: string, role: Role) =>
    `This workspace has no user groups: Slack offers them on its paid plans only. Give the role to each person instead: \`${command} grant @name ${role}\`. Nothing was changed.`,
  noGroupScope:
    "The bot may not ask Slack who is in a user group: whoever operates it has to add the scope `usergroups:read` and install the app again. Nothing was changed.",
  tooManyGroups: (max: number) =>
    `${max} user groups hold roles already, which is the most. Revoke one that is no longer needed, or give the role to each person. Nothing was changed.`,
  revoked: (who: string, role: Role) => `${who} is no longer *${role}*. What was decided already stays.`,
  hadItNot: (who: string, role: Role) => `${who} was not *${role}*. Nothing was changed.`,
  stillByGroup: (who: string, role: Role, groups: string) => `${who} is *${role}* through ${groups} all the same.`,
  standsInSettings: (person: string) =>
    `${person} is admin by \`RECEIPT_ADMINS\`, which only whoever operates this bot can change. Nothing was changed.`,
  lastAdmin: (command: string) =>
    `Nobody would be left who is admin for good; user groups and grants with an end do not count. Give the role to another member first: \`${command} grant @name admin\`. Nothing was changed.`,
};

export const rolesList = {
  title: "*Who may do what*",
  of: (who: string) => `*Roles of ${who}*`,
  role: (role: Role) => `*${role}*`,
  line: (role: Role) => `*${role}* (may ${roleNeeds[role]}):`,
  nobody: (command: string, role: Role) => `nobody yet: \`${command} grant @name ${role}\``,
  none: (who: string) => `${who} has no role.`,
  by: (by: string, when: string) => `by ${by}, ${when}`,
  bySettings: "by the settings",
  through: (group: string) => `through ${group}`,
  more: (count: number, command: string) => `and ${count} more; \`${command} roles @name\` shows one of them`,
  until: (when: string) => `until ${when}`,
  forGood: "for good",
  only: (numbers: string) => `only for ${numbers}`,
  everything: "for every sub-merchant",
  numbers: (list: readonly string[], more: number) => `${list.join(", ")}${more > 0 ? ` and ${more} more` : ""}`,
  idle: (standing: Outsider) => `None of it counts: ${outsiders[standing]} never hold a role.`,
  groupsUnknown:
    "Slack did not tell just now who is in the user groups, so roles that come through a group may be missing here. Please try again in a minute.",
};

export const roleProblems = {
  noPerson: (example: string) =>
    `Who? Pick the person or the user group from the list that Slack offers after \`@\`: \`${example}\``,
  notAPerson: (text: string, example: string) =>
    `\`${text}\` is neither a person nor a user group that Slack knows. Pick one from the list that Slack offers after \`@\`: \`${example}\``,
  noRole: (example: string) => `Which role? There are requester, approver and admin: \`${example}\``,
  unknownRole: (text: string, example: string) =>
    `\`${text}\` is not a role. There are requester, approver and admin: \`${example}\``,
  unclearTerms: (text: string, command: string) =>
    `\`${text}\` is neither a time nor sub-merchants. For a time, as \`30m\`, \`8h\` or \`1d12h\`: \`${command} grant @name approver for 8h\`. For some sub-merchants, or as their numbers begin: \`${command} grant @name requester for 1900000109,19000*\``,
  timeTooLong: (text: string, example: string) =>
    `\`${text}\` is more than a year, the longest time that a role is given for. Leave the time out to give it for good: \`${example}\``,
  tooManyNumbers: (count: number, max: number, command: string) =>
    `${count} sub-merchants are too many for one grant; ${max} is the most. Say how their numbers begin: \`${command} grant @name requester for 19000*\``,
  notRestrictable: (role: Role, example: string) =>
    `Only a *requester* can be limited to sub-merchants, not an *${role}*. Try \`${example}\``,
};

type Line = [example: string, meaning: string];

export const roleHelp: Record<"admin" | "own", Line[]> = {
  admin: [
    ["grant @name approver", "gives a person or a user group a role: requester, approver or admin"],
    ["grant @name approver for 8h", "gives it for a time, in m, h and d"],
    ["grant @name requester for 19000*", "gives it for some sub-merchants: their numbers, or how these begin"],
    ["revoke @name approver", "takes it back"],
    ["roles", "shows who may do what"],
    ["roles @name", "shows what one person or user group may do"],
  ],
  own: [["roles", "shows your roles, from whom and until when"]],
};
