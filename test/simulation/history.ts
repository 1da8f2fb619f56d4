/**
 * Plays one history: two complete instances of the bot on one ledger, between two networks, until everything settles.
 */
import { pino } from "pino";
import { assembleBot } from "../../src/bot.ts";
import { reopenAfterMs } from "../../src/domain/goldplan/reopening.ts";
import { silentMetrics } from "../../src/domain/telemetry/metrics.ts";
import { noTickets } from "../../src/domain/tickets/tickets.ts";
import { createDice } from "../faults/seeded-random.ts";
import { differencesIn, forgery } from "./judges/forgeries.ts";
import { watchLedger } from "./judges/ledger-watch.ts";
import { projectionOf } from "./judges/projection.ts";
import { prunedProblems } from "./judges/pruned.ts";
import type { AuditRow, Outage, Records } from "./judges/records.ts";
import { onCall } from "./judges/reminders.ts";
import { troubleEndsMs } from "./plans/plan.ts";
import type { Plan, PlannedTrouble, StrikeRim } from "./plans/planned.ts";
import { createFaults } from "./world/faults.ts";
import { type Beginning, ledgerKey } from "./world/initial-ledger.ts";
import { createMemoryStore, restoreIn } from "./world/memory-store.ts";
import { gatherCrowd, type Instance } from "./world/people.ts";
import { createSchedule, type Fate, type Life, type Step } from "./world/schedule.ts";
import { createSlack } from "./world/slack-in-memory.ts";
import { seededRandom, virtualClock } from "./world/virtual-time.ts";
import { callLimitMs, createWeChatPay } from "./world/wechatpay-in-memory.ts";

const beganAt = Date.UTC(2026, 0, 5, 9);
/** Anything that has not settled this long after the last fault never will. */
const restWithinMs = 15 * 60_000;
/** STALE_AFTER: longer than any instance is down or pauses, except in histories about outages. */
const staleAfterMs = 60_000;

type Strike = Extract<PlannedTrouble, { kind: "crash" | "pause" }>;

/** A slot for an instance, which may be empty. */
interface Place {
  current: Instance | undefined;
  /** Accepts no more payloads, because it is being stopped. */
  isStopping: boolean;
  /** How long it stays empty after its instance dies. */
  downMs: number;
  lives: number;
}

/**
 * @param beginning the initial ledger
 * @param tell receives each step and each line that the bot logs
 */
