/** Texts of App Home, in English. */
import type { Role } from "../../domain/policy.ts";
import { figure } from "../figure.ts";
import { merchants } from "./phrases.ts";
import { afterRevoking } from "./roles.ts";

const roleNames: Record<Role, string> = { requester: "requester", approver: "approver", admin: "admin" };

export const home = {
  toDecide: {
    title: "*Waiting for your decision, oldest first*",
    none: "No requests are waiting for your decision.",
    /** @param count undefined if it is not known, nor whether there are any */
    more: (count: number | undefined, command: string) =>
      count === undefined
        ? `More may be waiting for you: \`${command} pending\``
        : `and ${figure(count)} more: \`${command} pending\``,
  },
  asked: {
    title: "*Your requests, newest first*",
    ask: "Open or close",
    none: (example: string) => `No requests yet. Submit the first one: \`${example}\``,
    more: (self: string, command: string) => `To see all: ${command} history ${self}`,
  },
  failed: {
    title: (days: number) => `*Failures in the last ${figure(days)} days, newest first*`,
    none: "No failures.",
    more: (command: string, days: number) => `To see all: \`${command} history failed ${days}d\``,
    moreOfYours: (self: string, command: string, days: number) =>
      `To see all: ${command} history ${self} failed ${days}d`,
  },
  /** At the top, after a decision. @param line the request in one line, as in the lists below */
  done: (line: string) => `Your decision took effect: ${line}`,
  /** Shown in place of a number. */
  many: merchants,
  grants: {
    title: "*Roles, newest grants first*",
    more: (count: number, command: string) => `and ${figure(count)} more: \`${command} roles\``,
    revoke: "Revoke",
    confirmRevoke: (role: Role) => ({
      title: `Revoke the role ${roleNames[role]}?`,
      text: `This revokes the role from the person or user group next to the button. ${afterRevoking(role)}`,
      confirm: "Revoke",
    }),
    choosePerson: "Person",
    chooseRole: "Role",
    role: roleNames,
    grant: "Grant",
    others: (command: string) =>
      `To grant a role to a user group, for a limited time or for some sub-merchants: \`${command} grant @name requester for 8h\``,
    notChosen: "Choose a person and a role first, then press *Grant*. Nothing was changed.",
  },
  ledgerAway: "The ledger is unavailable right now, so there is nothing to show. Open this tab again in a minute.",
  /** Below the answer to a click. */
  slackAway: "Slack did not answer, so there is nothing else to show. Open this tab again in a minute.",
};
