/** WeChat Pay's platform certificates, as it sends them, as the ledger keeps them, and as the bot uses them. */
import type { CallResult } from "../attempt-result.ts";

/** A certificate encrypted under the APIv3 key: AEAD_AES_256_GCM. The tag proves that WeChat Pay wrote it. */
export interface EncryptedCertificate {
  /** As the list names it; it has to be the certificate's own serial number. */
  serialNo: string;
  /** 12 characters. */
  nonce: string;
  associatedData: string;
  /** Base64 of the encrypted PEM text, followed by a tag of 16 bytes. */
  ciphertext: string;
}

/** A decrypted certificate. Times are milliseconds since 1970. */
export interface PlatformCertificate {
  /** From the certificate itself, upper-case hex. */
  serialNo: string;
  validFrom: number;
  expiresAt: number;
  encrypted: EncryptedCertificate;
}

/** Why one certificate of a list cannot be used. */
export type CertificateFault =
  /** The tag does not match: another APIv3 key, or changed data. */
  | "wrong-key"
  /** Not a certificate of an RSA key of 2048 bits. */
  | "unreadable"
  /** The list names another serial number than the certificate. */
  | "wrong-serial";

/** Why a list of platform certificates is no help. */
export type CertificatesProblem =
  /** WeChat Pay has none for this provider, which then uses WeChat Pay's public key. */
  | "none"
  /** WECHATPAY_APIV3_KEY decrypts none of them. */
  | "wrong-key"
  /** Decrypted, but not usable. */
  | "unusable";

/** How a call that reads the certificates ended. */
export type KeyCheckResult = CallResult | { kind: "certificates"; why: CertificatesProblem };
