/**
 * The reference signer: holds the private key in a process of its own, and signs only what the bot needs. The files of
 * this folder import no package and nothing else of the bot, so that they can be audited alone.
 */
import { sign } from "node:crypto";
import { listen } from "./listen.ts";
import { createSigner } from "./server.ts";
import { readSignerSettings, type SignerSettings } from "./settings.ts";

const levels = { info: 30, fatal: 60 } as const;
/** How long requests in progress may take to end after a signal, in milliseconds. */
const stopWithinMs = 5_000;

const read = readSignerSettings(process.env, process.pid);
if (read.ok) await run(read.settings);
else giveUp(read.problems);

async function run({ listen: address, privateKey, ...settings }: SignerSettings): Promise<void> {
  const server = createSigner({
    ...settings,
    sign: async (message) => sign("sha256", message, privateKey),
    now: () => Date.now(),
    log: (message, fields) => log("info", message, fields),
  });
  try {
    await listen(server, address);
  } catch (error) {
    giveUp([error instanceof Error ? error.message : String(error)]);
  }
  log("info", "listening", { on: address, token: settings.token !== undefined, pathPrefix: settings.pathPrefix });
  const stop = (signal: NodeJS.Signals) => {
    log("info", "stopping", { signal });
    // Nothing else keeps the process alive.
    server.close(() => log("info", "stopped", {}));
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), stopWithinMs).unref();
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, stop);
}

/** One line of JSON, as the bot's log writes them. */
function log(level: keyof typeof levels, message: string, fields: object): void {
  const entry = { level: levels[level], time: new Date().toISOString(), ...fields, msg: message };
  process.stdout.write(`${JSON.stringify(entry)}\n`);
}

function giveUp(problems: readonly string[]): never {
  for (const problem of problems) log("fatal", problem, {});
  process.exit(1);
}
