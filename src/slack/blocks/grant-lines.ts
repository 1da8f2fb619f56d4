/** A grant's terms as text: its sub-merchants, its end, and who granted it. */
import type { Grant } from "../../domain/grant.ts";
import type { Restriction } from "../../domain/policy.ts";
import type { Texts } from "../../text/en/catalogue.ts";
import { code, date, user } from "./mrkdwn.ts";

/** The limits of a grant; undefined if there are none. */
export function termsLine(
  { only, until }: Pick<Grant, "only" | "until">,
  texts: Texts,
  numbersMax?: number,
): string | undefined {
  const terms = [
    only && texts.roles.only(numbersLine(only, texts, numbersMax)),
    until === undefined ? undefined : texts.roles.until(date(until)),
  ].filter((term) => term !== undefined);
  return terms.length > 0 ? terms.join(texts.list) : undefined;
}

/** Like `termsLine`, but also lists what is not limited. */
export function allTermsLine(grant: Pick<Grant, "role" | "only" | "until">, texts: Texts): string {
  const { role, only, until } = grant;
  const everything = role === "requester" && only === undefined ? [texts.roles.everything] : [];
  const forGood = until === undefined ? [texts.roles.forGood] : [];
  return [...everything, termsLine(grant, texts) ?? [], ...forGood].flat().join(texts.list);
}

/** Sub-merchant numbers and prefixes of numbers. */
export function numbersLine(numbers: Restriction, texts: Texts, max = 20): string {
  return texts.roles.numbers(numbers.slice(0, max).map(code), Math.max(0, numbers.length - max));
}

export function byWhom({ by, at }: Grant, { roles }: Texts): string {
  return by === "settings" ? roles.bySettings : roles.by(user(by), date(at, "day"));
}

/** Maximum numbers of a restriction shown in a list of grants. */
export const numbersShown = 3;
