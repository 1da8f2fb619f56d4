/** `/receipt open` and `close`: acknowledged once the ledger has it, or with the answer to whoever typed it. */
import { createHash } from "node:crypto";
import { mayRequest, type Person } from "../../domain/policy.ts";
import type { OpenCloseCommand } from "../../parsing/command/open-close.ts";
import { example } from "../blocks/examples.ts";
import type { SlackContext } from "../context.ts";
import { type CommandPayload, commandOrigin } from "../payloads/payloads.ts";
import { createRefuse, typed } from "../replies/refuse.ts";
import { createRequestSubmitter } from "../replies/submit-request.ts";

export function createOpenCloseHandler(context: SlackContext) {
  const { settings, texts } = context;
  const { SLACK_COMMAND: command } = settings;
  const refuse = createRefuse(context);
  const submitter = createRequestSubmitter(context);

  async function change(
    payload: CommandPayload,
    person: Person,
    { action, subMchids, reason }: OpenCloseCommand,
  ): Promise<string | undefined> {
    const verdict = mayRequest(person, subMchids);
    if (verdict.kind === "refuse") return refuse(verdict, typed(payload));
    if (settings.REASON === "required" && reason === undefined) {
      const verb = action === "OPEN" ? "open" : "close";
      return texts.approvals.needsReason(example(verb, { command, reason: settings.REASON, texts }, subMchids[0]));
    }
    const place = await submitter.whereToPost({ by: "command", channelId: payload.channel_id });
    if ("answer" in place) return place.answer;
    const ask = { sourceKey: sourceKey(payload), action, subMchids, reason, requestedBy: person.id };
    return (await submitter.submit(place, { ...ask, origin: commandOrigin(payload) })).told;
  }

  return change;
}

/** Slack gives each typed command a trigger and an answer address of its own; what is delivered again has the same. */
function sourceKey({ trigger_id, response_url, user_id, channel_id, text }: CommandPayload): string {
  const source = JSON.stringify([trigger_id, response_url, user_id, channel_id, text]);
  return createHash("sha256").update(source).digest("base64url");
}
