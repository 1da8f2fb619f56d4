/**
 * What a request switches, the receipt, 点金计划 or both, and the step that each operation has reached. Everything in an
 * older ledger is about the receipt.
 */
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const goldplan: Migration = {
  async up(db: Kysely<unknown>) {
    const run = (statement: string) => sql.raw(statement).execute(db);
    for (const table of ["requests", "operations"]) {
      await run(`alter table ${table} add column object text not null default 'receipt'`);
      await run(`alter table ${table} add column scene text`);
    }
    await run("alter table operations add column step text not null default 'receipt'");
    await run("alter table operations add column attempts_before integer not null default 0");
    await run("alter table operations add column receipt_done_at bigint");
    await run("alter table attempts add column step text not null default 'receipt'");
    // On `number + 0`, as the other indexes for lists of requests.
    await run("create index requests_with_goldplan on requests (object, (number + 0)) where object <> 'receipt'");
  },
};
