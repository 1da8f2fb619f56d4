/** Example commands: each works as shown with the current settings. */
import type { Action } from "../../domain/attempt-result.ts";
import type { SwitchObject } from "../../domain/goldplan/objects.ts";
import type { Verb } from "../../parsing/command/command.ts";
import type { Settings } from "../../settings.ts";
import type { Texts } from "../../text/en/catalogue.ts";
import { exampleNumber } from "../../text/example-words.ts";

/** The settings that determine how commands are typed in this installation. */
export interface Typing {
  /** SLACK_COMMAND. */
  command: string;
  /** GOLDPLAN. */
  goldplan: Settings["GOLDPLAN"];
  /** Whether a requester has to give a reason. */
  reason: Settings["REASON"];
  /** The ticket that people are shown as an example; undefined where a reason needs none. */
  ticket: string | undefined;
  texts: Texts;
}

/** @param object named in the command; by default none is */
export function example(
  verb: Verb,
  { command, reason, ticket, texts: { typed } }: Typing,
  subMchid = exampleNumber,
  object?: SwitchObject,
): string {
  const why = (action: Action) =>
    reason === "required" ? ` ${typed.reason[action]}${ticket === undefined ? "" : ` ${ticket}`}` : "";
  const rest: Record<Verb, string> = {
    open: ` ${subMchid}${why("OPEN")}`,
    close: ` ${subMchid}${why("CLOSE")}`,
    grant: ` @name ${typed.role.approver}`,
    revoke: ` @name ${typed.role.approver}`,
    roles: " @name",
    notify: ` ${typed.notify.on}`,
    status: ` ${subMchid}`,
    history: ` ${subMchid} ${typed.failed}`,
    pending: "",
    find: " 火锅",
    names: "",
    export: " 30d",
    help: "",
  };
  return [command, ...(object ? [typed.object[object]] : []), `${typed.verb[verb]}${rest[verb]}`].join(" ");
}
