/** Example commands: each works as shown with the current settings. */
import type { Verb } from "../../parsing/command/command.ts";
import type { Settings } from "../../settings.ts";
import type { Texts } from "../../text/en/catalogue.ts";

/** The settings that determine how commands are typed in this installation. */
export interface Typing {
  /** SLACK_COMMAND. */
  command: string;
  /** Whether a requester has to give a reason. */
  reason: Settings["REASON"];
  texts: Texts;
}

export function example(verb: Verb, { command, reason, texts: { typed } }: Typing, subMchid = "1900000109"): string {
  const rest: Record<Verb, string> = {
    open: ` ${subMchid}${reason === "required" ? ` ${typed.reason.OPEN}` : ""}`,
    close: ` ${subMchid}${reason === "required" ? ` ${typed.reason.CLOSE}` : ""}`,
    grant: ` @name ${typed.role.approver}`,
    revoke: ` @name ${typed.role.approver}`,
    roles: " @name",
    notify: ` ${typed.notify.on}`,
    status: ` ${subMchid}`,
    history: ` ${subMchid} ${typed.failed}`,
    pending: "",
    export: " 30d",
    help: "",
  };
  return `${command} ${typed.verb[verb]}${rest[verb]}`;
}
