/**
 * Standard output for the log. It never ends the process and never waits: what a slow reader or a full disk does not
 * take is kept, and beyond a limit lost and counted.
 */
import { type DestinationStream, pino } from "pino";
import { codeOf } from "../storage/store-errors.ts";

export interface StandardOutput extends DestinationStream {
  /** Lines lost since the process started. */
  linesLost(): number;
}

export interface StandardOutputNeeds {
  /** Called once lines can be written again, with the number of those that were lost in between. */
  recovered(linesLost: number): void;
}

/** What is kept of lines that were not accepted, in bytes: some 10,000 lines. */
const keptBytesMax = 4 * 1024 * 1024;
/** How soon to try again, in milliseconds. */
const againMs = 100;
/** How long the end of the process waits for a slow reader, and how often it tries, in milliseconds. */
const flushMs = 400;
const flushAgainMs = 10;

/** For people, if it is a terminal; otherwise JSON. */
export async function openStandardOutput({ recovered }: StandardOutputNeeds): Promise<StandardOutput> {
  // Node makes pipes and sockets non-blocking when it opens this stream.
  const { isTTY } = process.stdout;
  // A development dependency: in production, a terminal shows JSON.
  const pretty = isTTY ? await import("pino-pretty").catch(() => undefined) : undefined;
  const format = pretty?.prettyFactory({ ignore: "pid,hostname" }) ?? ((line: string) => line);
  // In this mode, a line has been written when `write` returns, and survives a `kill -9`. Without `retryEAGAIN`, the
  // whole process would sleep while a reader is slow.
  const stream = pino.destination({ dest: 1, sync: true, maxLength: keptBytesMax, retryEAGAIN: () => false });
  let failure: string | undefined;
  let lost = 0;
  let reported = 0;
  let retry: NodeJS.Timeout | undefined;
  // Pino's own listener stops after an EPIPE, and ends the process after any other error.
  stream.removeAllListeners("error");
  stream.on("error", (error) => {
    failure = codeOf(error);
  });
  stream.on("drop", () => {
    lost += 1;
  });

  /** Whether everything that is kept was written: an empty line makes the stream try. */
  function isAccepted(line = ""): boolean {
    failure = undefined;
    stream.write(line);
    return failure === undefined;
  }

  function tryAgain(): void {
    if (!isAccepted()) return;
    clearInterval(retry);
    retry = undefined;
    const between = lost - reported;
    reported = lost;
    if (between > 0) recovered(between);
  }

  // Fatal errors end the process this way, too, at once.
  process.once("exit", () => {
    const endAt = performance.now() + flushMs;
    const pause = new Int32Array(new SharedArrayBuffer(4));
    while (!isAccepted() && failure === "EAGAIN" && performance.now() < endAt) Atomics.wait(pause, 0, 0, flushAgainMs);
  });

  return {
    write(line) {
      if (!isAccepted(format(line))) retry ??= setInterval(tryAgain, againMs).unref();
    },
    linesLost: () => lost,
  };
}
