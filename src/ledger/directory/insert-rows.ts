/** Adds many rows with few statements, whose text is built once for each number of rows. */
import { CompiledQuery } from "kysely";
import type { Schema } from "../../storage/schema.ts";
import { inSets, isOnPostgres, type Runner } from "../../storage/statement.ts";

/** Below the parameter limit of either engine, 32,766, for tables of up to eight columns. */
const rowsMax = 500;

type Row<Table extends keyof Schema> = { [Column in keyof Schema[Table]]?: string | number | null };

/**
 * ```ts
 * const insertEntries = insertRows("directory", ["version", "sub_mchid", "position", "name", "note"]);
 * await insertEntries(transaction, rows);
 * ```
 * @param ending what follows the values, such as `on conflict do nothing returning …`
 */
export function insertRows<Table extends keyof Schema & string>(
  table: Table,
  columns: readonly (keyof Schema[Table] & string)[],
  ending = "",
) {
  const statementFor = (count: number, isPostgres: boolean): string => {
    const row = (nth: number) =>
      `(${columns.map((_, at) => (isPostgres ? `$${nth * columns.length + at + 1}` : "?")).join(", ")})`;
    const values = Array.from({ length: count }, (_, nth) => row(nth)).join(", ");
    return `insert into ${table} (${columns.join(", ")}) values ${values} ${ending}`;
  };
  const texts = new Map<string, string>();
  const insert = inSets(rowsMax, async (on, rows: readonly Row<Table>[]): Promise<unknown[]> => {
    const isPostgres = isOnPostgres(on);
    const key = `${isPostgres} ${rows.length}`;
    const text = texts.get(key) ?? statementFor(rows.length, isPostgres);
    texts.set(key, text);
    const values = rows.flatMap((row) => columns.map((column) => row[column] ?? null));
    return (await on.executeQuery(CompiledQuery.raw(text, values))).rows;
  });
  return <Returned>(on: Runner, rows: readonly Row<Table>[]) => insert(on, rows) as Promise<Returned[]>;
}
