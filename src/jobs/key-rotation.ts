/**
 * Changes the WeChat Pay keys without a restart. Key, certificate and serial number change together or not at all: the
 * bot uses the new ones once the settings are valid and WeChat Pay has accepted a call signed with them.
 */
import type { Logger } from "pino";
import type { Clock } from "../domain/clock.ts";
import { type Guidance, guide } from "../domain/guidance.ts";
import type { KeyCheckResult } from "../domain/platform-certificates/platform-certificates.ts";
import { createWorker, type Worker } from "./worker.ts";

export interface KeyRotationNeeds<Keys> {
  /** Changes whenever the settings for the keys change. */
  fingerprint(): string;
  /** The current settings, or one sentence for each problem. */
  read(): { ok: true; keys: Keys } | { ok: false; problems: string[] };
  /** Makes a signed call that changes nothing. */
  check(keys: Keys): Promise<KeyCheckResult>;
  /** Explains what a failure means and what to do. */
  explain(failure: Exclude<KeyCheckResult, { kind: "accepted" }>): string;
  use(keys: Keys): void;
  /** Whether to check for changes automatically, and not only on request. */
  isWatching: boolean;
  clock: Clock;
  log: Logger;
}

/**
 * Whether a failed check means that the keys are wrong. After any other failure, such as an outage of WeChat Pay, a
 * firewall's page or WeChat Pay's test of its clients, nothing is known about them.
 */
function isAboutKeys(failure: Exclude<KeyCheckResult, { kind: "accepted" }>): boolean {
  switch (failure.kind) {
    case "unreachable":
      return false;
    case "certificates":
      return true;
    case "refused":
      return isForPeople(guide(failure)) && failure.fault !== "unknown";
    case "unverified":
      return !failure.probe && (failure.why === "wrong-signature" || failure.why === "unknown-serial");
    default:
      return failure satisfies never;
  }
}

/** A failure that ends without a change of the keys, now or after the time that WeChat Pay asks for, is for nobody. */
function isForPeople({ retry }: Guidance): boolean {
  return retry !== "automatic" && retry !== "after-the-wait";
}

export interface KeyRotation extends Worker {
  /** Checks immediately, when an operator sends SIGHUP. */
  reload(): void;
}

/** How often to check for changes, in milliseconds. A changed file is read once it has not changed for this long. */
const pollMs = 10_000;
/** The interval if automatic checks are off: effectively never. */
const idleMs = 24 * 3_600_000;

export function createKeyRotation<Keys>(needs: KeyRotationNeeds<Keys>): KeyRotation {
  const { fingerprint, clock, log } = needs;
  const restMs = needs.isWatching ? pollMs : idleMs;
  let inUse = fingerprint();
  /** The values that the last poll found, and those that were refused, so that each is reported once. */
  let seen = inUse;
  let refused: string | undefined;
  let isAsked = false;

  const worker = createWorker({
    name: "key rotation",
    clock,
    log,
    concurrency: 1,
    async poll() {
      const found = fingerprint();
      const wasAsked = isAsked;
      isAsked = false;
      const isStill = found === seen;
      seen = found;
      if (found === inUse) {
        if (wasAsked) log.info("the WeChat Pay keys have not changed");
      } else if (wasAsked || (isStill && found !== refused)) await change(found);
      return restMs;
    },
  });

  async function change(found: string): Promise<void> {
    const read = needs.read();
    if (!read.ok) return keepOld(found, { problems: read.problems });
    const result = await needs.check(read.keys);
    if (result.kind === "accepted") {
      // If a file changed between the check and the read, the next poll checks again.
      inUse = found;
      refused = undefined;
      needs.use(read.keys);
      log.info("the keys of WeChat Pay were changed");
      return;
    }
    const explained = { result, explanation: needs.explain(result) };
    if (isAboutKeys(result)) keepOld(found, explained);
    else log.warn(explained, "WeChat Pay could not check the new keys; the bot keeps the current keys and tries again");
  }

  function keepOld(found: string, why: object): void {
    refused = found;
    // A start would take them from the files as they are.
    log.error(
      why,
      "the new keys of WeChat Pay are wrong; the bot keeps the current keys until the files are corrected; do not restart it before",
    );
  }

  return {
    ...worker,
    reload() {
      isAsked = true;
      worker.wake();
    },
  };
}
