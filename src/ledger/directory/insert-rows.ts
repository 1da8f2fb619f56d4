/** Adds many rows with few statements, whose text is built once for each number of rows. */
import { CompiledQuery } from "kysely";
import type { Schema } from "../../storage/schema.ts";
import { isOnPostgres, type Runner } from "../../storage/statement.ts";

/** Below the parameter limit of either engine, 32,766, for tables of up to eight columns. */
const rowsMax = 500;

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
  const texts = new Map<string, string>();
  const textFor = (count: number, isPostgres: boolean) => {
    const key = `${count}:${isPostgres}`;
    const text = texts.get(key) ?? statementFor(count, isPostgres);
    texts.set(key, text);
    return text;
  };
  function statementFor(count: number, isPostgres: boolean): string {
    const row = (nth: number) =>
      `(${columns.map((_, at) => (isPostgres ? `$${nth * columns.length + at + 1}` : "?")).join(", ")})`;
    const values = Array.from({ length: count }, (_, nth) => row(nth)).join(", ");
    return `insert into ${table} (${columns.join(", ")}) values ${values} ${ending}`;
  }
  return async <Returned>(
    on: Runner,
    rows: readonly { [Column in keyof Schema[Table]]?: string | number | null }[],
  ): Promise<Returned[]> => {
    const returned: Returned[] = [];
    for (let first = 0; first < rows.length; first += rowsMax) {
      const some = rows.slice(first, first + rowsMax);
      const values = some.flatMap((row) => columns.map((column) => row[column] ?? null));
      const text = textFor(some.length, isOnPostgres(on));
      returned.push(...(await on.executeQuery<Returned>(CompiledQuery.raw(text, values))).rows);
    }
    return returned;
  };
}
