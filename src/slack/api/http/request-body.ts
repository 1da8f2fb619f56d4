/** Reads the bodies of requests from anyone: within a time limit, and all together in a fixed amount of memory. */
import type { IncomingMessage } from "node:http";
import type { Clock } from "../../../domain/clock.ts";

/** How long a body may take to arrive, in milliseconds. Slack itself gives up after 3 seconds, answer included. */
const bodyWithinMs = 10_000;
/**
 * What all bodies that have not arrived completely may hold, in bytes. Slack's arrive in milliseconds, and a thousand
 * commands and clicks at the same moment hold less.
 */
const heldBytesMax = 32 * 1024 * 1024;
/** What Node needs for a piece of a body beside its bytes: a stranger could send each byte as a piece of its own. */
const pieceBytes = 512;

/** The HTTP statuses of requests whose body is not read. `late` and `crowded` end the connection. */
export const unread = { broken: 400, late: 408, tooLarge: 413, crowded: 503 } as const;
export type Unread = (typeof unread)[keyof typeof unread];

/** Reads each body once. */
export interface BodyReader {
  /**
   * Resolves to the body, or to the status of the answer in place of it, which can come before the body does. What
   * still arrives of it then is dropped. Never rejects.
   */
  read(request: IncomingMessage, bytesMax: number): Promise<Buffer | Unread>;
  /** Watches the time no more, once the server has closed. */
  close(): void;
}

/** A body that is still arriving. */
interface Arriving {
  /** On the clock that never jumps, in milliseconds. */
  since: number;
  /** Lets go of what has come, and answers instead of reading on. */
  giveUp(status: Unread): void;
  /** Ends the connection, after an answer that the client has not waited for. */
  cut(): void;
}

/**
 * If the bodies hold too much together, those that began first are given up: among requests that never end, one of
 * Slack's is the youngest until it is complete.
 *
 * @param onCrowded called for each body that is given up for that
 */
export function createBodyReader(clock: Pick<Clock, "monotonic" | "sleep">, onCrowded: () => void): BodyReader {
  /** In the order in which they began, as `holding` is: those of them that are kept until they are complete. */
  const arriving = new Set<Arriving>();
  const holding = new Set<Arriving>();
  const closed = new AbortController();
  let heldBytes = 0;
  let isWatching = false;

  function read(request: IncomingMessage, bytesMax: number): Promise<Buffer | Unread> {
    const { promise, resolve } = Promise.withResolvers<Buffer | Unread>();
    let pieces: Buffer[] = [];
    let received = 0;
    let held = 0;
    const body: Arriving = {
      since: clock.monotonic(),
      giveUp(status) {
        release();
        resolve(status);
      },
      cut: () => request.destroy(),
    };

    function release(): void {
      holding.delete(body);
      heldBytes -= held;
      held = 0;
      pieces = [];
    }

    function end(result: Buffer | Unread): void {
      arriving.delete(body);
      release();
      resolve(result);
    }

    function take(piece: Buffer): void {
      if (!holding.has(body)) return;
      received += piece.length;
      if (received > bytesMax) {
        body.giveUp(unread.tooLarge);
        return;
      }
      pieces.push(piece);
      held += piece.length + pieceBytes;
      heldBytes += piece.length + pieceBytes;
      if (heldBytes > heldBytesMax) makeRoom();
    }

    arriving.add(body);
    holding.add(body);
    if (Number(request.headers["content-length"]) > bytesMax) body.giveUp(unread.tooLarge);
    request
      .on("data", take)
      .once("end", () => end(whole(pieces)))
      .once("error", () => end(unread.broken))
      .once("close", () => end(unread.broken));
    if (!isWatching) void watch();
    return promise;
  }

  function makeRoom(): void {
    for (const body of holding) {
      if (heldBytes <= heldBytesMax) return;
      body.giveUp(unread.crowded);
      onCrowded();
    }
  }

  async function watch(): Promise<void> {
    isWatching = true;
    for (;;) {
      const [oldest] = arriving;
      if (!oldest || closed.signal.aborted) break;
      const leftMs = oldest.since + bodyWithinMs - clock.monotonic();
      if (leftMs > 0) {
        await clock.sleep(leftMs, closed.signal);
        continue;
      }
      arriving.delete(oldest);
      if (holding.has(oldest)) oldest.giveUp(unread.late);
      else oldest.cut();
    }
    isWatching = false;
  }

  return { read, close: () => closed.abort() };
}

function whole(pieces: Buffer[]): Buffer {
  const [first] = pieces;
  return first && pieces.length === 1 ? first : Buffer.concat(pieces);
}
