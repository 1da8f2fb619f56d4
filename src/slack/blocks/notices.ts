/** What is told once: to one person, or in a request's thread. */
import type { Notice } from "../../receipt/notice.ts";
import type { RequestView } from "../../receipt/request-view.ts";
import type { Texts } from "../../text/en.ts";
import { date, link, user } from "../mrkdwn.ts";
import { escalationMessage, reminderMessage } from "./attention.ts";
import { requestTitle } from "./decision.ts";
import { type Message, privateMessage, quote } from "./parts.ts";

export interface NoticeParts {
  /** What it is about; undefined for what is about no request. */
  request: RequestView | undefined;
  /** The command by which people say what they want to be told. */
  command: string;
  texts: Texts;
  /** The address of a message, for links. */
  permalink(channelId: string, ts: string): string | undefined;
}

/** @throws where a notice about a request has none: a bug */
export function noticeMessage(notice: Notice, parts: NoticeParts): Message {
  const { request, command, texts } = parts;
  switch (notice.about) {
    case "grant-ended":
      return privateMessage(texts.notices.grantEnded(notice.role, date(notice.until)));
    case "broke-glass": {
      if (!request) throw new Error("a glass was broken for no request");
      const line = texts.approvals.tellBrokeGlass(user(notice.by), messageLink(request, parts));
      const message = privateMessage([requestTitle(request, texts), line].join("\n"));
      const { reason } = request;
      return reason === undefined ? message : { ...message, blocks: [...message.blocks, quote(reason)] };
    }
    case "reminder":
      if (!request) throw new Error("somebody is reminded of no request");
      return reminderMessage(request, { link: messageLink(request, parts), command, texts });
    case "escalated":
      if (!request) throw new Error("no request was escalated");
      return escalationMessage(request, notice.to, texts);
    default:
      return notice satisfies never;
  }
}

function messageLink({ channelId, messageTs }: RequestView, { permalink, texts }: NoticeParts): string | undefined {
  const url = messageTs && permalink(channelId, messageTs);
  return url ? link(url, texts.request.linkLabel) : undefined;
}
