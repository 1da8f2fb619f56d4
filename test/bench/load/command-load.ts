/** Sends commands from a separate process: one, many at a fixed rate, or as many as the server handles. */
import { setTimeout as delay } from "node:timers/promises";
import { quantile } from "../figures.ts";
import { answer } from "../side-process.ts";
import { commandRequest, openCommand } from "./commands.ts";
import { type Answer, type Connection, openConnection } from "./connection.ts";

export type Load =
  | { kind: "one"; port: number; userId: string; text: string }
  /**
   * Open loop: commands are sent when they are due, whether or not earlier ones are answered. Latency counts from the
   * due time.
   */
  | { kind: "paced"; port: number; perSecond: number; seconds: number; firstNumber: number }
  /**
   * Closed loop: each connection sends its next command when the previous one is answered. It ends after `seconds`, or
   * earlier on a fast machine, when all `commands` are answered.
   */
  | {
      kind: "saturated";
      port: number;
      connections: number;
      seconds: number;
      commands: number;
      firstNumber: number;
    };

export interface Loaded {
  /** Commands acknowledged without a text, which means recorded for `/receipt open`. */
  acknowledged: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** The share of time in which this process was busy. Near 1, the load itself would be the bottleneck. */
  busy: number;
}

/** More than the commands that wait for an answer at the measured rates. */
const pacedConnections = 64;

answer<Load, Loaded>((load) => {
  switch (load.kind) {
    case "one":
      return one(load);
    case "paced":
      return paced(load);
    case "saturated":
      return saturated(load);
    default:
      return load satisfies never;
  }
});

async function one({ port, userId, text }: Extract<Load, { kind: "one" }>): Promise<Loaded> {
  const connection = await openConnection(port);
  const startedAt = performance.now();
  const reply = await new Promise<Answer>((resolve) => connection.send(commandRequest(port, userId, text), resolve));
  connection.close();
  if (reply.status !== 200) throw new Error(`"${text}" was answered with ${reply.text}`);
  return summary([performance.now() - startedAt], 1, 0);
}

async function paced(load: Extract<Load, { kind: "paced" }>): Promise<Loaded> {
  const { port, perSecond, seconds, firstNumber } = load;
  const requests = Array.from({ length: perSecond * seconds }, (_, i) => openCommand(port, firstNumber + i));
  const connections = await openConnections(port, pacedConnections);
  const free = [...connections];
  const latencies: number[] = [];
  const due: { request: Buffer; at: number }[] = [];
  const { promise: allAnswered, resolve, reject } = Promise.withResolvers<void>();

  function sendDue(): void {
    while (due.length > 0) {
      const connection = free.pop();
      if (!connection) return;
      const { request, at } = due.shift() ?? { request: Buffer.alloc(0), at: 0 };
      connection.send(request, (reply) => {
        latencies.push(performance.now() - at);
        if (!isRecorded(reply)) reject(new Error(`a command was answered with ${reply.text}`));
        free.push(connection);
        sendDue();
        if (latencies.length === requests.length) resolve();
      });
    }
  }

  const usage = performance.eventLoopUtilization();
  const startAt = performance.now() + 20;
  for (const [i, request] of requests.entries()) {
    const at = startAt + (i * 1_000) / perSecond;
    // Node's timers are up to 1 ms late. Latency counts from the due time, so every server is charged the same.
    while (performance.now() < at) await delay(Math.max(1, at - performance.now()));
    due.push({ request, at });
    sendDue();
  }
  await allAnswered;
  const busy = performance.eventLoopUtilization(usage).utilization;
  for (const connection of connections) connection.close();
  return summary(latencies, performance.now() - startAt, busy);
}

async function saturated(load: Extract<Load, { kind: "saturated" }>): Promise<Loaded> {
  const { port, connections: count, seconds, commands, firstNumber } = load;
  const requests = Array.from({ length: commands }, (_, i) => openCommand(port, firstNumber + i));
  const connections = await openConnections(port, count);
  const latencies: number[] = [];
  const usage = performance.eventLoopUtilization();
  const startAt = performance.now();
  const endAt = startAt + seconds * 1_000;
  let next = 0;
  await Promise.all(
    connections.map(
      (connection) =>
        new Promise<void>((resolve, reject) => {
          function sendNext(): void {
            const request = requests[next++];
            const sentAt = performance.now();
            if (!request || sentAt >= endAt) {
              resolve();
              return;
            }
            connection.send(request, (reply) => {
              latencies.push(performance.now() - sentAt);
              if (isRecorded(reply)) sendNext();
              else reject(new Error(`a command was answered with ${reply.text}`));
            });
          }
          sendNext();
        }),
    ),
  );
  const tookMs = performance.now() - startAt;
  const busy = performance.eventLoopUtilization(usage).utilization;
  for (const connection of connections) connection.close();
  return summary(latencies, tookMs, busy);
}

function openConnections(port: number, count: number): Promise<Connection[]> {
  return Promise.all(Array.from({ length: count }, () => openConnection(port)));
}

/** An answer with a text is a refusal. */
function isRecorded({ status, isEmpty }: Answer): boolean {
  return status === 200 && isEmpty;
}

function summary(latencies: number[], tookMs: number, busy: number): Loaded {
  return {
    acknowledged: latencies.length,
    perSecond: (latencies.length * 1_000) / tookMs,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    busy,
  };
}
