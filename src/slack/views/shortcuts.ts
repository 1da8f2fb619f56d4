/** Shortcuts, and the button in App Home that does the same: each opens the form in which people submit requests. */
import { mayRequest } from "../../domain/policy.ts";
import { example } from "../blocks/example-commands.ts";
import { type DeniedAttempt, type Intent, type SlackContext, typingOf } from "../context.ts";
import { type ShortcutPayload, shortcutOrigin } from "../payloads/payloads.ts";
import { refuse } from "../replies/refuse.ts";
import { whereToPost } from "../replies/submit-request.ts";
import { openNotice, openRequestForm } from "./open-view.ts";

export async function parseShortcut(payload: ShortcutPayload): Promise<Intent<string | undefined>> {
  const { user, channel, trigger_id, callback_id: asked } = payload;
  const attempt = { userId: user.id, origin: shortcutOrigin(payload), asked };
  return openFormFor(attempt, trigger_id, channel?.id);
}

/**
 * Opens the form, or a modal that explains why not; resolves to the answer for the person if neither opens.
 * @param channelId where they are, if in a channel
 */
export function openFormFor(attempt: DeniedAttempt, triggerId: string, channelId?: string): Intent<string | undefined> {
  const requestOrigin = { by: "shortcut", ...(channelId !== undefined && { channelId }) } as const;

  async function showRefusal(context: SlackContext, text: string): Promise<string | undefined> {
    return (await openNotice(context, triggerId, text)) ? undefined : text;
  }

  return {
    kind: "wanted",
    attempt,
    showRefusal,
    async run(context, person) {
      const verdict = mayRequest(person, []);
      if (verdict.kind === "refuse") return showRefusal(context, await refuse(context, verdict, attempt));
      const place = await whereToPost(context, requestOrigin);
      if ("answer" in place) return showRefusal(context, place.answer);
      if (await openRequestForm(context, triggerId, requestOrigin)) return undefined;
      return context.texts.form.notOpened(example("open", typingOf(context)));
    },
  };
}
