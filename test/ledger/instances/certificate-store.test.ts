/** Platform certificates in the ledger: encrypted, shared, and whatever else may stand in their place. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createCertificateStore } from "../../../src/ledger/instances/certificate-store.ts";
import { onEveryEngine } from "../builders.ts";

const encrypted = (serialNo: string) => ({
  serialNo,
  nonce: "14b16c03dc1b",
  associatedData: "certificate",
  ciphertext: "x".repeat(3_000),
});

onEveryEngine("the platform certificates in the ledger", (fresh) => {
  test("are replaced as a whole, and another instance reads them", async () => {
    const { store } = await fresh();
    const [one, other] = [createCertificateStore(store), createCertificateStore(store)];
    assert.equal(await one.read(), undefined);
    await one.write({ fetchedAt: 1, certificates: [encrypted("01"), encrypted("02")] });
    const second = { fetchedAt: 2, certificates: [encrypted("03")] };
    await other.write(second);
    assert.deepEqual(await one.read(), second);
  });

  test("count as missing if something else is written in their place", async () => {
    const { store } = await fresh();
    const certificates = createCertificateStore(store);
    await certificates.write({ fetchedAt: 1, certificates: [] });
    for (const value of ["", "{", "null", "[]", '{"fetchedAt":"1","certificates":[]}', '{"fetchedAt":1}']) {
      await store.db.updateTable("ledger_info").set({ value }).where("name", "=", "platform-certificates").execute();
      assert.equal(await certificates.read(), undefined, value);
    }
  });
});
