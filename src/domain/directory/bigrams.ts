/**
 * The pairs of characters by which the directory is searched. Chinese has no spaces between words, so words of an index
 * would not find 火锅 in 蓝海火锅.
 */
import { type DirectoryEntry, searchForm } from "./merchant.ts";

/** Stand before the first and after the last character; no name contains them. */
const start = "\u0002";
const end = "\u0003";

/** Greater than every second character of a bigram, compared by byte in UTF-8. */
const afterAll = "\u{10ffff}";

/** Every pair in a merchant's name and number, each once. */
export function bigramsOf({ name, subMchid }: Pick<DirectoryEntry, "name" | "subMchid">): Set<string> {
  const found = new Set<string>();
  addPairs(found, [start, ...searchForm(name), end]);
  addPairs(found, [...subMchid, end]);
  return found;
}

/** The query of the index for a part of a name or number. */
export type BigramQuery =
  /** Merchants with all of these pairs; the part's characters may still stand apart in the name. */
  | { kind: "all"; bigrams: string[] }
  /** Merchants with any pair from `from` up to, and not including, `to`: those that begin with one character. */
  | { kind: "range"; from: string; to: string };

/** @param text in search form, at least one character */
export function partQuery(text: string): BigramQuery {
  const characters = [...text];
  const [only = ""] = characters;
  if (characters.length === 1) return { kind: "range", from: only, to: `${only}${afterAll}` };
  return { kind: "all", bigrams: pairs(characters) };
}

/** For a whole name. @param text in search form, at least one character */
export function wholeQuery(text: string): BigramQuery {
  return { kind: "all", bigrams: pairs([start, ...text, end]) };
}

function pairs(characters: readonly string[]): string[] {
  const found = new Set<string>();
  addPairs(found, characters);
  return [...found];
}

function addPairs(to: Set<string>, characters: readonly string[]): void {
  for (let at = 1; at < characters.length; at++) to.add(`${characters[at - 1]}${characters[at]}`);
}
