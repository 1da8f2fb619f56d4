/** The values in the environment and the files of `NAME_FILE`, and mistakes in their spelling. */
import { readFileSync } from "node:fs";

/** An empty variable counts as one that is not set. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Mistakes in how a value is written, whatever it should be. */
export type WritingMistake = "quoted" | "spaces" | "rotating-token";

export type FileProblem<Name extends string> =
  | { kind: "file-unreadable"; variable: Name; path: string; why: string }
  /** The file is UTF-16. */
  | { kind: "file-encoding"; variable: Name; path: string }
  | { kind: "given-twice"; variable: Name };

/**
 * The variables that are set, those of `NAME_FILE` read from their files.
 * @param fromFiles those that a file may hold
 */
export function withFiles<Name extends string>(
  env: Environment,
  { names, fromFiles }: { names: readonly string[]; fromFiles: readonly Name[] },
): { given: Environment; problems: FileProblem<Name>[] } {
  const given: Record<string, string | undefined> = {};
  const problems: FileProblem<Name>[] = [];
  for (const variable of names) given[variable] = env[variable] || undefined;
  for (const variable of fromFiles) {
    const path = env[`${variable}_FILE`];
    if (!path) continue;
    if (given[variable]) problems.push({ kind: "given-twice", variable });
    const file = readTextFile(path);
    if (typeof file === "string") given[variable] = file.trim();
    else if (file === utf16) problems.push({ kind: "file-encoding", variable, path });
    else problems.push({ kind: "file-unreadable", variable, path: shown(path), why: file.why });
  }
  return { given, problems };
}

/** The name of a file that cannot be read, unless it looks like the secret itself, which nobody must see. */
function shown(path: string): string {
  const isSecret = /-----BEGIN|[\r\n]|^x(ox[a-z]|app)-|:\/\//.test(path) || /^[\w+=-][\w+/=-]{31,}$/.test(path);
  return isSecret ? "…" : path;
}

/** Names a mistake in how a value is written; undefined if there is none. */
export function writingMistake(value: string): WritingMistake | undefined {
  if (/^\s*(["']).*\1\s*$/s.test(value) && value.trim().length > 1) return "quoted";
  if (value !== value.trim()) return "spaces";
  return /^xoxe[.-]/.test(value) ? "rotating-token" : undefined;
}

/**
 * The first character within a value that neither a header nor a secret of Slack can contain; undefined if there is
 * none.
 */
export function foreignCharacter(value: string): string | undefined {
  return /[^\x20-\x7e]/u.exec(value.trim())?.[0];
}

/** The first setting after a byte order mark, which became part of its name: Node.js reads `.env` files like that. */
export function nameAfterByteOrderMark(env: Environment): string | undefined {
  // Before a comment the mark does no harm.
  return Object.keys(env)
    .find((name) => /^\uFEFF[A-Za-z_]/.test(name))
    ?.slice(1);
}

/** There is a `.env` file that cannot be read. */
export interface EnvFileProblem {
  kind: "env-file";
  path: string;
  /** A code of the system, or `UTF-16`. */
  why: string;
}

/** Why an existing `.env` file has no effect: Node.js ignores it silently. */
export function envFileProblem(path: string): EnvFileProblem | undefined {
  const file = readTextFile(path);
  if (typeof file === "string" || (file !== utf16 && file.why === "ENOENT")) return undefined;
  return { kind: "env-file", path, why: file === utf16 ? "UTF-16" : file.why };
}

const utf16 = Symbol("UTF-16");

function readTextFile(path: string): string | typeof utf16 | { why: string } {
  try {
    const bytes = readFileSync(path);
    return isUtf16(bytes) ? utf16 : bytes.toString("utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    return { why: code };
  }
}

/** With its mark, or ASCII in which each second byte is zero. */
function isUtf16(bytes: Buffer): boolean {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  const start = bytes.subarray(0, 64);
  if (start.byteLength < 4) return false;
  return [0, 1].some((parity) => start.every((byte, index) => (byte === 0) === (index % 2 === parity)));
}
