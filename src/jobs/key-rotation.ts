/**
 * Changing the keys of WeChat Pay without a restart. Key, certificate and serial number change together or not at all:
 * the new ones are used once the settings are right and WeChat Pay has accepted a signature that they made.
 */
import type { Logger } from "pino";
import type { CallResult } from "../domain/attempt-result.ts";
import type { Clock } from "../domain/clock.ts";
import { createWorker, type Worker } from "./worker.ts";

export interface KeyRotationNeeds<Keys> {
  /** Changes with the settings of the keys. */
  fingerprint(): string;
  /** The settings as they are now, or each problem in a sentence. */
  read(): { ok: true; keys: Keys } | { ok: false; problems: string[] };
  /** Makes a signed call that changes nothing. */
  check(keys: Keys): Promise<CallResult>;
  /** What a failure means and what to do. */
  explain(failure: Exclude<CallResult, { kind: "accepted" }>): string;
  use(keys: Keys): void;
  /** Whether to look for changes by itself, and not only when asked to. */
  isWatching: boolean;
  clock: Clock;
  log: Logger;
}

export interface KeyRotation extends Worker {
  /** Looks at once, as an operator asks by SIGHUP. */
  reload(): void;
}

/** How often to look for changes, in milliseconds. A change counts once it has stood still that long. */
const pollMs = 10_000;
/** How often to look without watching: never, for all purposes. */
const idleMs = 24 * 3_600_000;

export function createKeyRotation<Keys>(needs: KeyRotationNeeds<Keys>): KeyRotation {
  const { fingerprint, clock, log } = needs;
  const restMs = needs.isWatching ? pollMs : idleMs;
  let inUse = fingerprint();
  /** What the last poll saw, and what was refused: each is reported once. */
  let seen = inUse;
  let refused: string | undefined;
  let isAsked = false;

  const worker = createWorker({
    name: "key rotation",
    clock,
    log,
    concurrency: 1,
    debounceMs: 0,
    async poll() {
      const found = fingerprint();
      const wasAsked = isAsked;
      isAsked = false;
      const isStill = found === seen;
      seen = found;
      if (found === inUse) {
        if (wasAsked) log.info("the keys of WeChat Pay have not changed");
      } else if (wasAsked || (isStill && found !== refused)) await change(found);
      return restMs;
    },
  });

  async function change(found: string): Promise<void> {
    const read = needs.read();
    if (!read.ok) return keepOld(found, { problems: read.problems });
    const result = await needs.check(read.keys);
    if (result.kind === "accepted") {
      // What was read is not what was found if it changed in between: the next poll looks again.
      inUse = found;
      refused = undefined;
      needs.use(read.keys);
      log.info("the keys of WeChat Pay were changed");
      return;
    }
    const explained = { result, explanation: needs.explain(result) };
    if (result.kind === "unreachable")
      log.warn(explained, "WeChat Pay could not check the new keys; the bot keeps the present ones and tries again");
    else keepOld(found, explained);
  }

  function keepOld(found: string, why: object): void {
    refused = found;
    log.error(why, "the new keys of WeChat Pay are wrong; the bot keeps the present ones");
  }

  return {
    ...worker,
    reload() {
      isAsked = true;
      worker.wake();
    },
  };
}
