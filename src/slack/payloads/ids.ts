/** The IDs that connect a click, form or shortcut with its handler; shared by the blocks and the handlers. */

/** The `action_id`s of the buttons on a request's message. */
export const actionIds = {
  approve: "approve",
  reject: "reject",
  leaveOut: "leave-out",
  breakGlass: "break-glass",
  more: "more",
  retry: "retry",
  stop: "stop",
  carryOut: "carry-out",
  cancelHeld: "cancel-held",
  resubmit: "resubmit",
  addGoldPlan: "add-goldplan",
  emptyPage: "empty-page",
} as const;

/** The `action_id`s that only the home has; `person` and `role` are chosen, the others clicked. */
export const homeIds = {
  ask: "home-ask",
  revoke: "home-revoke",
  grant: "home-grant",
  person: "home-person",
  role: "home-role",
} as const;

/** The `action_id`s of the buttons that turn pages. */
export const pageIds = { older: "page-older", newer: "page-newer" } as const;

/**
 * The `action_id`s of the buttons to a request's sub-merchants, one for each line, because Slack requires unique IDs in
 * a message.
 */
export const requestIds = [
  "page-request-0",
  "page-request-1",
  "page-request-2",
  "page-request-3",
  "page-request-4",
  "page-request-5",
  "page-request-6",
  "page-request-7",
  "page-request-8",
  "page-request-9",
] as const;

/** The `callback_id`s of the forms. */
export const formIds = {
  ask: "ask",
  column: "ask-column",
  preview: "ask-preview",
  reject: "reject",
  leaveOut: "leave-out",
  names: "names",
  namesPreview: "names-preview",
} as const;

/** The `callback_id`s of the shortcuts in manifest.yml: one available everywhere, one on messages. */
export const shortcutIds = { ask: "ask", askAtMessage: "ask-at-message" } as const;
