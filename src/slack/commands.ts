/** `/receipt …`: acknowledged once the ledger has it, or with the answer to whoever typed it. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { type Command, parseCommand } from "../receipt/command.ts";
import { mayAsk, mayGrant, type Person } from "../receipt/policy.ts";
import { holders, problemAnswer, refusalAnswer } from "./answers.ts";
import { helpAnswer, rolesAnswer } from "./blocks/help.ts";
import type { BotParts } from "./bot.ts";
import { channel, code, date, link, user } from "./mrkdwn.ts";

/** What the bot needs of a command's payload; see "Slash commands" in Slack's documentation. */
export const commandPayload = z.object({
  text: z.string().default(""),
  user_id: z.string().min(1),
  channel_id: z.string().min(1),
  trigger_id: z.string().min(1),
  response_url: z.string().default(""),
});
export type CommandPayload = z.infer<typeof commandPayload>;

/** Does what the command asks for; resolves to the answer for whoever typed it, or to nothing where the channel shows it. */
export type CommandAnswerer = (payload: CommandPayload) => Promise<string | undefined>;

export function createCommandAnswerer(parts: BotParts): CommandAnswerer {
  const { settings, ledger, roles, people, workspace, texts, log } = parts;
  const { SLACK_COMMAND: command, RECEIPT_CHANNELS: channels } = settings;

  async function answer(payload: CommandPayload): Promise<string | undefined> {
    const parsed = parseCommand(payload.text);
    if (!parsed.ok) return [problemAnswer(parsed, command, texts), texts.problem.nothingRecorded].join("\n");
    const person = await people.find(payload.user_id);
    if (!person) return texts.refusal.standing.stranger;
    switch (parsed.command.kind) {
      case "help":
        return helpAnswer({ person, command, texts, admins: await holders(roles, "admin", texts, []) });
      case "change":
        return change(payload, person, parsed.command);
      case "roles":
      case "grant":
      case "revoke":
        return administer(person, parsed.command);
      default:
        return parsed.command satisfies never;
    }
  }

  async function change(
    payload: CommandPayload,
    person: Person,
    { action, subMchid, reason }: Extract<Command, { kind: "change" }>,
  ): Promise<string | undefined> {
    const verdict = mayAsk(person);
    if (verdict.kind === "refuse") return refusalAnswer(verdict, { self: person.id, roles, command, texts });
    const place = await whereToPost(payload.channel_id);
    if ("answer" in place) return place.answer;

    const asked = await ledger.requests.ask({
      sourceKey: sourceKey(payload),
      action,
      subMchid,
      reason,
      requestedBy: person.id,
      channelId: place.channelId,
      ttlMs: settings.REQUEST_TTL,
    });
    switch (asked.kind) {
      case "recorded":
        log.info({ request: asked.requestId, action, subMchid, by: person.id }, "request recorded");
        parts.changed();
        return place.isElsewhere ? texts.answer.postedElsewhere(channel(place.channelId)) : undefined;
      case "repeated":
        log.info({ request: asked.requestId }, "command delivered again; it was recorded before");
        return undefined;
      case "open-already": {
        const { requestedBy, createdAt, messageTs, channelId } = asked.request;
        const url = messageTs ? workspace.permalink(channelId, messageTs) : undefined;
        const where = url && link(url, texts.request.linkLabel);
        return texts.answer.openAlready(code(subMchid), user(requestedBy), date(createdAt, "ago"), where);
      }
      default:
        return asked satisfies never;
    }
  }

  async function whereToPost(
    typedIn: string,
  ): Promise<{ channelId: string; isElsewhere: boolean } | { answer: string }> {
    const [first] = channels;
    const membership = await workspace.membership(typedIn);
    if (membership === "needs-a-channel") {
      if (first === undefined) return { answer: texts.answer.needsChannel(command) };
      return { channelId: first, isElsewhere: true };
    }
    if (first !== undefined && !channels.includes(typedIn))
      return { answer: texts.answer.channelNotMine(channels.map(channel).join(texts.list), command) };
    if (membership === "not-in") {
      const { botName } = await workspace.identity();
      return { answer: texts.answer.notInChannel(botName, command) };
    }
    return { channelId: typedIn, isElsewhere: false };
  }

  async function administer(
    person: Person,
    asked: Extract<Command, { kind: "roles" | "grant" | "revoke" }>,
  ): Promise<string> {
    const verdict = mayGrant(person);
    if (verdict.kind === "refuse") return refusalAnswer(verdict, { self: person.id, roles, command, texts });
    if (asked.kind === "roles") return rolesAnswer({ grants: await roles.list(), command, texts });

    const { userId, role } = asked;
    const name = user(userId);
    if (asked.kind === "revoke") {
      const revoked = await roles.revoke({ userId, role, by: person.id });
      log.info({ user: userId, role, by: person.id, outcome: revoked }, "revoke");
      if (revoked === "stands-in-settings") return texts.answer.standsInSettings(name);
      return revoked === "revoked" ? texts.answer.revoked(name, role) : texts.answer.hadItNot(name, role);
    }
    const standing = await workspace.standing(userId);
    if (standing === undefined) return texts.answer.unknownPerson(name);
    if (standing !== "member") return texts.answer.cannotHold(name, standing);
    const granted = await roles.grant({ userId, role, by: person.id });
    log.info({ user: userId, role, by: person.id, outcome: granted }, "grant");
    return granted === "granted" ? texts.answer.granted(name, role) : texts.answer.hadItAlready(name, role);
  }

  return answer;
}

/** Slack gives each typed command a trigger and an answer address of its own; what is delivered again has the same. */
function sourceKey({ trigger_id, response_url, user_id, channel_id, text }: CommandPayload): string {
  const source = JSON.stringify([trigger_id, response_url, user_id, channel_id, text]);
  return createHash("sha256").update(source).digest("base64url");
}
