/** What every command of the terminal is: a function of its arguments, its environment and where its words go. */
import type { Environment } from "../../settings/environment.ts";
import { type DatabaseAddress, pathOf } from "../../storage/open.ts";
import { asCannotOpen, CannotOpen } from "../../storage/open-problem.ts";
import type { Texts } from "../../text/en/catalogue.ts";
import { textsFor } from "../../text/texts.ts";

/** Where a command's words go: results to standard output, reasons for failures to standard error. */
export interface Terminal {
  /** Prints a line of the result, given without its line feed. */
  say(line: string): void;
  /** Says why, and returns false: the command did not do what was asked. */
  refuse(words: string): false;
  /** Prints a part of the result as it is. Resolves once the reader has taken it. */
  print(text: string): Promise<void>;
}

/** Resolves to the exit code. */
export type Command = (args: readonly string[], env: Environment, terminal: Terminal) => Promise<number>;

export interface CommandContext {
  env: Environment;
  terminal: Terminal;
  /** In the language of LOCALE. */
  texts: Texts;
}

/** Exit codes of every command except the audit and the doctor; `usage`: the command line is wrong. */
const exit = { done: 0, refused: 1, usage: 2 } as const;

export interface CommandParts<Arguments> {
  usage(texts: Texts): string;
  /** Undefined if the arguments are wrong. */
  read(args: readonly string[]): Arguments | undefined;
  /** Resolves to whether it did what was asked. */
  run(asked: Arguments, context: CommandContext): Promise<boolean>;
}

/** A command that prints its usage with `--help` and if its arguments are wrong. */
export function commandOf<Arguments>({ usage, read, run }: CommandParts<Arguments>): Command {
  return async (args, env, terminal) => {
    const texts = textsFor(env["LOCALE"]);
    if (isHelp(args)) {
      terminal.say(usage(texts));
      return exit.done;
    }
    const asked = read(args);
    if (asked !== undefined) return (await run(asked, { env, terminal, texts })) ? exit.done : exit.refused;
    terminal.refuse(usage(texts));
    return exit.usage;
  };
}

export function isHelp(args: readonly string[]): boolean {
  return args.some((each) => each === "--help" || each === "-h");
}

/** Removes characters that could control a terminal. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, "");
}

/** The one file that a command takes. */
export function oneFile([file, ...more]: readonly string[]): string | undefined {
  return file && !file.startsWith("-") && more.length === 0 ? file : undefined;
}

/**
 * Why a ledger cannot be opened, in the words of a start; undefined for anything else.
 * @param name the setting or the address that names the database, without a password
 */
export function whyNotOpen(
  error: unknown,
  { name, address, start }: { name: string; address: DatabaseAddress; start: Texts["start"] },
): string | undefined {
  const found = asCannotOpen(error, pathOf(address));
  if (!(found instanceof CannotOpen)) return undefined;
  // An error during the work is not a problem with opening, unless it is about the file.
  const isAboutFile = !["away", "unreachable"].includes(found.problem.kind);
  return found === error || isAboutFile ? start.database(name, found.problem) : undefined;
}
