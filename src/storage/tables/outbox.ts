/** The table of the outbox: what Slack still has to show. */
import type { Generated } from "kysely";

/**
 * The posts that Slack has to show: one row for each request's message, each message or file in its thread, and each
 * direct message.
 */
export interface PostsTable {
  /** Derived from the content and the recipient, so that nothing is enqueued twice. */
  id: string;
  /** Null for a notice that is not about a request. */
  request_id: string | null;
  /** A channel, or a user for a direct message. */
  channel_id: string;
  kind: "message" | "list" | "not-started" | "outcome" | "results" | "copy" | "notice";
  /** For an outcome, its round; for a list, how many were excluded by then; 0 for posts that exist once. */
  round: number;
  /** The content of a notice, as JSON. */
  about_json: Generated<string | null>;
  /** The conversation that Slack opened for a user, once posted. */
  posted_in: Generated<string | null>;
  /** The timestamp by which Slack identifies the message; null until it is posted. */
  ts: string | null;
  /** Increases with every change that Slack has to show. */
  wanted: number;
  /** The value of `wanted` that Slack currently shows. */
  shown: number;
  due_at: number;
  /** Tries since Slack last accepted the message. */
  tries: number;
  /** The instance that is posting it, and until when no other instance may. */
  lease_owner: string | null;
  lease_until: number | null;
  /** The error code if Slack permanently refused the post; otherwise null. */
  refused: Generated<string | null>;
  /** The version of the code that claimed it last; see migrations/writer-version.ts. */
  writer: Generated<number>;
}
