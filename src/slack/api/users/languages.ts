/** In which language to speak: a channel's is LOCALE; what one person sees alone follows their language in Slack. */
import type { Clock } from "../../../domain/clock.ts";
import type { Locale, Settings } from "../../../settings.ts";
import type { Texts } from "../../../text/en/catalogue.ts";
import { textsOf } from "../../../text/texts.ts";
import { unlessAway } from "../people.ts";
import type { Workspace } from "../workspace.ts";

export interface Languages {
  /** What a channel shows. */
  channel: Texts;
  /** What a person sees alone, by their language as a look-up has just answered it. */
  personal(locale: Locale | undefined): Texts;
  /** What a person sees alone; the channel's texts where Slack does not answer within `answerWithinMs`. */
  of(userId: string): Promise<Texts>;
  /** The same without asking Slack. */
  known(userId: string | undefined): Texts;
}

/** How long a message may wait for the look-up of a person's language, in milliseconds. */
const answerWithinMs = 1_000;

export interface LanguagesNeeds {
  settings: Pick<Settings, "LOCALE" | "PERSONAL_LOCALE">;
  workspace: Pick<Workspace, "locale" | "knownLocale">;
  clock: Pick<Clock, "sleep">;
}

export function createLanguages({ settings, workspace, clock }: LanguagesNeeds): Languages {
  const channel = textsOf(settings.LOCALE);
  const isPersonal = settings.PERSONAL_LOCALE === "on";
  const personal = (locale: Locale | undefined) => (isPersonal && locale !== undefined ? textsOf(locale) : channel);

  async function answered(userId: string): Promise<Locale | undefined> {
    const isAnswered = new AbortController();
    const late = clock.sleep(answerWithinMs, isAnswered.signal).then(() => undefined);
    const locale = await Promise.race([unlessAway(() => workspace.locale(userId)), late]);
    isAnswered.abort("answered");
    return locale;
  }

  return {
    channel,
    personal,
    of: async (userId) => personal(isPersonal ? await answered(userId) : undefined),
    known: (userId) => personal(userId === undefined ? undefined : workspace.knownLocale(userId)),
  };
}
