/** Shortcuts, and the button in App Home that does the same: each opens the form that asks. */
import { mayRequest } from "../../domain/policy.ts";
import { example } from "../blocks/examples.ts";
import type { SlackContext } from "../context.ts";
import type { AskedFrom } from "../payloads/asked-from.ts";
import { type ShortcutPayload, shortcutOrigin } from "../payloads/payloads.ts";
import { createRefuse, type DeniedAttempt } from "../replies/refuse.ts";
import { createFormOpener } from "./open-view.ts";

/** Opens the shortcut's form; resolves to the answer for whoever used it, where that could not be opened. */
export type ShortcutHandler = (payload: ShortcutPayload) => Promise<string | undefined>;

export function createShortcutHandler(context: SlackContext): ShortcutHandler {
  const open = createFormFor(context);

  return async (payload) => {
    const { user, channel, trigger_id, callback_id: asked } = payload;
    const attempt = { userId: user.id, origin: shortcutOrigin(payload), asked };
    return open(attempt, trigger_id, channel?.id);
  };
}

/** Opens the form that asks for who may, and a sentence for who may not; resolves as a shortcut's answer does. */
export function createFormFor(context: SlackContext) {
  const { people, texts, settings } = context;
  const opener = createFormOpener(context);
  const refuse = createRefuse(context);

  /** Why the form cannot ask for them there; undefined where it can. */
  async function refusal(attempt: DeniedAttempt, askedFrom: AskedFrom): Promise<string | undefined> {
    const person = await people.find(attempt.userId);
    if (!person) return refuse({ why: "standing", standing: "stranger" }, attempt);
    const verdict = mayRequest(person, []);
    if (verdict.kind === "refuse") return refuse(verdict, attempt);
    const place = await opener.whereToPost(askedFrom);
    return "answer" in place ? place.answer : undefined;
  }

  /** @param channelId where they are, if in a channel */
  return async (attempt: DeniedAttempt, triggerId: string, channelId?: string): Promise<string | undefined> => {
    const askedFrom = { by: "shortcut", ...(channelId !== undefined && { channelId }) } as const;
    const refused = await refusal(attempt, askedFrom);
    const isOpen = await (refused === undefined
      ? opener.open(triggerId, askedFrom)
      : opener.openNotice(triggerId, refused));
    if (isOpen) return undefined;
    const { SLACK_COMMAND: command, REASON: reason } = settings;
    return refused ?? texts.form.notOpened(example("open", { command, reason, texts }));
  };
}
