/**
 * Chooses what runs next from a seed. Everything that waits at the bot's boundaries is a step of this schedule, and
 * time passes only when no step can run. Between two steps the bot's promises run until none can continue, always in
 * the same order, so one seed is one history.
 */
import type { Dice } from "../../faults/seeded-random.ts";

/** What a step resumes: the ledger, a commit, Slack's answers, WeChat Pay's, a sleep, or the world outside. */
export type Rim = "ledger" | "commit" | "queried" | "posted" | "called" | "sleep" | "world";

/** What an instance gets under a lease: a call to WeChat Pay, or a post to Slack. */
export type Leased = "call" | "post";

/** A running instance. Once it is dead, none of its promises ever continues. */
export interface Life {
  readonly name: string;
  isAlive: boolean;
  /** Its steps wait until then, like those of a stopped or starved process. */
  pausedUntil: number;
}

export interface Step {
  /** Not before then, in milliseconds since the epoch. */
  dueAt: number;
  /** The instance that the step belongs to and dies with. Undefined for events outside of any instance. */
  life?: Life;
  rim: Rim;
  what: string;
  act(): void;
  /** The step has no effect, like a commit without changes, so no crash is spent on it. */
  isIdle?(): boolean;
  /**
   * Assigns something of this kind to its instance, as a commit may. An instance that dies or pauses then abandons it.
   */
  leases?(what: Leased): boolean;
}

/** What happens to an instance at a step: it dies before or after the step, or takes it later. */
export type Fate = "runs" | "waits" | "dies before" | "dies after";

export interface Schedule {
  now(): number;
  /** Adds a step. The returned function removes it. */
  add(step: Step): () => void;
  /** Ends a life and removes its steps. */
  bury(life: Life): void;
  /** Runs steps until `isOver`, which is checked whenever time has passed, at most until `limitAt`. */
  run(play: { isOver(): boolean; limitAt: number; fateOf(step: Step): Fate; die(life: Life): void }): Promise<Ran>;
  /** Steps run so far. */
  steps(): number;
  /** A hash that two histories share only if they ran the same steps at the same times. */
  traceHash(): number;
}

export type Ran = "over" | "out of time" | "out of steps";

/** More than any history needs. A history that reaches it fails. */
const stepsMax = 60_000;
const askedEveryMs = 250;

/** @param tell receives each step as it runs, for people who read a history */
export function createSchedule(dice: Dice, beganAt: number, print?: (line: string) => void): Schedule {
  let now = beganAt;
  let steps: Step[] = [];
  let ran = 0;
  let hash = 0x811c9dc5;

  function take(): Step | undefined {
    let firstAt = Number.POSITIVE_INFINITY;
    for (const step of steps) firstAt = Math.min(firstAt, dueAt(step));
    if (firstAt === Number.POSITIVE_INFINITY) return undefined;
    now = Math.max(now, firstAt);
    const ready = steps.filter((step) => dueAt(step) <= now);
    const chosen = ready[dice.below(ready.length)];
    if (chosen) steps.splice(steps.indexOf(chosen), 1);
    return chosen;
  }

  function note({ life, what }: Step): void {
    ran++;
    const line = `${now - beganAt} ${life?.name ?? "world"} ${what}`;
    for (let i = 0; i < line.length; i++) hash = Math.imul(hash ^ line.charCodeAt(i), 0x01000193);
    print?.(line);
  }

  return {
    now: () => now,
    add(step) {
      if (!Number.isFinite(step.dueAt)) throw new Error(`a step without a time: ${step.what}`);
      if (step.life?.isAlive === false) return () => {};
      steps.push(step);
      return () => {
        const place = steps.indexOf(step);
        if (place >= 0) steps.splice(place, 1);
      };
    },
    bury(life) {
      life.isAlive = false;
      steps = steps.filter((step) => step.life !== life);
    },
    run({ isOver, limitAt, fateOf, die }) {
      let askAt = now;

      /** Runs one step. Resolves when nothing more can run. */
      function turn(): Ran | undefined {
        if (now >= askAt) {
          if (isOver()) return "over";
          askAt = now + askedEveryMs;
        }
        if (ran >= stepsMax) return "out of steps";
        const step = take();
        if (!step || now > limitAt) return "out of time";
        const fate = step.life ? fateOf(step) : "runs";
        if (fate === "waits") {
          steps.push(step);
          return undefined;
        }
        note(step);
        if (fate !== "dies before") step.act();
        if (fate !== "runs" && step.life) die(step.life);
        return undefined;
      }

      return new Promise((resolve, reject) => {
        function goOn(): void {
          try {
            const ended = turn();
            // Every microtask has run by the time of an immediate.
            if (ended === undefined) setImmediate(goOn);
            else resolve(ended);
          } catch (error) {
            reject(error);
          }
        }
        goOn();
      });
    },
    steps: () => ran,
    traceHash: () => hash >>> 0,
  };
}

function dueAt({ dueAt, life }: Step): number {
  return life ? Math.max(dueAt, life.pausedUntil) : dueAt;
}

/** What a dead instance waits for. */
export function never<T>(): Promise<T> {
  return new Promise(() => {});
}
