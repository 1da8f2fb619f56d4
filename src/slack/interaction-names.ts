/** People's actions in Slack, with the names under which the metrics count them. */
import type { InteractionType } from "../domain/telemetry/metrics.ts";
import { verbNames, verbOf } from "../parsing/command/command.ts";
import type { SubmissionPayload } from "./payloads/forms.ts";
import { formIds, homeIds, requestIds, shortcutIds } from "./payloads/ids.ts";
import {
  type ClickPayload,
  type CommandPayload,
  clickIds,
  commandTextMax,
  type ShortcutPayload,
} from "./payloads/payloads.ts";

/** One kind of payload, and what each of its payloads is called. */
export interface Interaction<Payload> {
  type: InteractionType;
  nameOf(payload: Payload): string;
}

/** A list has a button for each of its lines. */
const anyLine = "page-request";
const isLine = (id: string) => (requestIds as readonly string[]).includes(id);

/** Every name, by type. */
export const interactionNames: Readonly<Record<InteractionType, readonly string[]>> = {
  command: ["form", ...Object.keys(verbNames)],
  click: [...new Set(clickIds.map((id) => (isLine(id) ? anyLine : id)))],
  form: Object.values(formIds),
  shortcut: Object.values(shortcutIds),
};

export const typedCommand: Interaction<CommandPayload> = {
  type: "command",
  nameOf: ({ text }) => verbOf(text.slice(0, commandTextMax)) ?? "",
};

export const pressedButton: Interaction<ClickPayload> = {
  type: "click",
  nameOf: (click) => {
    const id = idOf(click);
    return isLine(id) ? anyLine : id;
  },
};

function idOf(click: ClickPayload): string {
  if (click.kind === "grant") return click.change?.kind === "revoke" ? homeIds.revoke : homeIds.grant;
  return click.actions[0]?.action_id ?? "";
}

export const submittedForm: Interaction<SubmissionPayload> = { type: "form", nameOf: ({ kind }) => kind };

export const usedShortcut: Interaction<ShortcutPayload> = {
  type: "shortcut",
  nameOf: ({ callback_id }) => callback_id,
};
