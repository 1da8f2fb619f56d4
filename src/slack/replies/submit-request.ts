/** Asking for receipts to be opened or closed, whichever way somebody asks: where it is posted, and what they are told. */
import type { ApprovalRule } from "../../domain/approval.ts";
import { isEachWanted } from "../../domain/reminder-recipients.ts";
import { firstAttentionMs } from "../../domain/reminder-schedule.ts";
import type { Ask } from "../../ledger/requests.ts";
import { channel, code, date, link, user } from "../blocks/mrkdwn.ts";
import type { BotParts } from "../context.ts";
import type { AskedFrom, Place } from "../payloads/asked-from.ts";

export interface Asker {
  /** Resolves to an answer where nobody can ask from there. @throws SlackAway */
  whereToPost(askedFrom: AskedFrom): Promise<Place | { answer: string }>;
  /** For who may ask: the caller has checked it. `told` is what the asker alone has to know. */
  ask(
    place: Place,
    asked: Omit<Ask, "channelId" | "ttlMs" | "attendAfterMs" | "approvalRule">,
  ): Promise<{ isRecorded: true; told?: string } | { isRecorded: false; told: string }>;
}

export function createAsker(parts: BotParts): Asker {
  const { settings, ledger, notifying, escalation, workspace, texts, log } = parts;
  const { SLACK_COMMAND: command, RECEIPT_CHANNELS: channels, REQUEST_TTL: ttlMs } = settings;

  return {
    async whereToPost({ by, channelId }) {
      const [first] = channels;
      const elsewhere =
        first === undefined
          ? { answer: texts.answer.needsChannel(command) }
          : { channelId: first, isElsewhere: channelId !== first };
      if (channelId === undefined) return elsewhere;
      const membership = await workspace.membership(channelId);
      if (membership === "needs-a-channel") return elsewhere;
      if (first !== undefined && !channels.includes(channelId)) {
        if (by === "shortcut") return elsewhere;
        return { answer: texts.answer.channelNotMine(channels.map(channel).join(texts.list), command) };
      }
      if (membership === "not-in") {
        const { botName } = await workspace.identity();
        return { answer: texts.answer.notInChannel(botName, command) };
      }
      return { channelId, isElsewhere: false };
    },

    async ask({ channelId, isElsewhere }, ask) {
      const { action, subMchids, requestedBy: by } = ask;
      const attendAfterMs = firstAttentionMs(ttlMs, isEachWanted(await notifying.all()), escalation);
      const toBeDecided = { ttlMs, attendAfterMs, approvalRule: approvalRule(settings) };
      const asked = await ledger.requests.ask({ ...ask, channelId, ...toBeDecided });
      switch (asked.kind) {
        case "recorded": {
          const { requestId, leftOut } = asked;
          const count = subMchids.length - leftOut.length;
          log.info({ request: requestId, action, subMchid: subMchids[0], count, by }, "request recorded");
          parts.changed();
          const told = [
            ...(leftOut.length > 0 ? [texts.bulk.answer.leftOut(...sample(leftOut))] : []),
            ...(isElsewhere ? [texts.answer.postedElsewhere(channel(channelId))] : []),
          ];
          return { isRecorded: true, ...(told.length > 0 && { told: told.join(texts.between) }) };
        }
        case "repeated":
          log.info({ request: asked.requestId }, "asked for again by the same payload; it was recorded before");
          return { isRecorded: true };
        case "open-already": {
          const { requestedBy, createdAt, messageTs, channelId } = asked.request;
          const url = messageTs ? workspace.permalink(channelId, messageTs) : undefined;
          const where = url && link(url, texts.request.linkLabel);
          const told =
            subMchids.length > 1
              ? texts.bulk.answer.allOpen(subMchids.length, where)
              : texts.answer.openAlready(code(asked.subMchid), user(requestedBy), date(createdAt, "ago"), where);
          return { isRecorded: false, told };
        }
        default:
          return asked satisfies never;
      }
    },
  };
}

/** What the settings say of how many have to approve. */
function approvalRule(settings: BotParts["settings"]): ApprovalRule {
  const { APPROVERS_NEEDED: needed, BULK_FROM: from, BULK_APPROVERS_NEEDED: neededForBulk } = settings;
  return { needed, bulk: from && neededForBulk ? { from, needed: neededForBulk } : undefined };
}

/** Numbers that are named in an answer. */
const namedMost = 5;

function sample(numbers: readonly string[]): [named: string, more: number] {
  return [numbers.slice(0, namedMost).map(code).join(" "), Math.max(0, numbers.length - namedMost)];
}
