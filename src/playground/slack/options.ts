/** Options of a local Slack. Every default is the strictest. */
import type { Note } from "./page/page-extension.ts";
import type { RateLimits } from "./rate-limits.ts";
import type { SlackApp, Workspace } from "./workspace.ts";

export type LocalSlackOptions = {
  readonly port?: number;
  readonly host?: "127.0.0.1" | "::1";
  /** The addresses that it names to clients, if a proxy is in between; default: its own on loopback. */
  readonly addresses?: {
    /** For the Web API, files and response URLs: `https://slack.com/`. */
    readonly web: string;
    /** For Socket Mode: `wss://wss-primary.slack.com/`. */
    readonly socket: string;
  };
  readonly app?: Partial<SlackApp>;
  readonly workspace?: Workspace;
  readonly clock?: { now(): number };
  readonly rateLimits?: Partial<RateLimits>;
  /** Slack's deadline for an acknowledgement, in real milliseconds. Default: 3,000. */
  readonly ackWithinMs?: number;
  readonly pingEveryMs?: number;
  /** Refuse more than 4,000 characters of `text` everywhere; Slack itself does so only in chat.update. */
  readonly strictText?: boolean;
  /** Maximum length of a message's blocks as JSON, in characters. */
  readonly blocksMax?: number;
  /** Send `<@U1|ann>` in escaped command text (as observed) instead of `<@U1>` (as documented). */
  readonly mentionLabels?: boolean;
  /** Commands that the page offers to copy. */
  readonly notes?: readonly Note[];
  /** The language in which the page opens, and in which people who have not chosen one use Slack. Default: `en`. */
  readonly locale?: "en" | "zh-CN";
};

/** A practice that Slack tolerates but a good app avoids. */
export type Warning = { readonly method: string; readonly text: string };
