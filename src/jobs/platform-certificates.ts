/**
 * Keeps WeChat Pay's platform certificates current: loads them from the ledger, fetches them every 12 hours and when an
 * answer names an unknown one, and shares what it fetched with the other instances.
 */
import type { Logger } from "pino";
import type { Clock, Random } from "../domain/clock.ts";
import type {
  EncryptedCertificate,
  KeyCheckResult,
  PlatformCertificate,
} from "../domain/platform-certificates/platform-certificates.ts";
import {
  nextChange,
  noneWaitMs,
  refreshMinMs,
  renewalDue,
  retryWaitMs,
} from "../domain/platform-certificates/renewal.ts";
import type { CertificateStore } from "../ledger/instances/certificate-store.ts";
import { maintenanceTask } from "./maintenance.ts";
import type { Worker } from "./worker.ts";

export interface PlatformCertificatesNeeds<Certificate extends PlatformCertificate> {
  /** Whether there is an APIv3 key; otherwise, nothing happens. */
  isOn(): boolean;
  stored: CertificateStore;
  /** Decrypts with the current APIv3 key; undefined for a certificate that this key does not authenticate. */
  open(encrypted: EncryptedCertificate): Certificate | undefined;
  /** Whether a serial number in an answer, however it is written, is this certificate's. */
  isNamed(certificate: Certificate, serialNo: string): boolean;
  /** Asks WeChat Pay, and returns no certificates unless the answer is verified. */
  fetch(): Promise<{ result: KeyCheckResult; certificates: readonly Certificate[] }>;
  /** Explains what a failure means and what to do. */
  explain(failure: Exclude<KeyCheckResult, { kind: "accepted" }>): string;
  /** Receives the certificates that have not expired, once a minute and whenever they change, begin or expire. */
  use(certificates: readonly Certificate[]): void;
  clock: Clock;
  random: Random;
  log: Logger;
}

export interface PlatformCertificates<Certificate> extends Worker {
  /** Uses what the ledger has, before the first call. */
  load(): Promise<void>;
  /** Looks for an unknown certificate, in the ledger and then at WeChat Pay, once a minute at most. Never rejects. */
  find(serialNo: string): Promise<void>;
  /** Uses these, which WeChat Pay has just listed, instead of those that another APIv3 key authenticated. */
  replace(certificates: readonly Certificate[]): void;
}

/** How often to look for what other instances have stored, in milliseconds. */
const pollMs = 60_000;

export function createPlatformCertificates<Certificate extends PlatformCertificate>(
  needs: PlatformCertificatesNeeds<Certificate>,
): PlatformCertificates<Certificate> {
  const { isOn, stored, open, isNamed, fetch, explain, use, clock, random, log } = needs;
  let known: ReadonlyMap<string, Certificate> = new Map();
  /** When to fetch; 0 for now. */
  let dueAt = 0;
  /** The fetch that `dueAt` counts from, and the one that the ledger does not have yet. */
  let fetchedAt: number | undefined;
  let unsavedAt: number | undefined;
  let failures = 0;
  let searchedAt: number | undefined;
  let searching: Promise<void> | undefined;

  /** Forgets the others, which WeChat Pay no longer lists, and those that have expired. */
  function keep(certificates: readonly Certificate[]): void {
    const now = clock.now();
    const lasting = certificates.filter(({ expiresAt }) => expiresAt > now);
    known = new Map(lasting.map((each) => [each.serialNo, each]));
    use(lasting);
  }

  async function load(): Promise<void> {
    if (!isOn()) return;
    const found = await stored.read();
    const { certificates = [], fetchedAt: at = 0 } = found ?? {};
    const opened = certificates.flatMap((encrypted) => open(encrypted) ?? []);
    const isWhole = opened.length > 0 && opened.length === certificates.length && at <= clock.now();
    // What someone else wrote into the ledger must not replace anything, nor put the renewal off.
    if (!isWhole) return keep([...known.values(), ...opened]);
    const isOlder = at < (fetchedAt ?? 0);
    keep(isOlder ? [...known.values()] : opened);
    if (!isOlder && at !== fetchedAt) renewAfter(at);
  }

  function renewAfter(at: number): void {
    fetchedAt = at;
    failures = 0;
    dueAt = renewalDue(at, random.fraction());
  }

  /** Uses what WeChat Pay has just listed; it is saved later. */
  function take(certificates: readonly Certificate[]): void {
    renewAfter(clock.now());
    unsavedAt = fetchedAt;
    keep(certificates);
  }

  async function save(): Promise<void> {
    if (unsavedAt === undefined) return;
    await stored.write({ fetchedAt: unsavedAt, certificates: [...known.values()].map(({ encrypted }) => encrypted) });
    unsavedAt = undefined;
  }

  async function renew(): Promise<void> {
    const { result, certificates } = await fetch();
    if (result.kind !== "accepted") {
      failures += 1;
      const hasNone = result.kind === "certificates" && result.why === "none";
      dueAt = clock.now() + (hasNone ? noneWaitMs : retryWaitMs(failures, random.fraction()));
      const why = { result, explanation: explain(result), held: known.size };
      log[result.kind === "unreachable" ? "warn" : "error"](why, "the platform certificates could not be fetched");
      return;
    }
    const before = known;
    take(certificates);
    for (const { serialNo, expiresAt } of [...known.values()].filter((each) => !before.has(each.serialNo)))
      log.info({ serialNo, expiresAt: new Date(expiresAt).toISOString() }, "a new platform certificate is accepted");
    await save();
  }

  async function search(serialNo: string): Promise<void> {
    try {
      await load();
      if (![...known.values()].some((each) => isNamed(each, serialNo))) await renew();
    } catch (error) {
      log.error({ err: error, serialNo }, "an unknown platform certificate could not be looked for");
    }
  }

  const worker = maintenanceTask("platform certificates", clock, log, async () => {
    if (!isOn()) return pollMs;
    await load();
    if (clock.now() >= dueAt) await renew();
    else await save();
    const now = clock.now();
    return Math.max(0, Math.min(pollMs, dueAt - now, nextChange([...known.values()], now) - now));
  });

  return {
    ...worker,
    load,
    async find(serialNo) {
      if (!isOn()) return;
      if (searchedAt === undefined || clock.monotonic() - searchedAt >= refreshMinMs) {
        searchedAt = clock.monotonic();
        searching = search(serialNo);
      }
      await searching;
    },
    replace(certificates) {
      take(certificates);
      worker.wake();
    },
  };
}
