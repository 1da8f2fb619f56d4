/** What every modal of the bot has in common: a plain sentence on one, and inputs that are named after what they give. */
import type { InputBlock, ModalView } from "@slack/types";
import type { Texts } from "../../text/en/catalogue.ts";
import { plain, privateMessage } from "./elements.ts";

/** What becomes of a form that was submitted; see "response_action" in Slack's documentation. */
export type FormAnswer =
  /** It is closed, and every form below it. */
  | { response_action: "clear" }
  /** Plain sentences beside its inputs, by `block_id`. */
  | { response_action: "errors"; errors: Record<string, string> }
  /** Another view on top of it (three at the most, a sentence among them), or in its place. */
  | { response_action: "push" | "update"; view: ModalView };

/** A sentence to one person, where there is no place for a message. */
export function notice(text: string, close: string, { form }: Texts, title = form.title): ModalView {
  return { type: "modal", title: plain(title), close: plain(close), blocks: privateMessage(text).blocks };
}

/** An input; its `block_id` is the element's `action_id`, by which what is wrong with it is told. */
export function input(
  element: InputBlock["element"] & { action_id: string },
  words: { label: string; hint?: string; isOptional?: boolean },
): InputBlock {
  const { label, hint, isOptional = false } = words;
  return {
    type: "input",
    block_id: element.action_id,
    label: plain(label),
    ...(hint === undefined ? {} : { hint: plain(hint) }),
    optional: isOptional,
    element,
  };
}
