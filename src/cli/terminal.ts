/** Runs a command in the process's own terminal. */
import { codeOf, whyOf } from "../storage/store-errors.ts";
import { textsFor } from "../text/texts.ts";
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
    return new Promise((resolve) => {
      process.stdout.write(text, (error) => {
        // After an error, the stream's event ends the process.
        if (!error) resolve();
      });
    });
  },
};

/** Runs a command with the process's arguments and environment, and sets the exit code. */
export async function runInTerminal(command: Command): Promise<void> {
  process.stdout.on("error", (error) => {
    // `… | head` closes the pipe once it has read enough, so the rest is not read.
    if (codeOf(error) === "EPIPE") process.exit();
    terminal.refuse(textsFor(process.env["LOCALE"]).output.unwritable(whyOf(error)));
    process.exit(1);
  });
  process.exitCode = await command(process.argv.slice(2), process.env, terminal);
}
