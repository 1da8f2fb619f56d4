/** Output of terminal commands: results on standard output, reasons for failures on standard error. */
import { type DatabaseAddress, pathOf } from "../storage/open.ts";
import { asCannotOpen, CannotOpen } from "../storage/open-problem.ts";
import { codeOf } from "../storage/store-errors.ts";
import type { Texts } from "../text/en/catalogue.ts";

/** Exit codes of every command except the audit, which has its own; `usage`: the command line is wrong. */
export const exit = { done: 0, refused: 1, usage: 2 } as const;

/** `… | head` closes the pipe once it has read enough, so the rest is not read. */
process.stdout.on("error", (error) => {
  if (codeOf(error) !== "EPIPE") throw error;
  process.exit();
});

export function say(words: string): void {
  process.stdout.write(`${words}\n`);
}

/** Says why, and returns false: the command did not do what was asked. */
export function refuse(words: string): false {
  process.stderr.write(`${words}\n`);
  return false;
}

/** Runs a command. If its arguments are wrong, or with `--help`, it prints its usage. */
export async function runCommand<Arguments>(
  usage: string,
  read: (args: readonly string[]) => Arguments | undefined,
  run: (args: Arguments) => Promise<boolean>,
): Promise<number> {
  const args = process.argv.slice(2);
  if (isHelp(args)) {
    say(usage);
    return exit.done;
  }
  const found = read(args);
  if (found !== undefined) return (await run(found)) ? exit.done : exit.refused;
  refuse(usage);
  return exit.usage;
}

export function isHelp(args: readonly string[]): boolean {
  return args.some((each) => each === "--help" || each === "-h");
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
  return found !== error && found.problem.kind === "away" ? undefined : start.database(name, found.problem);
}
