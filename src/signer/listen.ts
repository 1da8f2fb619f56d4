/** Where the signer listens: a socket of its own with mode 0600, one that systemd passes on, or a port on loopback. */
import { once } from "node:events";
import { existsSync, lstatSync, unlinkSync } from "node:fs";
import { connect, type Server } from "node:net";
import { dirname } from "node:path";
import type { ListenAddress } from "./settings.ts";

/** The first file descriptor that systemd passes on; see sd_listen_fds(3). */
const inheritedFd = 3;

/** Resolves once connections are accepted. Rejects with a sentence for the log. */
export async function listen(server: Server, address: ListenAddress): Promise<void> {
  switch (address.kind) {
    case "inherited":
      server.listen({ fd: inheritedFd });
      await once(server, "listening");
      // A port has no permissions that decide who may ask.
      if (server.address() !== null) throw new Error("the socket that systemd passes on must be a Unix socket");
      return;
    case "socket":
      await removeStale(address.path);
      await listenPrivately(server, address.path);
      return;
    case "tcp":
      server.listen({ host: address.host, port: address.port });
      await once(server, "listening");
      return;
    default:
      return address satisfies never;
  }
}

/** The socket has its mode from the start: nobody else can connect in between. */
async function listenPrivately(server: Server, path: string): Promise<void> {
  const folder = dirname(path);
  // Node reports EACCES for it.
  if (!existsSync(folder)) throw new Error(`the folder ${folder} of the socket in SIGNER_LISTEN does not exist`);
  const umask = process.umask(0o177);
  try {
    server.listen({ path });
  } finally {
    process.umask(umask);
  }
  await once(server, "listening");
}

/** A signer that was killed leaves its socket behind, to which nobody listens. */
async function removeStale(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw new Error(`${path} exists and is not a socket`);
  if (await hasListener(path)) throw new Error(`another process listens on ${path}`);
  unlinkSync(path);
}

async function hasListener(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, "connect");
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ECONNREFUSED") return false;
    throw error;
  } finally {
    socket.destroy();
  }
}
