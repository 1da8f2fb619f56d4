/**
 * WeChat Pay's platform certificates as all instances share them: still encrypted, so that only someone with the APIv3
 * key, which is not in the database, can add one.
 */
import { z } from "zod";
import type { EncryptedCertificate } from "../../domain/platform-certificates/platform-certificates.ts";
import type { Store } from "../../storage/schema.ts";

export interface StoredCertificates {
  /** When WeChat Pay was last asked, in milliseconds since the epoch. */
  fetchedAt: number;
  certificates: readonly EncryptedCertificate[];
}

export interface CertificateStore {
  /** Undefined before the first fetch, or if someone has written something else in their place. */
  read(): Promise<StoredCertificates | undefined>;
  /** Replaces what was stored. */
  write(stored: StoredCertificates): Promise<void>;
}

/** The name of the row in `ledger_info`. */
const name = "platform-certificates";

const certificate = z.object({
  serialNo: z.string(),
  nonce: z.string(),
  associatedData: z.string(),
  ciphertext: z.string(),
});
const storedCertificates = z.object({ fetchedAt: z.number(), certificates: z.array(certificate) });

export function createCertificateStore({ db }: Pick<Store, "db">): CertificateStore {
  return {
    async read() {
      const row = await db.selectFrom("ledger_info").select("value").where("name", "=", name).executeTakeFirst();
      return storedCertificates.safeParse(jsonIn(row?.value)).data;
    },

    async write({ fetchedAt, certificates }) {
      const value = JSON.stringify({ fetchedAt, certificates });
      await db
        .insertInto("ledger_info")
        .values({ name, value })
        .onConflict((conflict) => conflict.column("name").doUpdateSet({ value }))
        .execute();
    },
  };
}

function jsonIn(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    // The certificates are fetched again.
    return undefined;
  }
}
