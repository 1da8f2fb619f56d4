/** Messages that are sent once: to one person, or in a request's thread. */
import type { Grant, Holder } from "../../../domain/grant.ts";
import type { GrantNotice, GrantTerms, Notice } from "../../../domain/notice.ts";
import type { RequestView } from "../../../ledger/queries/request-view.ts";
import type { Texts } from "../../../text/en/catalogue.ts";
import { type Message, privateMessage } from "../elements.ts";
import { allTermsLine, termsLine } from "../grant-lines.ts";
import { date, user } from "../mrkdwn.ts";
import { usersBefore } from "./approvals.ts";
import { type NameOf, requestTitle } from "./decision.ts";
import { requestLink } from "./outcome-line.ts";
import { reasonBlocks, type TicketLinks } from "./reason.ts";
import { refusedMessage } from "./refused-post.ts";
import { escalationMessage, reminderMessage } from "./reminders.ts";

export type GrantEnded = Extract<Notice, { about: "grant-ended" }>;

/** What remains of a person's role when their own grant of it ends. */
export interface StillHeld {
  /** The grants to groups that give the role to them. */
  through: readonly Grant[];
  /** Slack did not list a group's members, so there may be more than `through`. */
  groupsUnknown: boolean;
  /** How the message names a group. */
  name(holder: Holder): string;
}

/** For a person whose own grant has ended: the consequences for them. */
export function grantEndedMessage({ role, until }: GrantEnded, still: StillHeld, texts: Texts): Message {
  const { grantEnded, roleEnded, roleMayHaveEnded } = texts.notices;
  if (still.through.length > 0) {
    const groups = still.through.map((grant) => {
      const terms = termsLine(grant, texts);
      const group = still.name(grant.holder);
      return terms === undefined ? group : texts.notices.groupWithTerms(group, terms);
    });
    return privateMessage(grantEnded(role, date(until), groups.join(texts.list)));
  }
  return privateMessage((still.groupsUnknown ? roleMayHaveEnded : roleEnded)(role, date(until)));
}

export interface NoticeParts extends TicketLinks {
  /** The request that it is about. */
  request: RequestView;
  /** How the thread names a person without notifying them. */
  nameOf: NameOf;
  /** The slash command, with which people set notification preferences. */
  command: string;
  texts: Texts;
  /** The address of a message, for links. */
  permalink(channelId: string, ts: string): string | undefined;
}

/**
 * For a person whose role an admin granted, changed or revoked.
 * @param through the groups that still give them the role
 */
export function grantMessage(notice: GrantNotice, through: readonly string[], texts: Texts): Message {
  const { role, by } = notice;
  const { roleGranted, roleChanged, roleRevoked, stillThrough } = texts.notices;
  switch (notice.about) {
    case "granted":
      return privateMessage(roleGranted(role, user(by), termsLine(asTerms(notice.terms), texts)));
    case "grant-changed": {
      const [now, before] = [notice.terms, notice.before].map((terms) =>
        allTermsLine({ role, ...asTerms(terms) }, texts),
      );
      return privateMessage(roleChanged(role, user(by), now ?? "", before ?? ""));
    }
    case "revoked": {
      const still = through.length > 0 ? [stillThrough(through.join(texts.list))] : [];
      return privateMessage([roleRevoked(role, user(by)), ...still].join(texts.between));
    }
    default:
      return notice satisfies never;
  }
}

function asTerms({ until, only }: GrantTerms): Pick<Grant, "until" | "only"> {
  return { until, only };
}

/** A notice about a request. */
export function noticeMessage(notice: Exclude<Notice, GrantEnded | GrantNotice>, parts: NoticeParts): Message {
  const { request, texts } = parts;
  switch (notice.about) {
    case "broke-glass": {
      const line = texts.approvals.tellBrokeGlass(
        user(notice.by),
        usersBefore(request.decision, texts),
        requestLink(request, parts),
      );
      const message = privateMessage([requestTitle(request, texts), line].join("\n"));
      return { ...message, blocks: [...message.blocks, ...reasonBlocks(request, parts)] };
    }
    case "carried-out":
      return privateMessage(texts.held.carriedOut(parts.nameOf(notice.by)));
    case "reminder":
      return reminderMessage(request, { link: requestLink(request, parts), ...parts });
    case "escalated":
      return escalationMessage(request, notice.to, texts);
    case "not-posted":
      return refusedMessage(request, notice.error, texts);
    case "resubmitted": {
      const { nameOf } = parts;
      const again = request.resubmissions.find(({ id }) => id === notice.as);
      const where = again ? requestLink(again, parts) : requestTitle(request, texts);
      const count = again?.total ?? request.counts.cancelled;
      return privateMessage(texts.bulk.thread.resubmitted(nameOf(notice.by), where, count));
    }
    default:
      return notice satisfies never;
  }
}
