/** What a local Slack can be started with; every default is the strict one. */
import type { Note } from "./page/page-api.ts";
import type { RateLimits } from "./rate-limits.ts";
import type { SlackApp, Workspace } from "./workspace.ts";

export type LocalSlackOptions = {
  readonly port?: number;
  readonly host?: "127.0.0.1" | "::1";
  readonly app?: Partial<SlackApp>;
  readonly workspace?: Workspace;
  readonly clock?: { now(): number };
  readonly rateLimits?: Partial<RateLimits>;
  /** Slack's deadline for an acknowledgement, in real milliseconds: 3,000. */
  readonly ackWithinMs?: number;
  readonly pingEveryMs?: number;
  /** Refuse more than 4,000 characters of `text` everywhere, as Slack only does in chat.update. */
  readonly strictText?: boolean;
  /** Characters of a message's blocks as JSON. */
  readonly blocksMax?: number;
  /** `<@U1|ann>` in escaped command text (as observed), or `<@U1>` (as documented). */
  readonly mentionLabels?: boolean;
  /** Rows that the page shows for copying. */
  readonly notes?: readonly Note[];
};

/** Something that Slack tolerates and a good app does not do. */
export type Warning = { readonly method: string; readonly text: string };
