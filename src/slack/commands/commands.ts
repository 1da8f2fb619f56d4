/** `/receipt …`: parses a command and passes it to its handler. */
import { mayRequest, type Person } from "../../domain/policy.ts";
import { type Command, parseCommand } from "../../parsing/command/command.ts";
import type { Message } from "../blocks/elements.ts";
import { helpAnswer } from "../blocks/lists/help.ts";
import { type DeniedAttempt, type Intent, type SlackContext, type SlackParts, typingOf } from "../context.ts";
import { type CommandPayload, commandOrigin, commandTextMax } from "../payloads/payloads.ts";
import { commandKey } from "../payloads/source-key.ts";
import { holders } from "../replies/refusal-message.ts";
import { whereToPost } from "../replies/submit-request.ts";
import { openNamesForm } from "../views/names-form.ts";
import { openRequestForm } from "../views/open-view.ts";
import { exportTrail } from "./export.ts";
import { administerRoles } from "./grant-revoke.ts";
import { notify } from "./notify.ts";
import { openOrClose } from "./open-close.ts";
import { query } from "./queries.ts";
import { problemAnswer } from "./usage-errors.ts";

/** The answer for the person who typed the command; undefined if the channel shows it. */
export type CommandReply = string | Message | undefined;

export async function parseTyped({ settings }: SlackParts, payload: CommandPayload): Promise<Intent<CommandReply>> {
  const { length } = payload.text;
  if (length > commandTextMax)
    return { kind: "answered", reply: (texts) => tooLongAnswer(length, { settings, texts }) };
  const parsed = parseCommand(payload.text, settings.WECHATPAY_MCHID, settings.tickets.find);
  if (!parsed.ok)
    return {
      kind: "answered",
      reply: (texts) => problemAnswer(parsed, payload.text, typingOf({ settings, texts })),
    };
  const attempt = { userId: payload.user_id, origin: commandOrigin(payload), asked: payload.text };
  return {
    kind: "wanted",
    attempt,
    run: (context, person) => runCommand(context, { payload, attempt, person }, parsed.command),
  };
}

function tooLongAnswer(length: number, { settings, texts }: Pick<SlackContext, "settings" | "texts">): string {
  const { commandTooLong, nothingRecorded } = texts.problem;
  return [commandTooLong(length, commandTextMax, settings.SLACK_COMMAND), nothingRecorded].join("\n");
}

async function runCommand(
  context: SlackContext,
  { payload, attempt, person }: { payload: CommandPayload; attempt: DeniedAttempt; person: Person },
  command: Command,
): Promise<CommandReply> {
  switch (command.kind) {
    case "help":
      return help(context, person);
    case "form":
      return openForm(context, payload, person);
    case "change":
      return openOrClose(context, payload, attempt, person, command);
    case "status":
    case "status-of-name":
    case "find":
    case "request":
    case "history":
    case "pending":
      return query(context, attempt, person, command);
    case "names":
      return openNamesForm(context, payload, attempt, person);
    case "export":
      return exportTrail(context, attempt, person, command);
    case "roles":
    case "grant":
    case "revoke":
      return administerRoles(context, attempt, person, command, commandKey(payload));
    case "notify":
      return notify(context, attempt, person, command, commandKey(payload));
    default:
      return command satisfies never;
  }
}

async function help(context: SlackContext, person: Person): Promise<string> {
  const needsAdmin = person.standing === "member" && person.roles.size === 0;
  const admins = needsAdmin ? await holders(context, "admin", []) : undefined;
  return helpAnswer({ person, ...typingOf(context), admins });
}

/** Shows help instead of the form to people who may not submit requests, or if Slack does not open the form. */
async function openForm(
  context: SlackContext,
  { channel_id, trigger_id }: CommandPayload,
  person: Person,
): Promise<string | undefined> {
  if (mayRequest(person, []).kind === "refuse") return help(context, person);
  const requestOrigin = { by: "command", channelId: channel_id } as const;
  const place = await whereToPost(context, requestOrigin);
  if ("answer" in place) return place.answer;
  return (await openRequestForm(context, trigger_id, requestOrigin)) ? undefined : help(context, person);
}
