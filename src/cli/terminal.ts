/** Runs a command in the process's own terminal. */
import { codeOf } from "../storage/store-errors.ts";
import type { Command, Terminal } from "./commands/command.ts";

const terminal: Terminal = {
  say(line) {
    process.stdout.write(`${line}\n`);
  },
  refuse(words) {
    process.stderr.write(`${words}\n`);
    return false;
  },
  print(text) {
    return new Promise((resolve, reject) => {
      process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
    });
  },
};

/** Runs a command with the process's arguments and environment, and sets the exit code. */
export async function runInTerminal(command: Command): Promise<void> {
  // `… | head` closes the pipe once it has read enough, so the rest is not read.
  process.stdout.on("error", (error) => {
    if (codeOf(error) !== "EPIPE") throw error;
    process.exit();
  });
  process.exitCode = await command(process.argv.slice(2), process.env, terminal);
}
