/** LOCALE -> the catalogue of every text. */
import type { Locale } from "../settings.ts";
import { en, type Texts } from "./en/catalogue.ts";
import { zhCN } from "./zh-CN/catalogue.ts";

export function textsOf(locale: Locale): Texts {
  return { en, "zh-CN": zhCN }[locale];
}

/** For messages shown before the settings are read, or without them. @param given LOCALE as the environment has it */
export function textsFor(given: string | undefined): Texts {
  return textsOf(given === "zh-CN" ? given : "en");
}
