import assert from "node:assert/strict";
import { describe, test } from "node:test";
import pg from "pg";
import { engines } from "../../storage/engines.ts";
import { createPostgresSchema } from "../../storage/postgres-schemas.ts";
import { createMessageReader } from "./postgres-wire.ts";
import { type DateInput, startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";

test("statements are recognized however their bytes are split", () => {
  const startup = Buffer.from([0, 0, 0, 8, 0, 3, 0, 0]);
  const query = Buffer.concat([Buffer.from("Q"), Buffer.from([0, 0, 0, 11]), Buffer.from("commit\0")]);
  const parse = Buffer.concat([Buffer.from("P"), Buffer.from([0, 0, 0, 17]), Buffer.from("\0select 1\0\0\0\0")]);
  const bytes = Buffer.concat([startup, query, parse]);
  for (const size of [1, 3, bytes.length]) {
    const read = createMessageReader();
    const messages = [];
    for (let at = 0; at < bytes.length; at += size) messages.push(...read(bytes.subarray(at, at + size)));
    assert.deepEqual(
      messages.map(({ text }) => text),
      [undefined, "commit", "select 1"],
    );
    assert.deepEqual(Buffer.concat(messages.map(({ raw }) => raw)), bytes);
  }
});

const skip = engines.find(({ name }) => name === "PostgreSQL")?.skip ?? false;

describe("the proxy in front of PostgreSQL", { skip }, () => {
  const moments: readonly { moment: DateInput; kept: number }[] = [
    { moment: "statement", kept: 0 },
    { moment: "commit", kept: 0 },
    { moment: "commit-answer", kept: 2 },
  ];
  for (const { moment, kept } of moments) {
    test(`cuts at ${moment} of a transaction: ${kept === 0 ? "nothing" : "everything"} is kept, and the client gets no answer`, async (t) => {
      const { url, drop } = await createPostgresSchema();
      const proxy = await startTcpProxy(url);
      t.after(async () => {
        await proxy.close();
        await drop();
      });
      await withClient(url, (client) => client.query("create table kept (number int)"));
      proxy.cutAt(moment);
      await assert.rejects(withClient(proxy.url, transaction), /terminated|ECONNRESET/);
      assert.equal(proxy.isOpen, false);
      await assert.rejects(withClient(proxy.url, (client) => client.query("select 1")));
      proxy.mend();
      const count = "select count(*)::int as count from kept";
      const { rows } = await withClient(proxy.url, (client) => client.query<{ count: number }>(count));
      assert.deepEqual(rows, [{ count: kept }]);
    });
  }

  test("stalls, and delivers what was sent in the meantime once it is restored", async (t) => {
    const { url, drop } = await createPostgresSchema();
    const proxy = await startTcpProxy(url);
    t.after(async () => {
      await proxy.close();
      await drop();
    });
    await withClient(proxy.url, (client) => answersOnlyAfterMend(client, proxy, url));
  });
});

async function transaction(client: pg.Client): Promise<void> {
  await client.query("begin");
  await client.query("insert into kept values (1)");
  await client.query("insert into kept values ($1)", [2]);
  await client.query("commit");
}

async function answersOnlyAfterMend(client: pg.Client, proxy: TcpProxy, direct: URL): Promise<void> {
  const order: string[] = [];
  await client.query("select 1");
  proxy.stall();
  const answer = client.query("select 2").then(() => order.push("answered"));
  // A complete exchange on another connection, past the proxy, is time enough for an answer that is not held up.
  await withClient(direct, (other) => other.query("select 3"));
  order.push("mended");
  proxy.mend();
  await answer;
  assert.deepEqual(order, ["mended", "answered"]);
}

async function withClient<T>(url: URL, run: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url.href });
  // The rejected query reports a broken connection.
  client.on("error", () => {});
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end().catch(() => {});
  }
}
