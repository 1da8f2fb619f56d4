/** The words of a command as one language shows them; when they are typed, those of every language work. */
import type { Action } from "../domain/attempt-result.ts";
import type { SwitchObject } from "../domain/goldplan/objects.ts";
import type { Role } from "../domain/policy.ts";
import type { Notify } from "../domain/reminder-recipients.ts";
import { type Verb, verbNames } from "../parsing/command/command.ts";
import { termNames } from "../parsing/command/grant-terms.ts";
import { notifyNames } from "../parsing/command/notify.ts";
import { objectNames } from "../parsing/command/objects.ts";
import { failedNames } from "../parsing/command/queries.ts";
import { roleNames } from "../parsing/command/roles.ts";
import type { Locale } from "../settings.ts";
import { exampleReasons } from "./example-words.ts";

export interface TypedWords {
  verb: Record<Verb, string>;
  action: Record<Action, string>;
  object: Record<SwitchObject, string>;
  role: Record<Role, string>;
  notify: Record<Notify, string>;
  /** The reason of a request, in examples. */
  reason: Record<Action, string>;
  /** The filter of a history. */
  failed: string;
  /** Before what a grant is limited to. */
  term: string;
}

/** The position of a language's word among those that are understood. */
const places = { en: 0, "zh-CN": -1 } as const satisfies Record<Locale, number>;

export function typedWords(locale: Locale): TypedWords {
  const shown = (names: readonly string[]) => names.at(places[locale]) ?? "";
  const each = <Name extends string>(names: Readonly<Record<Name, readonly string[]>>) =>
    Object.fromEntries(Object.entries<readonly string[]>(names).map(([name, words]) => [name, shown(words)])) as Record<
      Name,
      string
    >;
  const verb = each(verbNames);
  return {
    verb,
    action: { OPEN: verb.open, CLOSE: verb.close },
    object: each(objectNames),
    role: each(roleNames),
    notify: each(notifyNames),
    reason: exampleReasons[locale],
    failed: shown(failedNames),
    term: shown(termNames),
  };
}
