/** The schema steps that a database has, compared with those in this code. */
import { sql } from "kysely";
import { CannotOpen } from "../open-problem.ts";
import type { Store } from "../schema.ts";
import { migrations } from "./migrations.ts";

/** The steps that were applied, by name, in their order; none for a database without a ledger. */
export async function appliedSteps({ db }: Pick<Store, "db">): Promise<readonly string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  const table = tables.find(({ name }) => name === "kysely_migration");
  if (!table) return [];
  const id = table.schema === undefined ? sql.table(table.name) : sql.table(`${table.schema}.${table.name}`);
  const { rows } = await sql<{ name: string }>`select name from ${id} order by name`.execute(db);
  return rows.map(({ name }) => name);
}

/** The steps in this code that were not applied yet, in their order. */
export function pendingSteps(applied: readonly string[], engine: Store["engine"]): string[] {
  return Object.keys(migrations(engine)).filter((name) => !applied.includes(name));
}

/** @throws CannotOpen if there is a ledger, and it lacks steps of this version */
export function refuseOlder(applied: readonly string[], engine: Store["engine"]): void {
  const [step] = pendingSteps(applied, engine);
  if (applied.length > 0 && step !== undefined) throw new CannotOpen({ kind: "older", step });
}

/** @throws CannotOpen if a newer version has applied a step that this version does not know */
export function refuseNewer(applied: readonly string[], engine: Store["engine"]): void {
  const known = migrations(engine);
  const newer = applied.findLast((name) => !Object.hasOwn(known, name));
  if (newer !== undefined) throw new CannotOpen({ kind: "newer", step: newer });
}
