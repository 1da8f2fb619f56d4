/** Phrases that several groups of texts share, in Chinese. */
import { figure } from "../figure.ts";

/** A merchant before a word: with a space between them, except after a bracket. */
export const spaced = (merchant: string) => (merchant.endsWith("）") ? merchant : `${merchant} `);

/** @param more how many there are beside those in `numbers` */
export const some = (numbers: string, more: number) =>
  more > 0 ? `${spaced(numbers)}等，另有 ${figure(more)} 个` : numbers;

export const inBrackets = (link: string | undefined) => (link ? `（${link}）` : "");
