/** A TCP proxy before PostgreSQL that can be cut, stalled and mended, also just as a transaction is under way or ends. */
import { type AddressInfo, createServer, connect as dial, type Socket } from "node:net";
import { createMessageReader } from "./postgres-wire.ts";

/**
 * Where in a transaction the way is cut: before a statement after its first, before its commit, or after PostgreSQL
 * has carried the commit out and before its answer is there.
 */
export type DateInput = "statement" | "commit" | "commit-answer";

export interface TcpProxy {
  /** The address that was proxied, by way of the proxy. */
  url: URL;
  /** Breaks every connection; new ones are refused until `mend`. */
  cut(): void;
  /** Nothing gets through either way, and no connection is broken, until `mend`; what was sent meanwhile arrives then. */
  stall(): void;
  mend(): void;
  /** Cuts everything as soon as any connection is at this moment; `mend` takes it back. */
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
    /** Statements of the transaction that is open; undefined outside of one. */
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
