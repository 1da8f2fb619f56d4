/** A PgBouncer in transaction pooling before the tests' PostgreSQL, as a process of its own. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../src/playground/free-port.ts";
import { eventually } from "../../eventually.ts";
import { isListening } from "../../is-listening.ts";

const program = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "pgbouncer"].find(
  (path) => spawnSync(path, ["--version"]).status === 0,
);

if (program === undefined && process.env["REQUIRE_PGBOUNCER"])
  throw new Error("PgBouncer is not installed, and REQUIRE_PGBOUNCER forbids the skip");

/** A sentence that says why nothing can be tried with PgBouncer here, or false. */
export const noPgBouncer: string | false = program === undefined && "SKIPPED: PgBouncer is not installed";

/**
 * @param to where PostgreSQL is
 * @param user who is let in, without a password
 * @param sessions how many it opens at the server: fewer than the bot opens, so that several take turns on one
 */
export async function startPgBouncer(
  to: URL,
  user: string,
  sessions = 3,
): Promise<{ port: number; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "receipt-pgbouncer-"));
  chmodSync(folder, 0o755);
  const port = await freePort();
  const users = join(folder, "users.txt");
  writeFileSync(users, `"${user}" ""\n`);
  const config = join(folder, "pgbouncer.ini");
  writeFileSync(
    config,
    [
      "[databases]",
      `* = host=${to.hostname} port=${to.port || 5432}`,
      "[pgbouncer]",
      "listen_addr = 127.0.0.1",
      `listen_port = ${port}`,
      "unix_socket_dir =",
      "auth_type = trust",
      `auth_file = ${users}`,
      "pool_mode = transaction",
      `default_pool_size = ${sessions}`,
    ].join("\n"),
  );
  // PgBouncer refuses to run as root.
  const isRoot = process.getuid?.() === 0;
  const child: ChildProcess = spawn(program ?? "pgbouncer", ["-q", ...(isRoot ? ["-u", "nobody"] : []), config], {
    stdio: "ignore",
  });
  await eventually(() => isListening(port));
  return {
    port,
    async close() {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}
