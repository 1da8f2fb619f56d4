/** Texts about roles, in English: refusals, changes by an admin, the list of roles and usage errors. */
import type { Role, RolePurpose, Standing } from "../../domain/policy.ts";
import { figure } from "../figure.ts";
import { some } from "./phrases.ts";

type Outsider = Exclude<Standing, "member">;

/** What a role allows; follows “can” and “to”. */
const roleNeeds: Record<Role, string> = {
  requester: "submit requests to open or close receipts",
  approver: "decide on requests",
  admin: "grant and revoke roles, export the audit trail and import the merchant directory",
};

/** The buttons that need a role, and what for; named as in the audit, and only those that do not decide. */
const buttonNeeds = {
  "leave-out": "leave sub-merchants out of requests",
  "break-glass": "use break glass",
  "carry-out": "carry out requests that are on hold",
  "cancel-held": "cancel requests that are on hold",
  retry: "retry requests",
  stop: "stop requests",
};

export type RoleButton = keyof typeof buttonNeeds;

const outsiders: Record<Outsider, string> = {
  guest: "guests",
  deactivated: "deactivated accounts",
  bot: "bots",
  stranger: "people from other workspaces",
};

function needed(role: Role, to: RolePurpose | RoleButton | undefined): string {
  if (to === "be-notified") return "Only people with the role *approver* are notified of requests.";
  const purposes = { "see-roles": "see other people's roles", ...buttonNeeds };
  return `You need the role *${role}* to ${to === undefined ? roleNeeds[role] : purposes[to]}.`;
}

/** What a revoked role leaves as it is. */
export const afterRevoking = (role: Role): string =>
  role === "approver"
    ? "Requests already approved stay approved; requests that wait for more approvals count only those of people who may still approve."
    : "Earlier requests and decisions stay valid.";

export const roleRefusals = {
  needsRole: (
    role: Role,
    to: RolePurpose | RoleButton | undefined,
    self: string,
    command: string,
    admins: string | undefined,
  ) =>
    admins
      ? `${needed(role, to)} ${admins} can give you the role: ${command} grant ${self} ${role}`
      : `${needed(role, to)} Nobody can grant the role yet: the operator of this bot has to name the first admins in \`RECEIPT_ADMINS\`.`,
  groupsUnknown: (role: Role) =>
    `Slack did not list the members of the user groups with roles, so the bot cannot check whether you have the role *${role}*. Nothing was changed; try again in a minute. If this continues, ask the operator of this bot to add the scope \`usergroups:read\`.`,
  restricted: (only: string, numbers: string, self: string, command: string, admins: string | undefined) =>
    `You can submit requests only for ${only}, not for ${numbers}. ${admins ? `${admins} can change that: ${command} grant ${self} requester` : "Ask another member of the team to do it."}`,
  /** `why` is one of those in `requesterNow`. */
  requesterCannot: (submitter: string, why: string, command: string, admins: string | undefined) =>
    `The requester, ${submitter}, ${why}, so this cannot be approved. Reject it; anyone who still needs it can submit a new request.${admins ? ` Alternatively, ${admins} can grant the role again: ${command} grant ${submitter} requester` : ""}`,
  requesterUnknown: (submitter: string) =>
    `Slack did not list the members of the user groups with roles, so the bot cannot check whether the requester, ${submitter}, can still submit this. Nothing was changed; press again in a minute.`,
  requesterNow: {
    guest: "is now a guest of this workspace",
    deactivated: "no longer has an active account",
    bot: "is a bot",
    stranger: "is no longer in this workspace",
    needsRole: "no longer has the role *requester*",
    restricted: (only: string, numbers: string) => `can now submit requests only for ${only}, not for ${numbers}`,
  },
};

