/** Parts of modals: a plain sentence, and inputs named after their contents. */
import type { InputBlock, ModalView } from "@slack/types";
import type { Texts } from "../../text/en/catalogue.ts";
import { plain, privateMessage } from "./elements.ts";

/** What happens to a submitted form; see "response_action" in Slack's documentation. */
export type FormAnswer =
  /** The form closes, together with every form below it. */
  | { response_action: "clear" }
  /** Plain sentences next to the form's inputs, by `block_id`. */
  | { response_action: "errors"; errors: Record<string, string> }
  /** Another view on top of the form (three at most, including sentences), or instead of it. */
  | { response_action: "push" | "update"; view: ModalView };

/** A sentence for one person, for cases in which no message can be shown. */
export function notice(text: string, close: string, { form }: Texts, title = form.title): ModalView {
  return { type: "modal", title: plain(title), close: plain(close), blocks: privateMessage(text).blocks };
}

/** An input. Its `block_id` is the element's `action_id`, which addresses errors for this input. */
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
