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

/** From 1024 on, the ports that browsers and fetch refuse to connect to; see "bad port" in the Fetch standard. */
const blockedPorts: ReadonlySet<number> = new Set([
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]);

/**
 * Returns `first`, or the next port that a page can have and that nobody listens on at 127.0.0.1.
 * @throws RangeError if `first` is not a port; Error after 100 ports in a row that were taken
 */
export async function firstFreePort(first: number): Promise<number> {
  for (let port = first; port < first + triesMax; port++) {
    const probe = blockedPorts.has(port) ? undefined : await listenOn(port, "127.0.0.1");
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
