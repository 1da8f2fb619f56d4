/**
 * Gauges of the ledger's figures: read on request, at most every few seconds, and unknown while the ledger is
 * unavailable.
 */
import { Gauge, type Registry } from "@prometheus-io/client";
import { actions } from "../domain/attempt-result.ts";
import type { Clock } from "../domain/clock.ts";
import { objects } from "../domain/goldplan/objects.ts";
import { shareAt } from "../domain/rate-limiter.ts";
import type { LedgerFigures } from "../domain/telemetry/ledger-figures.ts";

export interface LedgerGauges {
  /**
   * Resolves once the gauges are as they should be shown; waits at most three seconds for the ledger. Never rejects.
   */
  refresh(): Promise<void>;
}

export interface LedgerGaugeNeeds {
  registry: Registry;
  /** Rejects while the ledger is unavailable. */
  read(): Promise<LedgerFigures>;
  /** Commits a write. Rejects if the ledger cannot be written to, as on a full disk, although it can be read. */
  write(): Promise<void>;
  /** The ledger's clock. */
  clock: Clock;
  /** Whether backups are made outside the bot: the age of a missing backup is then unknown, otherwise infinite. */
  isBackedUpElsewhere: boolean;
}

/** Figures older than this are read again, in milliseconds. */
const freshForMs = 10_000;
/** Figures older than this are not shown, in milliseconds. */
const shownForMs = 15_000;
/** How long a scrape waits for the ledger's figures, in milliseconds. */
const readWithinMs = 1_000;
/** How long a scrape waits for a write, in milliseconds: as long as `/readyz`. */
const writtenWithinMs = 2_000;

export function createLedgerGauges(needs: LedgerGaugeNeeds): LedgerGauges {
  const { registry, read, write, clock, isBackedUpElsewhere } = needs;
  const gauges = makeGauges(registry);
  let known: { figures: LedgerFigures; at: number } | undefined;
  const isRead = createProbe(clock, readWithinMs, async (at) => {
    known = { figures: await read(), at };
  });
  const isWritable = createProbe(clock, writtenWithinMs, write);

  return {
    async refresh() {
      gauges.up.set((await isRead()) ? 1 : 0);
      // Afterwards: on SQLite, what arrives at the same time is committed together, and fails together.
      gauges.writable.set((await isWritable()) ? 1 : 0);
      if (known !== undefined && clock.monotonic() - known.at > shownForMs) known = undefined;
      show(gauges, known?.figures, clock.now(), isBackedUpElsewhere);
    },
  };
}

/**
 * Whether `attempt` succeeded in the last few seconds, or does so in time. Attempts never overlap.
 * @param attempt given the monotonic time at which it started, from which the age of its result counts
 */
function createProbe(clock: Clock, withinMs: number, attempt: (at: number) => Promise<void>): () => Promise<boolean> {
  let succeededAt: number | undefined;
  let running: Promise<boolean> | undefined;

  function once(): Promise<boolean> {
    const at = clock.monotonic();
    running ??= attempt(at)
      .then(
        () => {
          succeededAt = at;
          return true;
        },
        () => false,
      )
      .finally(() => {
        running = undefined;
      });
    return running;
  }

  return async () => {
    if (succeededAt !== undefined && clock.monotonic() - succeededAt <= freshForMs) return true;
    const inTime = new AbortController();
    const late = clock.sleep(withinMs, inTime.signal).then(() => false);
    const done = await Promise.race([once(), late]);
    inTime.abort("answered");
    return done;
  };
}

type Gauges = ReturnType<typeof makeGauges>;

function makeGauges(registry: Registry) {
  const gauge = <Label extends string>(name: string, help: string, labelNames: Label[] = []) =>
    new Gauge<string>({ name, help, labelNames, registers: [registry] });
  return {
    up: gauge("receipt_ledger_up", "Whether the ledger could be read: 1, or 0."),
    writable: gauge("receipt_ledger_writable", "Whether the ledger could be written to: 1, or 0."),
    requests: gauge("receipt_requests_open", "Requests that wait for a person: pending, or held.", [
      "object",
      "action",
      "state",
    ]),
    undecidedAge: gauge("receipt_requests_undecided_oldest_seconds", "Age of the oldest undecided request."),
    operations: gauge("receipt_operations_open", "Operations that have not ended, by state.", ["state"]),
    queueAge: gauge("receipt_queue_oldest_seconds", "How long the first queued operation has been due."),
    posts: gauge("receipt_posts_waiting", "Changes that Slack does not show yet, without those that it refuses."),
    postAge: gauge("receipt_posts_oldest_seconds", "How long the first of these changes has been due."),
    postsRefused: gauge("receipt_posts_refused", "Changes that Slack permanently refuses, with what waits for them."),
    unsealed: gauge("receipt_events_unsealed", "Events of the audit trail that have no seal yet."),
    sealLag: gauge("receipt_seal_lag_seconds", "Age of the first event without a seal."),
    rate: gauge("receipt_wechatpay_rate_ratio", "The share of WECHATPAY_RATE that is in force."),
    backupAge: gauge("receipt_backup_age_seconds", "Age of the newest backup that the ledger knows."),
  };
}

/** @param figures undefined if they are unknown */
function show(gauges: Gauges, figures: LedgerFigures | undefined, now: number, isBackedUpElsewhere: boolean): void {
  const age = (at: number | undefined, byDefault = 0) => {
    if (figures === undefined) return Number.NaN;
    return at === undefined ? byDefault : Math.max(0, now - at) / 1_000;
  };
  for (const object of objects)
    for (const action of actions)
      for (const state of ["pending", "held"] as const) {
        const counted = figures?.requests.find((each) => each.object === object && each.action === action);
        gauges.requests.set({ object, action, state }, counted?.[state] ?? Number.NaN);
      }
  for (const state of ["waiting", "queued", "running", "held"] as const)
    gauges.operations.set({ state }, figures?.operations[state] ?? Number.NaN);
  gauges.posts.set(figures?.posts ?? Number.NaN);
  gauges.postsRefused.set(figures?.postsRefused ?? Number.NaN);
  gauges.unsealed.set(figures?.unsealed ?? Number.NaN);
  gauges.rate.set(figures ? shareAt(figures.rate, now) : Number.NaN);
  gauges.undecidedAge.set(age(figures?.oldestUndecidedAt));
  gauges.queueAge.set(age(figures?.oldestQueuedAt));
  gauges.postAge.set(age(figures?.oldestPostAt));
  gauges.sealLag.set(age(figures?.oldestUnsealedAt));
  gauges.backupAge.set(age(figures?.backedUpAt, isBackedUpElsewhere ? Number.NaN : Number.POSITIVE_INFINITY));
}
