/** Ports for servers that start later, or start again: nobody else here is given one while its owner lives. */
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:net";

/** Below the ports that systems give to outgoing connections: one of those may take a port while its bot restarts. */
const ports = { first: 20_000, count: 10_000 } as const;
/**
 * What this process listens on, as far below a port as this, says to others that the port is its own.
 * The system takes that back when the process ends, however it ends; a file would stay.
 */
const claimBelow = 10_000;
const triesMax = 100;

/**
 * A port that nobody listens on, and that no other caller, of this process or another, gets before this process ends.
 * Between a bot's death and its restart its port is nobody's: only so is it still free then.
 * @throws Error when 100 ports in a row were taken
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
  throw new Error(`${triesMax} ports were taken, each of them`);
}

/** Undefined where the port is taken. @param host every address of the machine when left out, as the bot listens */
function listenOn(port: number, host?: string): Promise<Server | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(undefined));
    server.listen({ port, host }, () => resolve(server));
  });
}
