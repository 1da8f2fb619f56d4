/** Texts for people if Slack permanently refuses one of the bot's posts. */
import type { RequestView } from "../../../ledger/queries/request-view.ts";
import type { Texts } from "../../../text/en/catalogue.ts";
import { type Message, privateMessage } from "../elements.ts";
import { channel, date } from "../mrkdwn.ts";
import { requestTitle } from "./decision.ts";

/** For the requester: their request's message does not appear, or no longer changes. */
export function refusedMessage(request: RequestView, error: string, texts: Texts): Message {
  const { notPosted, notUpdated } = texts.notices;
  const [title, where, why] = [requestTitle(request, texts), channel(request.channelId), refusedBecause(error, texts)];
  if (request.messageTs !== undefined) return privateMessage(notUpdated(title, where, why));
  const until = request.state === "pending" ? date(request.expiresAt) : undefined;
  return privateMessage(notPosted(title, where, why, until));
}

/** Slack's reason, as words without a full stop. */
export function refusedBecause(error: string, { notices: { refusedBecause } }: Texts): string {
  if (error === "is_archived") return refusedBecause.archived;
  if (/^(restricted_action|channel_is_limited_access|posting_to_)/.test(error)) return refusedBecause.restricted;
  if (/^(not_in_channel|channel_not_found)$/.test(error)) return refusedBecause.notIn;
  return refusedBecause.content(error);
}
