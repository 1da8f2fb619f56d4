/** Reads the answer to `GET /v3/certificates`. */
import { z } from "zod";
import type { EncryptedCertificate } from "../../domain/platform-certificates/platform-certificates.ts";
import { jsonIn } from "../errors.ts";

/** The only algorithm for RSA certificates. Certificates for SM2 keys, which the bot cannot use, have another one. */
const algorithm = "AEAD_AES_256_GCM";

const entry = z.object({
  serial_no: z.string().min(1),
  encrypt_certificate: z.object({
    algorithm: z.string(),
    nonce: z.string(),
    associated_data: z.string(),
    ciphertext: z.string(),
  }),
});
const list = z.object({ data: z.array(z.unknown()) });

/** The certificates in an answer, still encrypted, without entries of another form; undefined if it is no list. */
export function readCertificateList(body: Buffer): readonly EncryptedCertificate[] | undefined {
  const answer = list.safeParse(jsonIn(body));
  return answer.data?.data.flatMap((each) => {
    const { data } = entry.safeParse(each);
    if (data?.encrypt_certificate.algorithm !== algorithm) return [];
    const { nonce, associated_data: associatedData, ciphertext } = data.encrypt_certificate;
    return [{ serialNo: data.serial_no, nonce, associatedData, ciphertext }];
  });
}
