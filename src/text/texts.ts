/** LOCALE -> the catalogue of every text. */
import type { Locale } from "../settings.ts";
import { en, type Texts } from "./en/catalogue.ts";
import { zhCN } from "./zh-CN/catalogue.ts";

export function textsOf(locale: Locale): Texts {
  return { en, "zh-CN": zhCN }[locale];
}
