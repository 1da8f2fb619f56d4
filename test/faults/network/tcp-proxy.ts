/**
 * A TCP proxy in front of PostgreSQL that can be cut, stalled and restored, also at a given moment of a transaction.
 */
import { type AddressInfo, createServer, connect as dial, type Socket } from "node:net";
import { createMessageReader } from "./postgres-wire.ts";

/**
 * Where in a transaction to cut: before a statement after its first, before its commit, or after PostgreSQL has
 * committed and before its answer arrives.
 */
export type DateInput = "statement" | "commit" | "commit-answer";

export interface TcpProxy {
  /** The proxied address, through the proxy. */
  url: URL;
  /** Breaks every connection and refuses new ones until `mend`. */
  cut(): void;
  /** Delays everything in both directions without breaking connections until `mend`, which delivers it. */
  stall(): void;
  mend(): void;
  /** Cuts everything as soon as any connection reaches this moment. `mend` restores it. */
  cutAt(moment: DateInput): void;
  readonly isOpen: boolean;
  close(): Promise<void>;
}

interface Pair {
  client: Socket;
  server: Socket;
}

export async function startTcpProxy(target: URL): Promise<TcpProxy> {
  const pairs = new Set<Pair>();
  let state: "open" | "cut" | "stalled" = "open";
  let awaited: DateInput | undefined;

  function cut(): void {
    state = "cut";
    for (const { client, server } of pairs) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
    awaited = undefined;
  }

  const proxy = createServer((client) => {
    if (state === "cut") {
      client.resetAndDestroy();
      return;
    }
    const server = dial({ host: target.hostname, port: Number(target.port || 5432) });
    const pair = { client, server };
    pairs.add(pair);
    if (state === "stalled") client.pause();
    const part = () => {
      pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) socket.on("error", part).on("close", part);

    const read = createMessageReader();
    /** Number of statements in the open transaction; undefined outside of one. */
    let statements: number | undefined;
    let isCommitting = false;
    client.on("data", (bytes) => {
      for (const { text, raw } of read(bytes)) {
        const verb = /^\s*(begin|start transaction|commit|rollback)\b/i.exec(text ?? "")?.[1]?.toLowerCase();
        isCommitting = verb === "commit" || (isCommitting && text === undefined);
        if (verb === "commit" || verb === "rollback") statements = undefined;
        else if (verb !== undefined) statements = 0;
        else if (text !== undefined && statements !== undefined) statements += 1;
        if (verb === "commit" && awaited === "commit") return cut();
        if (statements === 2 && awaited === "statement") return cut();
        server.write(raw);
      }
    });
    server.on("data", (bytes) => {
      if (isCommitting && awaited === "commit-answer") return cut();
      isCommitting = false;
      client.write(bytes);
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const url = new URL(target);
  url.hostname = "127.0.0.1";
  url.port = String((proxy.address() as AddressInfo).port);

  return {
    url,
    cut,
    stall() {
      state = "stalled";
      for (const { client, server } of pairs) {
        client.pause();
        server.pause();
      }
    },
    mend() {
      state = "open";
      awaited = undefined;
      for (const { client, server } of pairs) {
        client.resume();
        server.resume();
      }
    },
    cutAt(moment) {
      awaited = moment;
    },
    get isOpen() {
      return state === "open";
    },
    async close() {
      cut();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}
