/** The parts that the bot needs of commands, clicks and shortcuts, and of any payload; everything else is ignored. */
import { z } from "zod";
import type { Origin } from "../../ledger/audit/audit-log.ts";
import { decisionSubmission } from "./forms.ts";
import { giveClick, presser, revokeClick, trigger } from "./grant-payloads.ts";
import { actionIds, homeIds, pageIds, requestIds, shortcutIds } from "./ids.ts";
import { pageValue } from "./page-link.ts";

/**
 * The maximum length of a command's text, in UTF-16 units: enough for the 10,000 numbers that a request can contain,
 * with a space each, and a reason. Slack documents 40,000 for a message, and no maximum for a command. Reading a text
 * that is many times longer would keep the bot busy for minutes.
 */
export const commandTextMax = 120_000;

/** See "Slash commands" in Slack's documentation. */
export const commandPayload = z.object({
  text: z.string().default(""),
  user_id: z.string().min(1),
  channel_id: z.string().min(1),
  trigger_id: z.string().min(1),
  response_url: z.string().default(""),
});
export type CommandPayload = z.infer<typeof commandPayload>;

/** The `action_id`s that the bot listens to. */
export const clickIds: readonly string[] = [
  ...Object.values(actionIds),
  ...Object.values(pageIds),
  ...requestIds,
  homeIds.ask,
  homeIds.revoke,
  homeIds.grant,
];
/** The `action_id`s of choices, which count when a button is clicked. */
export const choiceIds: readonly string[] = [homeIds.person, homeIds.role];

/** See "block_actions" in Slack's documentation. The `action_id` determines the kind of a click. */
export const clickPayload = z.union([
  clickOn(
    "request",
    z.object({
      action_id: z.enum(actionIds),
      value: z.string().optional(),
      selected_option: z.object({ value: z.string() }).nullish(),
    }),
  ),
  clickOn("page", z.object({ action_id: z.enum([...Object.values(pageIds), ...requestIds]), value: pageValue })),
  clickOn("ask", z.object({ action_id: z.literal(homeIds.ask) })),
  revokeClick,
  giveClick,
]);
export type ClickPayload = z.infer<typeof clickPayload>;
/** A click on a request's message. */
export type RequestClick = Extract<ClickPayload, { kind: "request" }>;
/** A click that turns the page of a list. */
export type PageClick = Extract<ClickPayload, { kind: "page" }>;

export function commandOrigin({ channel_id }: CommandPayload): Origin {
  return { from: "command", channelId: channel_id };
}

export function clickOrigin({ container }: ClickPayload): Origin {
  return { from: "click", channelId: container?.channel_id };
}

function clickOn<Kind extends string, Action extends z.ZodType>(kind: Kind, action: Action) {
  return z
    .object({
      user: presser,
      trigger_id: trigger,
      container: z.object({ message_ts: z.string().optional(), channel_id: z.string().optional() }).optional(),
      /** Where there is no message. */
      view: z.object({ type: z.string().optional() }).optional(),
      actions: z.array(action).min(1),
    })
    .transform((click) => ({ kind, ...click }));
}

/** See "shortcut" and "message_action" in Slack's documentation. */
export const shortcutPayload = z.object({
  callback_id: z.enum(shortcutIds),
  user: presser,
  trigger_id: z.string().min(1),
  channel: z.object({ id: z.string().min(1) }).optional(),
});
export type ShortcutPayload = z.infer<typeof shortcutPayload>;

export function shortcutOrigin({ channel }: ShortcutPayload): Origin {
  return { from: "shortcut", channelId: channel?.id };
}

/** Whether a click was in a person's home rather than on a message. */
export const clickInHome = z.object({ user: presser, view: z.object({ type: z.literal("home") }) });

const sender = z.union([
  commandPayload.pick({ user_id: true }).transform(({ user_id }) => user_id),
  z.object({ user: presser }).transform(({ user }) => user.id),
]);

/** Who sent a command, a click, a shortcut or a form; undefined for anything else. */
export function userIdIn(body: unknown): string | undefined {
  return sender.safeParse(body).data;
}

/** Who gets an answer that they alone see, and where they typed or clicked. */
export interface Asked {
  userId: string | undefined;
  channelId: string | undefined;
  threadTs: string | undefined;
}

/** Where somebody typed or clicked, in any payload. */
export const whereAsked = z.object({
  /** See "Slash commands". */
  channel_id: z.string().optional(),
  /** See "block_actions" and "message_action". */
  channel: z.object({ id: z.string() }).optional(),
  /** Where the message of a click is; see "block_actions". */
  container: z
    .object({ message_ts: z.string().optional(), thread_ts: z.string().optional(), channel_id: z.string().optional() })
    .optional(),
});

/** Whom to answer, and where; an answer to a click on a message of a thread belongs in that thread. */
export function askedIn(body: unknown): Asked {
  const { channel_id, channel, container } = whereAsked.safeParse(body).data ?? {};
  const { message_ts, thread_ts } = container ?? {};
  // Without it, Slack shows the answer in the channel, which a phone does not show beside a thread.
  const threadTs = thread_ts === message_ts ? undefined : thread_ts;
  return { userId: userIdIn(body), channelId: container?.channel_id ?? channel?.id ?? channel_id, threadTs };
}

/** Whose home to show: after a click in it or in a form that it opened, or when it was opened; undefined for none. */
export const homePayload = z.union([
  clickInHome.transform(({ user }) => user.id),
  decisionSubmission.transform(({ user, view }) =>
    view.private_metadata.channelId === undefined ? user.id : undefined,
  ),
  // See "app_home_opened" in Slack's documentation.
  z
    .object({ event: z.object({ user: z.string().min(1), tab: z.string() }) })
    .transform(({ event }) => (event.tab === "home" ? event.user : undefined)),
]);
