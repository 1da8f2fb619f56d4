/** `/receipt …`: understood, and given to who answers it, for the person who typed it. */
import { mayRequest, type Person } from "../../domain/policy.ts";
import { parseCommand } from "../../parsing/command/command.ts";
import type { Message } from "../blocks/elements.ts";
import { helpAnswer } from "../blocks/lists/help.ts";
import type { SlackContext } from "../context.ts";
import type { CommandPayload } from "../payloads/payloads.ts";
import { holders } from "../replies/refusal-message.ts";
import { createRefuse, typed } from "../replies/refuse.ts";
import { createFormOpener } from "../views/open-view.ts";
import { createExportHandler } from "./export.ts";
import { createNotifyHandler } from "./notify.ts";
import { createOpenCloseHandler } from "./open-close.ts";
import { createQueryHandler } from "./queries.ts";
import { createRoleHandler } from "./roles.ts";
import { problemAnswer } from "./usage-errors.ts";

/** Does what the command asks for; resolves to the answer for whoever typed it, or to nothing where the channel shows it. */
export type CommandHandler = (payload: CommandPayload) => Promise<string | Message | undefined>;

export function createCommandHandler(context: SlackContext): CommandHandler {
  const { settings, people, texts } = context;
  const { SLACK_COMMAND: command, REASON: reason } = settings;
  const change = createOpenCloseHandler(context);
  const look = createQueryHandler(context);
  const exportTrail = createExportHandler(context);
  const refuse = createRefuse(context);
  const administer = createRoleHandler(context);
  const notify = createNotifyHandler(context);
  const opener = createFormOpener(context);

  async function help(person: Person): Promise<string> {
    const isTold = person.standing === "member" && person.roles.size === 0;
    const admins = isTold ? await holders(context, "admin", []) : undefined;
    return helpAnswer({ person, command, reason, texts, admins });
  }

  /** Help for who may not ask, and where Slack does not open the form. */
  async function openForm({ channel_id, trigger_id }: CommandPayload, person: Person): Promise<string | undefined> {
    if (mayRequest(person, []).kind === "refuse") return help(person);
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
