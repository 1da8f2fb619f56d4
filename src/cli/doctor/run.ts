/** `npm run doctor`: reads the command line, runs the checks one after the other, and prints what they find. */
import { parseArgs } from "node:util";
import { createRedaction } from "../../log.ts";
import type { Environment } from "../../settings.ts";
import { whyOf } from "../../storage/store-errors.ts";
import { systemClock } from "../../system-clock.ts";
import type { Texts } from "../../text/en/catalogue.ts";
import { textsFor } from "../../text/texts.ts";
import { printable, type Terminal } from "../commands/command.ts";
import { type Check, type CheckResult, type Result, results, unseen } from "./check.ts";
import { checks } from "./checks.ts";
import { createContext, type DoctorContext } from "./context.ts";

/** Exit codes: every requested check passed; a check failed; a requested check could not be run. */
const exit = { well: 0, failed: 1, unseen: 2 } as const;

/** How long one check may take, in milliseconds: longer than all of its own limits together. */
const checkLimitMs = 120_000;

const options = {
  list: { type: "boolean" },
  only: { type: "string" },
  json: { type: "boolean" },
  offline: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

type Wish = { list: boolean; json: boolean; offline: boolean; help: boolean; only: readonly Check[] };

/** @returns the exit code */
export async function doctor(args: readonly string[], env: Environment, terminal: Terminal): Promise<number> {
  const texts = textsFor(env["LOCALE"]);
  const wish = readArguments(args, texts);
  if (typeof wish === "string") {
    terminal.refuse(wish);
    return exit.unseen;
  }
  if (wish.help) for (const line of texts.doctor.usage) terminal.say(line);
  else if (wish.list) for (const line of listed(texts)) terminal.say(line);
  else return examine(wish, createContext({ env, isOffline: wish.offline, clock: systemClock }), terminal);
  return exit.well;
}

/** Runs the requested checks, and closes what they opened. @returns the exit code */
async function examine(
  { only, json }: Pick<Wish, "only" | "json">,
  context: DoctorContext,
  terminal: Terminal,
): Promise<number> {
  const { doctor: words } = context.texts;
  const redact = createRedaction(context.secrets);
  // The first and last line of a key, which are not secret, are not shown either. Their end may be redacted already.
  const clean = (text: string) => redact(text).replace(/-----(BEGIN|END) [A-Z0-9 ]+(-----)?/g, "[redacted]");
  const found: { name: string; result: Result; findings: string[] }[] = [];
  let isBlind = false;
  try {
    for (const check of only) {
      const { result, findings, couldNotLook } = await outcomeOf(check, context);
      const entry = { name: check.name, result, findings: findings.map((finding) => clean(finding)) };
      found.push(entry);
      isBlind ||= couldNotLook ?? false;
      if (!json) for (const line of linesOf(entry)) terminal.say(line);
    }
  } finally {
    await context.close();
  }
  const count = (wanted: Result) => found.filter(({ result }) => result === wanted).length;
  const code = count("failed") > 0 ? exit.failed : isBlind ? exit.unseen : exit.well;
  const counts = Object.fromEntries(results.map((result) => [result, count(result)]));
  if (json) terminal.say(JSON.stringify({ exit: code, counts, checks: found }, undefined, 2));
  else terminal.say(`\n${words.summary(count("ok"), count("warning"), count("failed"), count("skipped"))}`);
  return code;
}

/** A check that throws has checked nothing. */
async function outcomeOf(check: Check, context: DoctorContext): Promise<CheckResult> {
  const { broken } = context.texts.doctor;
  const decided = new AbortController();
  const late = context.clock
    .sleep(checkLimitMs, decided.signal)
    .then(() => unseen(broken(`${checkLimitMs / 1_000} s`)));
  try {
    return await Promise.race([check.run(context), late]);
  } catch (error) {
    return unseen(broken(whyOf(error)));
  } finally {
    decided.abort();
  }
}

/** The wish, or a sentence about what is not understood. */
function readArguments(args: readonly string[], { doctor: words }: Texts): Wish | string {
  try {
    const { values } = parseArgs({ args: [...args], options });
    const { list = false, json = false, offline = false, help = false, only } = values;
    const names = only?.split(",").map((name) => name.trim());
    const unknown = names?.find((name) => !checks.some((check) => check.name === name));
    if (unknown !== undefined) return words.unknownCheck(createRedaction([])(lineOf(unknown)));
    return { list, json, offline, help, only: checks.filter(({ name }) => names?.includes(name) ?? true) };
  } catch {
    return words.unknownOption;
  }
}

function listed({ doctor: words }: Texts): string[] {
  return checks.map(({ name }) => `${name.padEnd(nameLength)}  ${words.checks[name as keyof typeof words.checks]}`);
}

const nameLength = Math.max(...checks.map(({ name }) => name.length));
const resultLength = Math.max(...results.map((result) => result.length));

function linesOf({ name, result, findings }: { name: string; result: Result; findings: readonly string[] }): string[] {
  const indent = " ".repeat(resultLength + 2);
  return [
    `${result.padEnd(resultLength)}  ${name}`,
    ...findings.flatMap((finding) => finding.split("\n").map((line) => indent + lineOf(line))),
  ];
}

/** A line that a person reads in a terminal, whatever a server or a setting put into it. */
function lineOf(text: string): string {
  return printable(text).slice(0, 2_000);
}
