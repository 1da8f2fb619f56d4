/** Reserves ports for servers that start later or restart: no other process gets the port while its owner runs. */
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:net";

/** Below the range that systems use for outgoing connections, which could take a port while its bot restarts. */
const ports = { first: 20_000, count: 10_000 } as const;
/**
 * A port is claimed by listening on the port this far below it. The system releases the claim when the process ends,
 * however it ends; a lock file would stay.
 */
const claimBelow = 10_000;
const triesMax = 100;

/**
 * Returns a port that nobody listens on and that no other caller gets, in this process or another, before this one
 * ends.
 * A claim is needed because a port is free while its bot restarts.
 * @throws Error after 100 ports in a row that were taken
 */
export async function freePort(): Promise<number> {
  for (let tries = 1; tries <= triesMax; tries++) {
    const port = ports.first + randomInt(ports.count);
    const claim = await listenOn(port - claimBelow, "127.0.0.1");
    if (!claim) continue;
    const probe = await listenOn(port);
    if (!probe) {
      claim.close();
      continue;
    }
    probe.close();
    await once(probe, "close");
    claim.unref();
    return port;
  }
  throw new Error(`no free port after ${triesMax} tries`);
}

/**
 * Returns `first`, or the next port that nobody listens on at 127.0.0.1.
 * @throws RangeError if `first` is not a port; Error after 100 ports in a row that were taken
 */
export async function firstFreePort(first: number): Promise<number> {
  for (let port = first; port < first + triesMax; port++) {
    const probe = await listenOn(port, "127.0.0.1");
    if (!probe) continue;
    probe.close();
    await once(probe, "close");
    return port;
  }
  throw new Error(`no free port from ${first} to ${first + triesMax - 1}`);
}

/**
 * Resolves to undefined if the port is taken.
 * @param host default: every address of the machine, as the bot listens
 */
function listenOn(port: number, host?: string): Promise<Server | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(undefined));
    server.listen({ port, host }, () => resolve(server));
  });
}
