/** Fills a ledger as years of work would, with a few large statements: requests, decisions and outcomes. */
import { sql } from "kysely";
import { tables } from "../../../src/storage/copy-ledger.ts";
import { writerVersion } from "../../../src/storage/migrations/writer-version.ts";
import type { Store } from "../../../src/storage/schema.ts";

const perTransaction = 20_000;
/** Operations of each sub-merchant, whatever the size of the ledger. */
const perSubMerchant = 5;
/** The newest 1 in 50 operations are undecided, and the 1 in 100 before them are queued. */
const undecidedOneIn = 50;
const queuedOneIn = 100;
/** Time between two requests, in milliseconds. */
const apartMs = 30_000;

/** Twenty people submit nearly all requests, and one person hardly any. */
export const people = { usual: "U7", rare: "URARE" } as const;

/** A sub-merchant of a ledger with this many operations. */
export function subMchidOf(operations: number, n: number): string {
  return String(1_900_000_000 + (n % (operations / perSubMerchant)));
}

/** The `n`th undecided request, oldest first. */
export function undecidedOf(operations: number, n: number, now: number): { id: string; createdAt: number } {
  const nth = operations - operations / undecidedOneIn + n;
  return { id: `r${100_000_000 + nth}`, createdAt: now - (operations - nth) * apartMs };
}

/**
 * @param operations a multiple of 1,000
 * @param now when the newest was requested, in milliseconds since the epoch
 */
export async function fill({ db, engine }: Store, operations: number, now: number): Promise<void> {
  // On a busy machine these statements exceed the pool's time limit.
  const unhurried = engine === "postgres" ? ["set local statement_timeout = 0"] : [];
  async function run(these: readonly string[]): Promise<void> {
    await db.transaction().execute(async (transaction) => {
      for (const statement of [...unhurried, ...these]) await sql.raw(statement).execute(transaction);
    });
  }
  for (let first = 1; first <= operations; first += perTransaction) {
    const last = Math.min(first + perTransaction - 1, operations);
    await run(statements({ operations, first, last, now }));
  }
  // On PostgreSQL, of this schema alone: others may be dropped meanwhile, and each would wait for the other's locks.
  await run([engine === "postgres" ? `analyze ${Object.keys(tables).join(", ")}` : "analyze"]);
}

/** Rows for the operations from `first` to `last`, derived from the number `i` of each. */
function statements(about: { operations: number; first: number; last: number; now: number }): string[] {
  const { operations, first, last, now } = about;
  const undecidedFrom = operations - operations / undecidedOneIn;
  const queuedFrom = undecidedFrom - operations / queuedOneIn;
  const by = (undecided: string, queued: string, ended: string) =>
    `case when i > ${undecidedFrom} then ${undecided} when i > ${queuedFrom} then ${queued} else ${ended} end`;
  const id = (kind: string) => `'${kind}' || cast(100000000 + i as text)`;
  const action = "case when i % 3 = 0 then 'CLOSE' else 'OPEN' end";
  const submitter = `case when i % ${operations / 5} = 0 then '${people.rare}' else 'U' || cast(i % 20 as text) end`;
  const at = `${now} - cast(${operations} - i as bigint) * ${apartMs}`;
  // Frequent enough that a page of anyone's failures is full even in a small ledger.
  const hasFailed = "i % 7 < 4";
  // Spread by a prime, so that the operations of a sub-merchant are far apart.
  const subMchid = `cast(1900000000 + (cast(i as bigint) * 7919) % ${operations / perSubMerchant} as text)`;

  function insert(table: string, row: Record<string, string>, upTo = last): string {
    const numbers = `with recursive numbers (i) as (select ${first} union all select i + 1 from numbers where i < ${last})`;
    const values = Object.values(row).join(", ");
    return `insert into ${table} (${Object.keys(row).join(", ")}) ${numbers} select ${values} from numbers where i <= ${upTo} order by i`;
  }
  function event(what: string): string {
    const row = { at, actor: submitter, what: `'${what}'`, request_id: id("r"), operation_id: id("o") };
    return insert("events", { ...row, detail_json: `'{"v":${writerVersion},"round":1}'` });
  }
  return [
    insert("requests", {
      id: id("r"),
      source_key: id("k"),
      action,
      reason: "'new store, contract 4711'",
      requested_by: submitter,
      channel_id: "'C1'",
      state: by("'pending'", "'approved'", "'done'"),
      created_at: at,
      expires_at: `${now + 86_400_000}`,
      decided_by: by("null", "'UBOB'", "'UBOB'"),
      decided_at: by("null", at, at),
      ended_at: by("null", "null", at),
      total: "1",
      open: by("1", "1", "0"),
      succeeded: by("0", "0", `case when ${hasFailed} then 0 else 1 end`),
      failed: by("0", "0", `case when ${hasFailed} then 1 else 0 end`),
    }),
    insert("operations", {
      id: id("o"),
      request_id: id("r"),
      sub_mchid: subMchid,
      action,
      requested_by: submitter,
      state: by("'waiting'", "'queued'", `case when ${hasFailed} then 'failed' else 'succeeded' end`),
      round: "1",
      attempts: by("0", "0", "1"),
      due_at: by("null", at, "null"),
      endpoint: "0",
      ended_at: by("null", "null", at),
      topic: `case when ${hasFailed} then 'no-auth' end`,
    }),
    insert(
      "attempts",
      {
        id: id("a"),
        operation_id: id("o"),
        round: "1",
        number: "1",
        endpoint: "0",
        started_at: at,
        ended_at: at,
        result_json: `case when ${hasFailed} then '{"kind":"refused","fault":"no-auth","status":403}' else '{"kind":"accepted","status":200}' end`,
      },
      queuedFrom,
    ),
    insert("posts", {
      id: id("p"),
      request_id: id("r"),
      channel_id: "'C1'",
      kind: "'message'",
      round: "0",
      ts: id("1764."),
      wanted: "1",
      shown: "1",
      due_at: at,
      tries: "0",
    }),
    event("asked"),
    event("request-done"),
  ];
}
