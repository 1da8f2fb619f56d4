/**
 * Real instances of the bot as processes, on one ledger, between the playground's servers, ready for fault injection.
 */
import { type BotProcess, startBotProcess } from "../../src/playground/bot-process.ts";
import { freePort } from "../../src/playground/free-port.ts";
import { type Playground, startPlayground } from "../../src/playground/playground.ts";
import type { Store } from "../../src/storage/schema.ts";
import { identity } from "../e2e/support/identity.ts";
import { type LedgerPlace, openLedgerPlace } from "../storage/ledger-place.ts";
import { type LoadBalancer, startLoadBalancer } from "./network/load-balancer.ts";
import { startTcpProxy, type TcpProxy } from "./network/tcp-proxy.ts";
import type { Dice } from "./seeded-random.ts";

export interface FleetOptions {
  engine: Store["engine"];
  instances: number;
  /** How payloads arrive: over HTTP through a load balancer, or over each instance's Socket Mode connection. */
  mode: "http" | "socket";
  dice: Dice;
  /** Puts a proxy in front of PostgreSQL that can be cut. */
  isProxied?: boolean;
  /** Added to an instance's environment last. */
  environment?(index: number): Record<string, string>;
}

export interface Fleet extends Pick<Playground, "slack" | "weChatPay">, Pick<LedgerPlace, "rows"> {
  instances: number;
  /** Present if `isProxied` is set. */
  proxy: TcpProxy | undefined;
  /** kill -9. The instance restarts at once, as under a supervisor. Resolves when it has ended. */
  kill(index: number): Promise<void>;
  /** Stops it as an operator does and restarts it, for example with another environment. */
  restart(index: number): Promise<void>;
  /** Resolves once this instance, or every instance by default, listens. */
  untilUp(index?: number): Promise<void>;
  /** Instances that ended unexpectedly, with their last output. */
  endedByThemselves: readonly string[];
  close(): Promise<void>;
}

/** People do in a minute what takes a team weeks, so only each channel's limit is Slack's own. */
const busyMinute = { 1: 1e6, 2: 1e6, 3: 1e6, 4: 1e6, special: 1e6 } as const;
const startWithinMs = 30_000;
/** How often in a row an instance that fails to start is restarted before the campaign gives up. */
const startsMax = 20;
const lastWordsMax = 300;

export async function openFleet(options: FleetOptions): Promise<Fleet> {
  const { engine, instances, mode, dice } = options;
  const place = await openLedgerPlace(engine);
  const proxy = options.isProxied ? await startTcpProxy(place.url) : undefined;
  const playground = await startPlayground({
    identity,
    mode,
    slack: { rateLimits: { perMinute: busyMinute, workspacePostsPerMinute: 1e6 } },
    environment: { DATABASE_URL: (proxy?.url ?? place.url).href, WECHATPAY_RATE: "500" },
  });
  const ports: number[] = [];
  while (ports.length < instances) ports.push(await freePort());
  let balancer: LoadBalancer | undefined;
  if (mode === "http") {
    let turn = dice.below(instances);
    balancer = await startLoadBalancer(() => {
      turn += 1;
      return ports.map((_, index) => ports[(turn + index) % instances] ?? 0);
    });
    playground.slack.deliverTo(`${balancer.url}/slack/events`);
  }
  const endedByThemselves: string[] = [];
  const supervised = ports.map((port, index) =>
    supervise({
      start: () => startBotProcess({ ...playground.environment, PORT: String(port), ...options.environment?.(index) }),
      endedByItself: (how) => void endedByThemselves.push(`instance ${index} ended by itself: ${how}`),
    }),
  );
  const instanceAt = (index: number) => {
    const found = supervised[index];
    if (!found) throw new RangeError(`no instance ${index}`);
    return found;
  };

  const fleet: Fleet = {
    slack: playground.slack,
    weChatPay: playground.weChatPay,
    rows: place.rows,
    instances,
    proxy,
    kill: (index) => instanceAt(index).end("SIGKILL"),
    restart: (index) => instanceAt(index).end("SIGTERM"),
    async untilUp(index) {
      for (const one of index === undefined ? supervised : [instanceAt(index)]) await one.untilUp();
    },
    endedByThemselves,
    async close() {
      await Promise.all(supervised.map((one) => one.close()));
      await balancer?.close();
      await playground.close();
      await proxy?.close();
      await place.close();
    },
  };
  try {
    await fleet.untilUp();
  } catch (error) {
    await fleet.close();
    throw error;
  }
  return fleet;
}

interface Supervised {
  end(signal: "SIGTERM" | "SIGKILL"): Promise<void>;
  untilUp(): Promise<void>;
  close(): Promise<void>;
}

/** Keeps one process running, whatever ends it, until `close`. */
function supervise(needs: { start(): BotProcess; endedByItself(how: string): void }): Supervised {
  let isClosing = false;
  let isExpected = false;
  let starts = 0;
  let bot = begin();

  function begin(): BotProcess {
    isExpected = false;
    starts += 1;
    const begun = needs.start();
    begun.until('"listening"', startWithinMs).then(
      () => {
        starts = 0;
      },
      // The process's end reports the cause.
      () => {},
    );
    void begun.ended.then((how) => {
      if (isClosing) return;
      if (!isExpected)
        needs.endedByItself(`${how}; last line: ${[...begun.lines, ...begun.errors].at(-1)?.slice(0, lastWordsMax)}`);
      if (starts < startsMax) bot = begin();
    });
    return begun;
  }

  return {
    async end(signal) {
      isExpected = true;
      await bot.end(signal);
    },
    async untilUp() {
      for (;;) {
        const current = bot;
        try {
          await current.until('"listening"', startWithinMs);
          if (current === bot) return;
        } catch (error) {
          if (starts >= startsMax || current === bot) throw error;
        }
      }
    },
    async close() {
      isClosing = true;
      await bot.end("SIGKILL");
    },
  };
}
