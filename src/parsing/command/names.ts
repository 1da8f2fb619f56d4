/** The arguments of `find`, and a name where `status` takes a number. */
import { typedText } from "../slack-text.ts";
import type { Read } from "./tokens.ts";

export interface FindCommand {
  kind: "find";
  /** A part of a name or number. */
  text: string;
}

export type FindProblem = { problem: "no-text" };

/** Characters of a search; no name has more. */
const textMax = 128;

export function readFind(rest: string): Read<FindCommand, FindProblem> {
  const text = nameIn(rest);
  return text === undefined ? { ok: false, problem: "no-text" } : { ok: true, command: { kind: "find", text } };
}

/** A name, or a part of one, without the marks that people put around it; undefined if nothing of it can be found. */
export function nameIn(rest: string): string | undefined {
  const words = typedText(rest).replace(/\s+/g, " ");
  const text = words.replace(/^["'“”「『`*]+|["'“”」』`*]+$/gu, "");
  const name = [...text].slice(0, textMax).join("").trim();
  return /[\p{L}\p{N}]/u.test(name) ? name : undefined;
}
