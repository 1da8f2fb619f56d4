/** Asking for receipts to be opened or closed, whichever way somebody asks: where it is posted, and what they are told. */
import type { ApprovalRule } from "../../domain/approval.ts";
import { wantsEveryRequest } from "../../domain/reminder-recipients.ts";
import { firstReminderMs } from "../../domain/reminder-schedule.ts";
import type { NewRequest } from "../../ledger/requests.ts";
import { channel, code, date, link, user } from "../blocks/mrkdwn.ts";
import type { SlackContext } from "../context.ts";
import type { AskedFrom, Destination } from "../payloads/asked-from.ts";

export interface RequestSubmitter {
  /** Resolves to an answer where nobody can ask from there. @throws SlackAway */
  whereToPost(askedFrom: AskedFrom): Promise<Destination | { answer: string }>;
  /** For who may ask: the caller has checked it. `told` is what the asker alone has to know. */
  submit(
    place: Destination,
    asked: Omit<NewRequest, "channelId" | "ttlMs" | "remindAfterMs" | "approvalRule">,
  ): Promise<{ isRecorded: true; told?: string } | { isRecorded: false; told: string }>;
}

export function createRequestSubmitter(context: SlackContext): RequestSubmitter {
  const { settings, ledger, preferences, escalation, workspace, texts, log } = context;
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

    async submit({ channelId, isElsewhere }, ask) {
      const { action, subMchids, requestedBy: by } = ask;
      const remindAfterMs = firstReminderMs(ttlMs, wantsEveryRequest(await preferences.all()), escalation);
      const toBeDecided = { ttlMs, remindAfterMs, approvalRule: approvalRule(settings) };
      const asked = await ledger.requests.submit({ ...ask, channelId, ...toBeDecided });
      switch (asked.kind) {
        case "recorded": {
          const { requestId, skipped } = asked;
          const count = subMchids.length - skipped.length;
          log.info({ request: requestId, action, subMchid: subMchids[0], count, by }, "request recorded");
          context.changed();
          const told = [
            ...(skipped.length > 0 ? [texts.bulk.answer.leftOut(...sample(skipped))] : []),
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
function approvalRule(settings: SlackContext["settings"]): ApprovalRule {
  const { APPROVERS_NEEDED: needed, BULK_FROM: from, BULK_APPROVERS_NEEDED: neededForBulk } = settings;
  return { needed, bulk: from && neededForBulk ? { from, needed: neededForBulk } : undefined };
}

/** Numbers that are named in an answer. */
const namedMax = 5;

function sample(numbers: readonly string[]): [named: string, more: number] {
  return [numbers.slice(0, namedMax).map(code).join(" "), Math.max(0, numbers.length - namedMax)];
}
