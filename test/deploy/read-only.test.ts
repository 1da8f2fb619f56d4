/**
 * The steps of the Dockerfile without an image: the packages of production, a filled compile cache, a tree that nobody
 * can write to, and the bot under another user between the playground's servers.
 */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { botOptions } from "../../src/playground/bot-process.ts";
import { freePort } from "../../src/playground/free-port.ts";
import { startPlayground } from "../../src/playground/playground.ts";
import { identity } from "../e2e/support/identity.ts";

const root = join(import.meta.dirname, "../..");
const nobody = { uid: 65_534, gid: 65_534 };
/** nobody, where these tests run as root; otherwise the user who runs them, who cannot write to the tree either. */
const user: { uid?: number; gid?: number } = process.getuid?.() === 0 ? nobody : {};

/** @throws Error with what it says, when it fails */
function command(name: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(name, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${name} ${args.slice(0, 3).join(" ")}: ${stderr}`);
  return stdout;
}

/** What `npm ci --omit=dev` and the COPY instructions leave in /app, with Node beside it. */
function install(app: string): void {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, { dev?: boolean; optional?: boolean }>;
  };
  // A package below another one comes with it.
  const paths = Object.entries(packages).flatMap(([path, { dev, optional }]) =>
    dev || optional || !/^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) ? [] : [path],
  );
  for (const path of [...paths, "package.json", "src"]) {
    mkdirSync(dirname(join(app, path)), { recursive: true });
    command("cp", "-R", join(root, path), join(app, path));
  }
  command("rm", "-r", join(app, "src/playground"));
  command("cp", process.execPath, join(dirname(app), "node"));
}

test("the tree of the image runs read only under another user: it starts from the cache, is healthy, and stops", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "receipt-image-"));
  const [app, node] = [join(folder, "app"), join(folder, "node")];
  t.after(() => {
    command("chmod", "-R", "u+w", folder);
    command("rm", "-r", folder);
  });
  chmodSync(folder, 0o755);
  install(app);
  const options = botOptions.map((option) => option.replace(pathToFileURL(root).href, app));
  const run = (script: string, env: Record<string, string>) =>
    spawnSync(node, [...options, join(app, script)], { ...user, cwd: app, env, encoding: "utf8" });

  const giveTo = ({ uid, gid }: { uid: number; gid: number }, path: string) =>
    user.uid !== undefined && command("chown", "-R", `${uid}:${gid}`, path);
  giveTo(nobody, app);
  assert.equal(run("src/deploy/warm-cache.js", {}).stderr, "");
  giveTo({ uid: 0, gid: 0 }, app);
  command("chmod", "-R", "0555", app);
  const before = readdirSync(app, { recursive: true }).sort();

  const playground = await startPlayground({ identity });
  const data = mkdtempSync(join(folder, "data-"));
  giveTo(nobody, data);
  const opsPort = String(await freePort());
  const environment = {
    ...playground.environment,
    DATABASE_URL: `sqlite:${join(data, "receipts.db")}`,
    OPS_PORT: opsPort,
    NODE_DEBUG_NATIVE: "COMPILE_CACHE",
  };
  const bot = spawn(node, [...options, join(app, "src/main.ts")], { ...user, cwd: app, env: environment });
  const ended = once(bot, "exit");
  t.after(async () => {
    bot.kill("SIGKILL");
    await ended;
    await playground.close();
  });
  const lines: string[] = [];
  const listening = Promise.withResolvers<void>();
  for (const stream of [bot.stdout, bot.stderr])
    createInterface({ input: stream }).on("line", (line) => {
      lines.push(line);
      if (line.includes('"listening"')) listening.resolve();
    });
  void ended.then(() => listening.reject(new Error(lines.slice(-20).join("\n"))));
  await listening.promise;

  // Threads write into each other's lines, so only a miss itself counts.
  const misses = lines.filter((line) => /\/app\/src\/\S+\.ts\.\.\.(?: no such file|[^/]*mismatch)/.test(line));
  assert.deepEqual(misses, [], "compiled again, though the cache was filled");
  assert.ok(
    lines.some((line) => /app\/src\/app\.ts was accepted/.test(line)),
    "the cache is not used",
  );
  const health = () => run("src/deploy/healthcheck.js", { OPS_PORT: opsPort });
  assert.equal(health().status, 0);
  bot.kill("SIGTERM");
  assert.deepEqual(await ended, [0, null]);
  const unhealthy = health();
  assert.deepEqual([unhealthy.status, unhealthy.stderr], [1, "/healthz on OPS_PORT does not answer: ECONNREFUSED\n"]);
  assert.deepEqual(readdirSync(app, { recursive: true }).sort(), before, "something was written into the tree");
});
