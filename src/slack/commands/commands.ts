/** `/receipt …`: understood, and given to who answers it, for the person who typed it. */
import { mayAsk, type Person } from "../../domain/policy.ts";
import { parseCommand } from "../../parsing/command/command.ts";
import type { Message } from "../blocks/elements.ts";
import { helpAnswer } from "../blocks/lists/help.ts";
import type { BotParts } from "../context.ts";
import type { CommandPayload } from "../payloads/payloads.ts";
import { holders } from "../replies/refusal-message.ts";
import { createRefuse, typed } from "../replies/refuse.ts";
import { createFormOpener } from "../views/open-view.ts";
import { createExportAnswerer } from "./export.ts";
import { createNotifyAnswerer } from "./notify.ts";
import { createChangeAnswerer } from "./open-close.ts";
import { createAskingAnswerer } from "./queries.ts";
import { createRoleAnswerer } from "./roles.ts";
import { problemAnswer } from "./usage-errors.ts";

/** Does what the command asks for; resolves to the answer for whoever typed it, or to nothing where the channel shows it. */
export type CommandAnswerer = (payload: CommandPayload) => Promise<string | Message | undefined>;

export function createCommandAnswerer(parts: BotParts): CommandAnswerer {
  const { settings, people, texts } = parts;
  const { SLACK_COMMAND: command, REASON: reason } = settings;
  const change = createChangeAnswerer(parts);
  const look = createAskingAnswerer(parts);
  const exportTrail = createExportAnswerer(parts);
  const refuse = createRefuse(parts);
  const administer = createRoleAnswerer(parts);
  const notify = createNotifyAnswerer(parts);
  const opener = createFormOpener(parts);

  async function help(person: Person): Promise<string> {
    const isTold = person.standing === "member" && person.roles.size === 0;
    const admins = isTold ? await holders(parts, "admin", []) : undefined;
    return helpAnswer({ person, command, reason, texts, admins });
  }

  /** Help for who may not ask, and where Slack does not open the form. */
  async function openForm({ channel_id, trigger_id }: CommandPayload, person: Person): Promise<string | undefined> {
    if (mayAsk(person, []).kind === "refuse") return help(person);
    const askedFrom = { by: "command", channelId: channel_id } as const;
    const place = await opener.whereToPost(askedFrom);
    if ("answer" in place) return place.answer;
    return (await opener.open(trigger_id, askedFrom)) ? undefined : help(person);
  }

  return async (payload) => {
    const parsed = parseCommand(payload.text);
    if (!parsed.ok) return problemAnswer(parsed, { command, reason, texts });
    const person = await people.find(payload.user_id);
    if (!person) return refuse({ why: "standing", standing: "stranger" }, typed(payload));
    switch (parsed.command.kind) {
      case "help":
        return help(person);
      case "form":
        return openForm(payload, person);
      case "change":
        return change(payload, person, parsed.command);
      case "status":
      case "history":
      case "pending":
        return look(payload, person, parsed.command);
      case "export":
        return exportTrail(payload, person, parsed.command);
      case "roles":
      case "grant":
      case "revoke":
        return administer(typed(payload), person, parsed.command);
      case "notify":
        return notify(payload, person, parsed.command);
      default:
        return parsed.command satisfies never;
    }
  };
}
