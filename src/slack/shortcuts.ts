/** Shortcuts: each opens a form. */

import { mayAsk } from "../receipt/policy.ts";
import type { AskedFrom } from "./asker.ts";
import type { BotParts } from "./bot-parts.ts";
import { example } from "./examples.ts";
import { createFormOpener } from "./form-opener.ts";
import { type ShortcutPayload, shortcutOrigin } from "./payloads.ts";
import { createRefuse } from "./refusing.ts";

/** Opens the shortcut's form; resolves to the answer for whoever used it, where that could not be opened. */
export type ShortcutAnswerer = (payload: ShortcutPayload) => Promise<string | undefined>;

export function createShortcutAnswerer(parts: BotParts): ShortcutAnswerer {
  const { people, texts, settings } = parts;
  const opener = createFormOpener(parts);
  const refuse = createRefuse(parts);

  /** Why the form cannot ask for them there; undefined where it can. */
  async function refusal(payload: ShortcutPayload, askedFrom: AskedFrom): Promise<string | undefined> {
    const to = { userId: payload.user.id, origin: shortcutOrigin(payload), asked: payload.callback_id };
    const person = await people.find(to.userId);
    if (!person) return refuse({ why: "standing", standing: "stranger" }, to);
    const verdict = mayAsk(person, []);
    if (verdict.kind === "refuse") return refuse(verdict, to);
    const place = await opener.whereToPost(askedFrom);
    return "answer" in place ? place.answer : undefined;
  }

  return async (payload) => {
    const { channel, trigger_id } = payload;
    const askedFrom = { by: "shortcut", ...(channel && { channelId: channel.id }) } as const;
    const refused = await refusal(payload, askedFrom);
    const isOpen = await (refused === undefined
      ? opener.open(trigger_id, askedFrom)
      : opener.openNotice(trigger_id, refused));
    return isOpen
      ? undefined
      : (refused ??
          texts.form.notOpened(example("open", { command: settings.SLACK_COMMAND, reason: settings.REASON, texts })));
  };
}