export async function play(plan: Plan, beginning: Beginning, print?: (line: string) => void): Promise<Records> {
  const dice = createDice(plan.seed);
  const schedule = createSchedule(dice, beganAt, print);
  const faults = createFaults(dice, plan.faults, plan.faultShare);
  const random = seededRandom(dice);
  const key = plan.hasKey ? ledgerKey : undefined;
  const begin = plan.hasKey ? beginning.signed : beginning.plain;
  const store = createMemoryStore({ schedule, faults, begin, key, committed: () => watch.read() });
  const watch = watchLedger(store.database, schedule.now);
  const slack = createSlack({ schedule, faults, withMessage: watch.withMessage });
  const weChatPay = createWeChatPay({ schedule, faults, underWay: watch.underWay });
  const errors: string[] = [];
  const log = pino({ level: print ? "info" : "error", base: null, timestamp: false }, { write: logged });
  const places: Place[] = [0, 1].map(() => ({ current: undefined, isStopping: false, downMs: 0, lives: 0 }));
  /** What happens to an instance at its next step of a kind. */
  const armed: { place: Place; strike: Strike }[] = [];
  let crashes = 0;
  /** Faults that have yet to occur or to end. */
  let troubles = 0;

  function logged(line: string): void {
    print?.(`    ${line.trimEnd()}`);
    if (!print || line.startsWith('{"level":50')) errors.push(line);
  }

  function start(place: Place): void {
    if (place.current?.life.isAlive) return;
    const nth = places.indexOf(place);
    const life: Life = { name: `${nth === 0 ? "A" : "B"}${++place.lives}`, isAlive: true, pausedUntil: 0 };
    const bot = assembleBot({
      settings: {
        SLACK_COMMAND: "/receipt",
        RECEIPT_CHANNELS: [],
        RECEIPT_ADMINS: [],
        REQUEST_TTL: plan.ttlMs,
        STALE_AFTER: staleAfterMs,
        ESCALATE_AFTER: plan.ttlMs / 4,
        ESCALATE_TO: onCall,
        APPROVAL_POLICY: plan.policy,
        APPROVERS_NEEDED: 1,
        BREAK_GLASS: "off",
        REASON: "optional",
        GOLDPLAN: "on",
        UNKNOWN_MERCHANTS: "warn",
        GOLDPLAN_SCENE: "JSAPI",
        LOCALE: "en",
        PERSONAL_LOCALE: "on",
        tickets: noTickets,
        WECHATPAY_MCHID: "1900000100",
        WECHATPAY_RATE: plan.callsPerSecond,
      },
      store: store.open(life),
      interactive: slack.interactive(life),
      posting: slack.posting(life),
      uploading: slack.posting(life),
      download: () => Promise.reject(new Error("histories upload no files")),
      calls: weChatPay.calling(life),
      callLimitMs,
      clock: virtualClock(schedule, life, nth === 0 ? 0 : plan.skewMs),
      random,
      metrics: silentMetrics,
      log,
    });
    place.current = { life, bot };
    place.isStopping = false;
    bot.start();
  }

  function end(life: Life): void {
    schedule.bury(life);
    store.crashed(life);
  }

  function inWorld(inMs: number, what: string, act: () => void): void {
    schedule.add({ dueAt: schedule.now() + inMs, rim: "world", what, act });
  }

  function startAfter(place: Place, downMs: number): void {
    inWorld(downMs, "start an instance", () => {
      troubles--;
      start(place);
    });
  }

  function bring(trouble: PlannedTrouble): void {
    const place = places[trouble.on];
    const met = place?.current;
    if (!place || !met?.life.isAlive || place.isStopping || hasCalmed) {
      troubles--;
      return;
    }
    switch (trouble.kind) {
      case "crash":
      case "pause":
        armed.push({ place, strike: trouble });
        return;
      case "restart":
        place.isStopping = true;
        void met.bot.stop().then(() => {
          if (!met.life.isAlive) return;
          end(met.life);
          startAfter(place, trouble.downMs);
        });
        return;
      default:
        trouble satisfies never;
    }
  }

  function fateOf(step: Step): Fate {
    if (step.isIdle?.()) return "runs";
    const met = armed.find(({ place, strike }) => place.current?.life === step.life && isAt(strike.rim, step));
    if (!met) return "runs";
    const { strike, place } = met;
    armed.splice(armed.indexOf(met), 1);
    if (strike.kind === "crash") {
      place.downMs = strike.downMs;
      return strike.isAfter ? "dies after" : "dies before";
    }
    if (place.current) place.current.life.pausedUntil = schedule.now() + strike.forMs;
    troubles--;
    return strike.isAfter ? "runs" : "waits";
  }

  function die(life: Life): void {
    const place = places.find(({ current }) => current?.life === life);
    if (!place) throw new Error(`${life.name} died, but occupies no slot`);
    print?.(`${life.name} dies`);
    crashes++;
    end(life);
    // An instance that was being stopped needs no other restart.
    if (place.isStopping) troubles--;
    startAfter(place, place.downMs);
  }

  function forge(): void {
    // Between the bot's transactions, as another program would write.
    if (store.database.isTransaction) inWorld(1, "fault: someone forges a grant", forge);
    else {
      store.database.exec(forgery);
      faults.happened("grant-forged");
    }
  }

  const restoring = { key, random, now: schedule.now, heldForMs: plan.ttlMs };
  /** When no instance ran, in milliseconds since the epoch. */
  const outages: Outage[] = [];
  const restores: number[] = [];
  function leave(forMs: number, isRestored: boolean): void {
    const from = schedule.now();
    if (isRestored) restores.push(from + forMs);
    outages.push({ from, until: from + forMs });
    if (isRestored) inWorld(forMs - 1, "the ledger is restored", () => void restoreIn(store.database, restoring));
    for (const place of places) {
      const life = place.current?.life;
      // An instance that is down or being stopped comes back with the others.
      if (!life?.isAlive || place.isStopping) continue;
      crashes++;
      end(life);
      troubles++;
      startAfter(place, forMs);
    }
    troubles--;
  }

  let hasCalmed = false;
  function calm(): void {
    hasCalmed = true;
    faults.stop();
    troubles -= armed.splice(0).length;
  }

  const { outage, restore } = plan;
  let isAway = false;
  function goAway({ atMs, forMs }: { atMs: number; forMs: number }): void {
    troubles++;
    inWorld(atMs, "every instance goes away", () => leave(forMs, false));
  }

  for (const place of places) start(place);
  const crowd = gatherCrowd({
    plan,
    schedule,
    slack,
    watch,
    instance(nth) {
      const alive = [places[nth], places[1 - nth]].find((place) => place?.current?.life.isAlive && !place.isStopping);
      return alive?.current;
    },
    pressed(button) {
      if (!outage || button !== outage.following || isAway) return;
      isAway = true;
      goAway(outage);
    },
  });
  for (const trouble of plan.machines) {
    troubles++;
    inWorld(trouble.atMs, `fault: ${trouble.kind}`, () => bring(trouble));
  }
  if (plan.faults.includes("grant-forged")) inWorld(0, "fault: someone forges a grant", forge);
  if (outage && outage.following === undefined) goAway(outage);
  if (restore) {
    troubles++;
    inWorld(restore.atMs, "every instance is stopped", () => leave(restore.forMs, true));
  }
  inWorld(troubleEndsMs, "the faults end", calm);
  const ran = await schedule.run({
    isOver: () => crowd.isDone() && troubles === armed.length && watch.isAtRest(schedule.now()),
    limitAt: beganAt + troubleEndsMs + (outage?.forMs ?? 0) + restWithinMs,
    fateOf,
    die,
  });
  // Whatever an instance is writing at this moment is rolled back, so that the judges read what is committed.
  for (const { current } of places) if (current?.life.isAlive) end(current.life);
  const events = store.database.prepare(
    "select at, what, actor, request_id as requestId, operation_id as operationId, detail_json as detail from events order by seq",
  );
  const copies = store.database.prepare(
    "select request_id as requestId, channel_id as userId, ts from posts where kind = 'copy'",
  );
  const observer: Life = { name: "the judge", isAlive: true, pausedUntil: 0 };
  const clock = virtualClock(schedule, observer, 0);
  const differences = await differencesIn(store.database, key);
  const moments = [schedule.now()];
  if (schedule.now() > beganAt + reopenAfterMs) moments.push(schedule.now() - reopenAfterMs);
  const rendering = { clock, random, moments };
  const records: Records = {
    projection: await projectionOf(store.database, watch.requests.keys(), "channel", rendering),
    copyProjection: await projectionOf(store.database, watch.requests.keys(), { reader: "U0COPY" }, rendering),
    plan,
    differences,
    outages,
    restores,
    endedAt: schedule.now(),
    ran,
    requests: [...watch.requests.values()],
    decisions: watch.decisions,
    counted: watch.counted,
    events: events.all() as unknown as AuditRow[],
    ledgerProblems: watch.problems,
    submissions: crowd.submissions,
    presses: crowd.presses,
    untrueAnswers: crowd.untrueAnswers,
    messages: slack.messages,
    edits: slack.edits,
    copies: copies.all() as unknown as Records["copies"],
    unconfirmedPosts: slack.unconfirmed(),
    calls: weChatPay.calls,
    states: weChatPay.states,
    errors,
    struck: faults.struck,
    crashes,
    steps: schedule.steps(),
    traceHash: schedule.traceHash(),
    // Last, because it changes the ledger.
    prunedProblems: await prunedProblems(store.database, { key, now: schedule.now(), before: differences }),
  };
  store.database.close();
  return records;
}

function isAt(rim: StrikeRim, step: Step): boolean {
  if (rim === "call leased") return step.leases?.("call") ?? false;
  if (rim === "post leased") return step.leases?.("post") ?? false;
  return rim === "any" || rim === step.rim;
}