export const roleAnswers = {
  granted: (who: string, role: Role, terms: string | undefined) =>
    `${who} now has the role *${role}* and can ${roleNeeds[role]}${terms ? `: ${terms}` : ""}.`,
  changed: (who: string, role: Role, terms: string, before: string) =>
    `${who} already had the role *${role}* and keeps it. Now: ${terms}. Before: ${before}.`,
  hadItAlready: (who: string, role: Role) => `${who} already had the role *${role}*. Nothing was changed.`,
  goesForGroup:
    "Everyone in the group has the role while they are a member, except guests, bots and people from other workspaces.",
  cannotHold: (person: string, standing: Outsider) =>
    `${person} cannot hold a role: ${outsiders[standing]} are excluded. Nothing was changed.`,
  unknownPerson: (person: string) =>
    `Slack cannot find ${person}. Pick the person from the list that Slack offers after \`@\`.`,
  unknownGroup: (group: string) =>
    `Slack cannot find the user group ${group}, or it is disabled. Pick one from the list that Slack offers after \`@\`. Nothing was changed.`,
  noGroups: (command: string, role: Role) =>
    `This workspace has no user groups: Slack offers them only on paid plans. Grant the role to each person instead: \`${command} grant @name ${role}\`. Nothing was changed.`,
  noGroupScope:
    "The bot is not allowed to read user group members from Slack: the operator of this bot has to add the scope `usergroups:read` and install the app again. Nothing was changed.",
  tooManyGroups: (max: number) =>
    `${figure(max)} user groups already hold roles, the maximum. Revoke one that is no longer needed, or grant the role to each person. Nothing was changed.`,
  revoked: (who: string, role: Role) => `${who} no longer has the role *${role}*. ${afterRevoking(role)}`,
  deliveredAgain: "The bot has received this before. It takes effect once, so nothing was changed again.",
  hadItNot: (who: string, role: Role) => `${who} did not have the role *${role}*. Nothing was changed.`,
  stillByGroup: (who: string, role: Role, groups: string) => `${who} still has the role *${role}* through ${groups}.`,
  standsInSettings: (person: string) =>
    `${person} is an admin through \`RECEIPT_ADMINS\`, which only the operator of this bot can change. Nothing was changed.`,
  lastAdmin: (command: string) =>
    `This would leave no permanent admin; user groups and grants with an end date do not count. Grant the role to another member first: \`${command} grant @name admin\`. Nothing was changed.`,
};

export const rolesList = {
  title: "*Roles*",
  of: (who: string) => `*Roles of ${who}*`,
  role: (role: Role) => `*${role}*`,
  line: (role: Role) => `*${role}* (can ${roleNeeds[role]}):`,
  nobody: (command: string, role: Role) => `nobody yet: \`${command} grant @name ${role}\``,
  none: (who: string) => `${who} has no role.`,
  by: (by: string, when: string) => `by ${by}, ${when}`,
  bySettings: "by the settings",
  through: (group: string) => `through ${group}`,
  more: (count: number, command: string) =>
    `and ${figure(count)} more; to see the roles of one person or user group: \`${command} roles @name\``,
  until: (when: string) => `until ${when}`,
  forGood: "permanently",
  only: (numbers: string) => `only for ${numbers}`,
  everything: "for every sub-merchant",
  numbers: (list: readonly string[], more: number) => some(list.join(", "), more),
  idle: (standing: Outsider) => `None of these apply: ${outsiders[standing]} cannot hold a role.`,
  groupsUnknown:
    "Slack did not list the members of the user groups, so roles that come through a group may be missing here. Try again in a minute.",
};

export const roleProblems = {
  noPerson: (example: string) =>
    `The person or user group is missing. Pick one from the list that Slack offers after \`@\`: \`${example}\``,
  notAPerson: (text: string, example: string) =>
    `\`${text}\` is neither a person nor a user group in Slack. Pick one from the list that Slack offers after \`@\`: \`${example}\``,
  noRole: (example: string) => `The role is missing. Choose requester, approver or admin: \`${example}\``,
  unknownRole: (text: string, example: string) =>
    `\`${text}\` is not a role. Choose requester, approver or admin: \`${example}\``,
  unclearTerms: (text: string, command: string) =>
    `\`${text}\` is neither a time span nor sub-merchant numbers. For a time span such as \`30m\`, \`8h\` or \`1d12h\`: \`${command} grant @name approver for 8h\`. For some sub-merchants, by number or first digits: \`${command} grant @name requester for 1900000109,19000*\``,
  timeTooLong: (text: string, example: string) =>
    `\`${text}\` is more than a year, the maximum for a role with an end date. To grant it permanently, omit the time span: \`${example}\``,
  tooManyNumbers: (count: number, max: number, command: string) =>
    `${figure(count)} sub-merchants are too many for one grant; the maximum is ${figure(max)}. Use their first digits: \`${command} grant @name requester for 19000*\``,
  notRestrictable: (role: Role, example: string) =>
    `Only the role *requester* can be limited to sub-merchants, not *${role}*. Try \`${example}\``,
};
