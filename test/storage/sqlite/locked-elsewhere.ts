/** Another program that has a SQLite file locked for writing, as a shell with an open transaction does. */
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import { startAttachedProcess } from "../../../src/playground/attached-process.ts";

const program = `
  const { DatabaseSync } = require("node:sqlite");
  const database = new DatabaseSync(process.env.FILE, { timeout: 20_000 });
  database.exec("begin immediate");
  process.once("SIGTERM", () => { database.exec("rollback"); database.close(); process.exit(0); });
  setInterval(() => {}, 60_000);
  console.log("locked");
`;

/** Resolves once the file at `path` is locked, by a process of its own. */
export async function lockElsewhere(t: TestContext, path: string): Promise<{ release(): Promise<void> }> {
  const locker = startAttachedProcess(["--input-type=commonjs", "--eval", program], { FILE: path });
  const ended = once(locker, "exit");
  t.after(() => locker.kill("SIGKILL"));
  await once(createInterface({ input: locker.stdout }), "line");
  return {
    async release() {
      locker.kill("SIGTERM");
      await ended;
    },
  };
}
