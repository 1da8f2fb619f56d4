/** What App Home says, in English. */
import type { Role } from "../../domain/policy.ts";

const roleNames: Record<Role, string> = { requester: "requester", approver: "approver", admin: "admin" };

export const home = {
  toDecide: {
    title: "*Waiting for your decision, oldest first*",
    none: "Nothing waits for your decision.",
    more: (command: string) => `More may wait for you: \`${command} pending\``,
  },
  asked: {
    title: "*What you asked for, newest first*",
    ask: "Open or close",
    none: (example: string) => `Nothing yet. Begin with \`${example}\``,
    more: (self: string, command: string) => `All of it: ${command} history ${self}`,
  },
  failed: {
    title: (days: number) => `*What went wrong in the last ${days} days, newest first*`,
    none: "Nothing.",
    more: (command: string, days: number) => `All of it: \`${command} history failed ${days}d\``,
    moreOfYours: (self: string, command: string, days: number) =>
      `All of it: ${command} history ${self} failed ${days}d`,
  },
  /** In the place of a number. */
  many: (count: number) => (count === 1 ? "1 sub-merchant" : `${count} sub-merchants`),
  grants: {
    title: "*Who may do what, newest grants first*",
    more: (count: number, command: string) => `and ${count} more: \`${command} roles\``,
    revoke: "Revoke",
    confirmRevoke: (role: Role) => ({
      title: `Revoke the role ${roleNames[role]}?`,
      text: "That goes for the person or the group beside the button. What was decided already stays.",
      confirm: "Revoke",
    }),
    choosePerson: "Person",
    chooseRole: "Role",
    role: roleNames,
    grant: "Grant",
    others: (command: string) =>
      `To a user group, for a time or for some sub-merchants: \`${command} grant @name requester for 8h\``,
    notChosen: "Choose a person and a role first, then press *Grant*. Nothing was changed.",
  },
  ledgerAway: "The ledger cannot be reached right now, so there is nothing to show. Open this tab again in a minute.",
};
