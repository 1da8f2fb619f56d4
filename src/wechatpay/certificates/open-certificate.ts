/** Turns an encrypted platform certificate into a key that verifies answers. */
import type { KeyObject } from "node:crypto";
import type {
  CertificateFault,
  EncryptedCertificate,
  PlatformCertificate,
} from "../../domain/platform-certificates/platform-certificates.ts";
import { readSingleCertificate } from "../keys.ts";
import { decrypt } from "./decrypt.ts";
import { isSameSerialNumber } from "./serial-number.ts";

export interface OpenedCertificate extends PlatformCertificate {
  key: KeyObject;
}

export type Opening = { ok: true; certificate: OpenedCertificate } | { ok: false; why: CertificateFault };

/** The times and the serial number are the certificate's own, which the tag covers; the list only repeats them. */
export function openCertificate(encrypted: EncryptedCertificate, apiV3Key: KeyObject): Opening {
  const pem = decrypt(encrypted, apiV3Key);
  if (pem === undefined) return { ok: false, why: "wrong-key" };
  const read = readSingleCertificate(pem);
  if (!read.ok) return { ok: false, why: "unreadable" };
  const { serialNo, validFrom, expiresAt, publicKey: key } = read.certificate;
  if (!isSameSerialNumber(serialNo, encrypted.serialNo)) return { ok: false, why: "wrong-serial" };
  return { ok: true, certificate: { serialNo, validFrom, expiresAt, key, encrypted } };
}

/**
 * The keys of the certificates that are valid now, by serial number.
 * @param now milliseconds since 1970
 */
export function keysInForce(certificates: readonly OpenedCertificate[], now: number): ReadonlyMap<string, KeyObject> {
  const inForce = certificates.filter(({ validFrom, expiresAt }) => validFrom <= now && now < expiresAt);
  return new Map(inForce.map(({ serialNo, key }) => [serialNo, key]));
}
