/**
 * What runs next, chosen from a seed: everything that waits at the rim of the bot is a step of this schedule, and time
 * moves only when no step can run. Between two steps the promises of the bot run until none can go on, which is always in
 * the same order; so one seed is one history.
 */
import type { Dice } from "../../faults/seeded-random.ts";

/** Where a step brings somebody back in: the ledger, a commit, Slack's answers, WeChat Pay's, a sleep, or the world. */
export type Rim = "ledger" | "commit" | "asked" | "posted" | "called" | "sleep" | "world";

/** What is given to one instance under a lease: a call to WeChat Pay, or a post to Slack. */
export type Leased = "call" | "post";

/** A running instance: once it is dead, none of its promises ever goes on. */
export interface Life {
  readonly name: string;
  isAlive: boolean;
  /** Its steps wait until then, as those of a process that is stopped or starved. */
  pausedUntil: number;
}

export interface Step {
  /** Not before then; milliseconds since the epoch. */
  dueAt: number;
  /** Whose step it is: it goes with its instance. Undefined for what happens in the world, whoever dies. */
  life?: Life;
  rim: Rim;
  what: string;
  act(): void;
  /** Nothing comes of it, as of a commit without a change: no crash is wasted on it. */
  isIdle?(): boolean;
  /** Gives something of this kind to its instance, as a commit may: who dies or stands still then leaves it lying. */
  leases?(what: Leased): boolean;
}

/** What comes over an instance at one of its steps: it dies before the step, or after it, or must do it later. */
export type Fate = "runs" | "waits" | "dies before" | "dies after";

export interface Schedule {
  now(): number;
  /** Puts a step in; the result takes it out again. */
  add(step: Step): () => void;
  /** Ends a life: its steps are gone. */
  bury(life: Life): void;
  /** Runs steps until `isOver`, which is asked whenever time has moved by a little; at most until `limitAt`. */
  run(play: { isOver(): boolean; limitAt: number; fateOf(step: Step): Fate; die(life: Life): void }): Promise<Ran>;
  /** Steps run so far. */
  steps(): number;
  /** A number that two histories share only where they ran the same steps at the same times. */
  traceHash(): number;
}

export type Ran = "over" | "out of time" | "out of steps";

/** More than any history needs: one that runs into it is told as a failure. */
const stepsMax = 60_000;
const askedEveryMs = 250;

/** @param tell is told each step as it runs, for who reads a history */
export function createSchedule(dice: Dice, beganAt: number, tell?: (line: string) => void): Schedule {
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
    tell?.(line);
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

      /** Runs one step; nothing comes back while there is more to run. */
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
