/**
 * Decides what happens to a post that Slack did not accept: it is tried again soon, checked again slowly, replaced, or
 * abandoned.
 */
import { postPauseMs } from "../../domain/time/post-pauses.ts";
import type { ClaimedPost } from "../../ledger/outbox/outbox.ts";
import { refusedPart } from "../api/token/scopes.ts";

export type NextTry =
  | { kind: "again"; inMs: number }
  /** The posted message is gone, so its content is posted again. */
  | { kind: "repost" }
  /**
   * Slack permanently refuses this post, with this error code. Without `inMs`, the post is abandoned; a file is
   * replaced by text. `isToTell`: the requester has to be notified.
   */
  | { kind: "refused"; error: string; inMs: number | undefined; isToTell: boolean };

/** How often a channel that refuses posts is checked again, in milliseconds, and how many times: about a week. */
const recheckMaxMs = 10 * 60_000;
const rechecksMax = 1_000;

/** Only people can resolve these: the bot was removed from the channel, or the channel was archived or restricted. */
const needsPeople =
  /^(not_in_channel|channel_not_found|is_archived|restricted_action.*|channel_is_limited_access|messages_tab_disabled|posting_to_.*)$/;
/** Slack does not accept this content. */
const isContent =
  /^(invalid_(blocks|blocks_format|arguments|attachments|charset)|msg_too_long|msg_blocks_too_long|no_text|too_many_attachments|slack_connect_.*)$/;
/** Nobody can write to this person, who has left or is hidden by Slack. */
const isOutOfReach =
  /^(channel_not_found|user_not_found|user_not_visible|user_disabled|cannot_dm_bot|invalid_user_combination|is_inactive)$/;
/** Slack accepts no files from the bot at all. */
const takesNoFile =
  /^(missing_scope|no_permission|not_allowed_token_type|file_uploads?_.*|blocked_file_type|storage_limit_reached|restricted_action.*)$/;
/** The posted message can no longer be edited. */
const isGone = /^(message_not_found|cant_update_message|edit_window_closed|block_mismatch)$/;

/** After this many tries, a refusal counts as permanent: one that is known to be permanent, and an unknown one. */
const lastingTries = 3;
const unknownTries = 5;

/** @param refused Slack's error code; undefined if Slack did not answer or had an internal error */
export function nextTry(post: ClaimedPost, refused: string | undefined): NextTry {
  const { tries, kind } = post;
  const again: NextTry = { kind: "again", inMs: postPauseMs(tries) };
  if (refused === undefined) return again;
  if (post.posted && isGone.test(refused)) return { kind: "repost" };
  if (isFile(post)) {
    const isLasting =
      takesNoFile.test(refused) || (refusedPart(refused, "files.uploadV2") !== "token" && tries >= lastingTries);
    return isLasting ? { kind: "refused", error: refused, inMs: 0, isToTell: false } : again;
  }
  // The bot's operator has to act; this affects every post.
  if (refusedPart(refused) !== "other") return again;
  const isLasting = tries >= (isKnown(refused) ? lastingTries : unknownTries);
  const isToTell = kind === "message" && isLasting;
  const recheckMs = tries < rechecksMax ? postPauseMs(tries, recheckMaxMs) : undefined;
  if (/^[UW]/.test(post.channelId)) {
    if (!isLasting) return again;
    const isOver = isOutOfReach.test(refused) || !needsPeople.test(refused);
    return { kind: "refused", error: refused, inMs: isOver ? undefined : recheckMs, isToTell };
  }
  if (needsPeople.test(refused)) return { kind: "refused", error: refused, inMs: recheckMs, isToTell };
  if (!isLasting && !isContent.test(refused)) return again;
  // A newer version of the bot may write the request's message in a way that Slack accepts; other posts are no longer
  // useful by then.
  const inMs = kind === "message" || !isLasting ? recheckMs : undefined;
  return { kind: "refused", error: refused, inMs, isToTell };
}

/** Whether to post a file rather than the text that replaces a refused one. */
function isFile({ kind, refused }: Pick<ClaimedPost, "kind" | "refused">): boolean {
  return refused === undefined && (kind === "list" || kind === "not-started" || kind === "results");
}

function isKnown(refused: string): boolean {
  return needsPeople.test(refused) || isContent.test(refused) || isOutOfReach.test(refused);
}
