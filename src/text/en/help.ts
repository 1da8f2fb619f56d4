/** The answer to `/receipt help`, in English. */
import type { Role } from "../../domain/policy.ts";
import { typedWords } from "../typed-words.ts";

const { reason } = typedWords("en");

export const help = {
  title: "*Merchant receipts (商家小票): open and close*",
  lines: {
    change: [
      [`open 1900000109 ${reason.OPEN}`, "submits a request to open receipts; the reason is optional"],
      ["open 1900000109 1900000110 spring campaign", "submits a request for several sub-merchants at once"],
      ["close 1900000109", "submits a request to close receipts, for one sub-merchant or several"],
    ],
    changeWithReason: [
      [`open 1900000109 ${reason.OPEN}`, "submits a request to open receipts; a reason is required"],
      ["open 1900000109 1900000110 spring campaign", "submits a request for several sub-merchants at once"],
      [
        `close 1900000109 ${reason.CLOSE}`,
        "submits a request to close receipts, for one or several; a reason is required",
      ],
    ],
    /** Instead of the first line where opening receipts opens 点金计划 too. */
    openBoth: [[`open 1900000109 ${reason.OPEN}`, "submits a request to open receipts and 点金计划"]],
    goldplan: [
      [
        `goldplan open 1900000109 ${reason.OPEN}`,
        "submits a request for 点金计划; `receipt` and `both` work the same way",
      ],
      [
        `goldplan close 1900000109 ${reason.CLOSE}`,
        "submits a request to close it; it cannot be opened again within 24 hours of closing",
      ],
    ],
    form: [["", "opens a form for many sub-merchants: paste the numbers or upload an Excel or CSV file"]],
    notify: [
      ["notify on", "sends you each request as a direct message; `notify off` also turns reminders off"],
      ["notify", "shows your current choice"],
    ],
    look: [
      ["status 1900000109", "shows the state that the bot last set and any request in progress"],
      ["history", "shows earlier requests; filters in any order: `1900000109 @name open failed 7d`, or `12h`"],
      ["history #1042", "shows one request and its sub-merchants"],
      ["pending", "shows requests waiting for a decision"],
      ["find 火锅", "lists merchants by part of their name or number"],
    ],
    roles: [
      ["grant @name approver", "grants a role to a person or user group: requester, approver or admin"],
      ["grant @name approver for 8h", "grants it for a limited time, in minutes, hours or days (m, h, d)"],
      ["grant @name requester for 19000*", "grants it for some sub-merchants, by number or first digits"],
      ["revoke @name approver", "revokes the role"],
      ["roles", "shows everyone's roles"],
      ["roles @name", "shows the roles of one person or user group"],
      ["names", "imports the merchant directory from an Excel or CSV file"],
      ["export 30d", "sends you the audit trail as CSV; or give two dates: `2026-11-01 2026-11-15`"],
    ],
    ownRoles: [["roles", "shows your roles, who granted them and when they end"]],
    always: [["help", "shows this help"]],
  } as Record<
    | "change"
    | "changeWithReason"
    | "openBoth"
    | "goldplan"
    | "form"
    | "notify"
    | "look"
    | "roles"
    | "ownRoles"
    | "always",
    [example: string, meaning: string][]
  >,
  decide: "You can decide on requests: press *Approve* or *Reject* on a request's message.",
  yourRoles: (roles: readonly Role[]) => `Your roles: ${roles.map((role) => `*${role}*`).join(", ")}.`,
  noRoles: (admins: string | undefined) =>
    admins
      ? `You have no role yet. ${admins} can give you one.`
      : "You have no role yet, and nobody can grant one: the operator of this bot has to set `RECEIPT_ADMINS`.",
};
