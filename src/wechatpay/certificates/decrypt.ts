/** Decrypts what WeChat Pay encrypts under the APIv3 key. */
import { createDecipheriv, type KeyObject } from "node:crypto";
import type { EncryptedCertificate } from "../../domain/platform-certificates/platform-certificates.ts";

/** At the end of the ciphertext; see AEAD_AES_256_GCM in RFC 5116. */
const tagBytes = 16;

/** Undefined unless the tag proves that somebody with the same key encrypted exactly this. */
export function decrypt(
  { nonce, associatedData, ciphertext }: Omit<EncryptedCertificate, "serialNo">,
  apiV3Key: KeyObject,
): Buffer | undefined {
  const bytes = Buffer.from(ciphertext, "base64");
  try {
    // Without the length, Node.js also takes a shorter tag, and without final() it checks none.
    const decipher = createDecipheriv("aes-256-gcm", apiV3Key, Buffer.from(nonce), { authTagLength: tagBytes });
    decipher.setAAD(Buffer.from(associatedData));
    decipher.setAuthTag(bytes.subarray(-tagBytes));
    return Buffer.concat([decipher.update(bytes.subarray(0, -tagBytes)), decipher.final()]);
  } catch {
    // Another key, changed data, or no data: OpenSSL does not say which.
    return undefined;
  }
}
