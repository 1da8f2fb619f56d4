/** Node processes that never outlive this one, whichever way this one ends. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";

export type AttachedProcess = ChildProcessByStdio<Writable, Readable, Readable>;

/** For Node's `--import`: the process ends when its standard input does. */
export const endWithParent = new URL("./end-with-parent.js", import.meta.url).href;

/**
 * Starts Node. Standard input belongs to the attachment; the caller reads standard output and standard error.
 * @param args Node's options, the script and its arguments
 * @param environment the whole environment of the process except PATH, which is inherited
 */
export function startAttachedProcess(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): AttachedProcess {
  return spawn(process.execPath, ["--import", endWithParent, ...args], {
    env: { PATH: process.env["PATH"] ?? "", ...environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
}
