/** Submitting a request, by command or form: where it is posted, and the answer to its requester. */
import { maySwitch } from "../../domain/goldplan/change.ts";
import type { Submission } from "../../ledger/use-cases.ts";
import { merchant } from "../blocks/merchant.ts";
import { channel, date, someNumbers, user } from "../blocks/mrkdwn.ts";
import { requestLink } from "../blocks/request/outcome-line.ts";
import type { SlackContext } from "../context.ts";
import type { Destination, RequestOrigin } from "../payloads/request-origin.ts";
import { missingReason } from "./missing-reason.ts";
import { unknownMerchants } from "./unknown-merchants.ts";

/** `told` is only for the requester. */
export type SubmitReply = { isRecorded: true; told?: string } | { isRecorded: false; told: string };

/** Records why a person is refused, if that is to be recorded, and says it to them. */
export type Refusal = () => string | Promise<string>;

/** Resolves to an answer if nobody can submit requests from there. @throws SlackAway */
export async function whereToPost(
  { settings, workspace, texts }: SlackContext,
  { by, channelId }: RequestOrigin,
): Promise<Destination | { answer: string }> {
  const { SLACK_COMMAND: command, RECEIPT_CHANNELS: channels } = settings;
  const [first] = channels;
  const archived = (id: string) => ({ answer: texts.answer.channelArchived(channel(id)) });
  const elsewhere = async () => {
    if (first === undefined) return { answer: texts.answer.needsChannel(command) };
    if ((await workspace.membership(first)) === "archived") return archived(first);
    return { channelId: first, isElsewhere: channelId !== first };
  };
  if (channelId === undefined) return elsewhere();
  const membership = await workspace.membership(channelId);
  if (membership === "needs-a-channel") return elsewhere();
  if (first !== undefined && !channels.includes(channelId)) {
    if (by === "shortcut") return elsewhere();
    return { answer: texts.answer.channelNotMine(channels.map(channel).join(texts.list), command) };
  }
  if (membership === "archived") return archived(channelId);
  if (membership === "not-in") {
    const { botName } = await workspace.identity();
    return { answer: texts.answer.notInChannel(botName, command) };
  }
  return { channelId, isElsewhere: false };
}

/** Submits a request for a person who may do so, which the caller has checked. */
export async function submitRequest(
  context: SlackContext,
  { channelId, isElsewhere }: Destination,
  request: Omit<Submission, "channelId" | "ticket">,
): Promise<SubmitReply> {
  const { ledger, useCases, workspace, settings, texts, log } = context;
  // A form, or the message with a button, may be older than the settings.
  const refusal = maySwitch(request.object, settings.GOLDPLAN)
    ? (missingReason(context, request) ?? (await unknownMerchants(context, request.subMchids)))
    : texts.goldplan.off;
  if (refusal !== undefined) return unlessRecorded(context, request.sourceKey, () => refusal);
  const { action, object, subMchids, requestedBy: by } = request;
  const result = await useCases.submit({ ...request, ticket: settings.tickets.find(request.reason), channelId });
  switch (result.kind) {
    case "recorded": {
      const { requestId, skipped } = result;
      const count = subMchids.length - skipped.length;
      log.info({ request: requestId, action, object, subMchid: subMchids[0], count, by }, "request recorded");
      const told = [
        ...(skipped.length > 0 ? [texts.bulk.answer.leftOut(skipped.length, ...someNumbers(skipped))] : []),
        ...(isElsewhere ? [texts.answer.postedElsewhere(channel(channelId))] : []),
      ];
      return { isRecorded: true, ...(told.length > 0 && { told: told.join(texts.between) }) };
    }
    case "repeated":
      log.info({ request: result.requestId }, "Slack delivered the same payload again; it is recorded already");
      return { isRecorded: true };
    case "open-already": {
      const { requestedBy, createdAt } = result.request;
      const taken = merchant(await ledger.directory.merchant(result.subMchid), texts);
      const where = requestLink(result.request, workspace);
      const told =
        subMchids.length > 1
          ? texts.bulk.answer.allOpen(subMchids.length, where)
          : texts.answer.openAlready(taken, user(requestedBy), date(createdAt, "ago"), where);
      return { isRecorded: false, told };
    }
    default:
      return result satisfies never;
  }
}

/**
 * Refuses a request, unless the payload is recorded already: Slack may deliver it again after a role, a channel, the
 * settings or the directory changed.
 */
export async function unlessRecorded(
  { ledger }: SlackContext,
  sourceKey: string,
  refusal: Refusal,
): Promise<SubmitReply> {
  if (await ledger.requests.isRecorded(sourceKey)) return { isRecorded: true };
  return { isRecorded: false, told: await refusal() };
}
