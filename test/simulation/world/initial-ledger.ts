/** The initial ledger of every history: migrated, with roles and notification preferences. Created once per process. */
import { createSecretKey } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { Kysely } from "kysely";
import { type LedgerKey, signWith } from "../../../src/ledger/audit/keys/macs.ts";
import { createNotificationPreferences } from "../../../src/ledger/notification-preferences.ts";
import { createRoles } from "../../../src/ledger/roles.ts";
import { migrate } from "../../../src/storage/migrations/migrations.ts";
import type { Schema } from "../../../src/storage/schema.ts";
import { sqliteDialect } from "../../../src/storage/sqlite/dialect.ts";
import { notified } from "../plans/plan.ts";
import { people } from "../plans/planned.ts";

/** The key of histories that have one. */
export const ledgerKey = createSecretKey(Buffer.from("the LEDGER_KEY of histories, long enough"));

/** SQL that turns an empty database into the start of a history: without LEDGER_KEY, and with it. */
export interface Beginning {
  plain: string;
  signed: string;
}

export async function beginningOfHistories(): Promise<Beginning> {
  return { plain: await beginningWith(undefined), signed: await beginningWith(ledgerKey) };
}

async function beginningWith(key: LedgerKey | undefined): Promise<string> {
  const database = new DatabaseSync(":memory:");
  const db = new Kysely<Schema>({ dialect: sqliteDialect(database) });
  await migrate({ db, engine: "sqlite" });
  signWith(db, key);
  const clock = { now: () => 0, monotonic: () => 0, sleep: async () => {} };
  const roles = createRoles({ db, clock, instance: "us", admins: [] });
  const origin = { from: "instance", id: "us" } as const;
  for (const [id, held] of Object.entries(people))
    for (const role of held) await roles.grant({ holder: { kind: "user", id }, role, by: "settings", origin });
  const preferences = createNotificationPreferences({ db, clock });
  for (const [id, notify] of Object.entries(notified)) await preferences.set(id, notify);
  const script = scriptOf(database);
  await db.destroy();
  return script;
}

function scriptOf(database: DatabaseSync): string {
  const made = database.prepare("select name, type, sql from sqlite_master where sql is not null").all();
  const objects = made.filter(({ name }) => !String(name).startsWith("sqlite_"));
  const tables = objects.filter(({ type }) => type === "table").map(({ name }) => String(name));
  const rows = tables.flatMap((table) =>
    database
      .prepare(`select * from ${table}`)
      .all()
      .map((row) => `insert into ${table} values (${Object.values(row).map(literal).join(", ")})`),
  );
  return [...objects.map(({ sql }) => sql), ...rows].join(";\n");
}

function literal(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "number" ? String(value) : `'${String(value).replaceAll("'", "''")}'`;
}
