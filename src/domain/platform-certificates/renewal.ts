/**
 * When the platform certificates are fetched again. Pure: times are milliseconds since 1970, waits are milliseconds.
 */
import type { PlatformCertificate } from "./platform-certificates.ts";

/** WeChat Pay asks for less than 12 hours between two downloads. */
const renewalMaxMs = 12 * 3_600_000;
/** Random, so that instances that started together do not fetch together. */
const renewalSpreadMs = 3_600_000;

/** Unknown serial numbers cause one fetch in this time at most. */
export const refreshMinMs = 60_000;

const retryFirstMs = 5_000;
const retryMaxMs = 3_600_000;

/** @param fraction a random number from 0 to 1 */
export function renewalDue(fetchedAt: number, fraction: number): number {
  return fetchedAt + renewalMaxMs - Math.round(renewalSpreadMs * fraction);
}

/** The wait after `failures` failed fetches in a row: it doubles up to an hour, and half of it is random. */
export function retryWaitMs(failures: number, fraction: number): number {
  const fullMs = Math.min(retryFirstMs * 2 ** (failures - 1), retryMaxMs);
  return Math.round(fullMs * (0.5 + fraction / 2));
}

/** The wait after WeChat Pay has answered that it has no certificates: only people can change that. */
export const noneWaitMs = retryMaxMs;

/** When the next certificate becomes valid or expires; infinity if none does. */
export function nextChange(certificates: readonly PlatformCertificate[], now: number): number {
  const changes = certificates.flatMap(({ validFrom, expiresAt }) => [validFrom, expiresAt]);
  return Math.min(...changes.filter((at) => at > now), Number.POSITIVE_INFINITY);
}
