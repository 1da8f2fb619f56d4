/** The commands of the terminal: in this process, or as the programs that npm's scripts start. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Command } from "../../src/cli/commands/command.ts";
import { startOptions } from "../../src/playground/bot-process.ts";
import type { Environment } from "../../src/settings/environment.ts";

export interface Said {
  /** The exit code. */
  code: number;
  /** Standard output. */
  out: string;
  /** Standard error. */
  error: string;
}

/** Runs a command in this process, which saves the time to start another one. */
export async function runCommand(command: Command, args: readonly string[], env: Environment): Promise<Said> {
  const said = { out: "", error: "" };
  const code = await command(args, env, {
    say(line) {
      said.out += `${line}\n`;
    },
    refuse(words) {
      said.error += `${words}\n`;
      return false;
    },
    async print(text) {
      said.out += text;
    },
  });
  return { code, ...said };
}

export type Program = "audit" | "backup" | "doctor" | "ledger-key" | "move" | "names" | "restore" | "texts";

/** Node's arguments for a program, as npm's script gives them. */
export function programArgs(program: Program): readonly string[] {
  return [...startOptions, fileURLToPath(new URL(`../../src/cli/${program}.ts`, import.meta.url))];
}

/** Runs a program in a process of its own, with these settings alone. @param input what it finds in a pipe */
export function runProgram(
  program: Program,
  args: readonly string[],
  env: Environment,
  input: string | Uint8Array = "",
): Promise<Said> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
  return new Promise((resolve) => {
    const options = { env: { PATH: process.env["PATH"], ...given } };
    const child = execFile(process.execPath, [...programArgs(program), ...args], options, (_, out, error) =>
      resolve({ code: child.exitCode ?? -1, out, error }),
    );
    child.stdin?.end(input);
  });
}
