/** `/receipt open` and `close`: acknowledged once the request is in the ledger, or with an answer to the requester. */
import { objectOf } from "../../domain/goldplan/change.ts";
import { mayRequest, type Person } from "../../domain/policy.ts";
import type { OpenCloseCommand } from "../../parsing/command/open-close.ts";
import { unusualSentence } from "../blocks/request/unusual-length.ts";
import type { DeniedAttempt, SlackContext } from "../context.ts";
import type { CommandPayload } from "../payloads/payloads.ts";
import { commandKey } from "../payloads/source-key.ts";
import { refuse } from "../replies/refuse.ts";
import { type Refusal, submitRequest, unlessRecorded, whereToPost } from "../replies/submit-request.ts";

export async function openOrClose(
  context: SlackContext,
  payload: CommandPayload,
  attempt: DeniedAttempt,
  person: Person,
  { action, named, subMchids, reason, labels: givenNames }: OpenCloseCommand,
): Promise<string | undefined> {
  const { texts, settings } = context;
  const key = commandKey(payload);
  const refused = async (refusal: Refusal) => (await unlessRecorded(context, key, refusal)).told;
  const verdict = mayRequest(person, subMchids);
  if (verdict.kind === "refuse") return refused(() => refuse(context, verdict, attempt));
  const object = objectOf({ action, named }, settings.GOLDPLAN);
  if (object === undefined) return refused(() => texts.goldplan.off);
  const place = await whereToPost(context, { by: "command", channelId: payload.channel_id });
  if ("answer" in place) return refused(() => place.answer);
  const request = {
    sourceKey: key,
    action,
    object,
    subMchids,
    reason,
    givenNames,
    requestedBy: person.id,
  };
  const { isRecorded, told } = await submitRequest(context, place, { ...request, origin: attempt.origin });
  const unusual = isRecorded ? unusualSentence(subMchids, texts) : undefined;
  return [unusual, told].filter((sentence) => sentence !== undefined).join("\n") || undefined;
}
