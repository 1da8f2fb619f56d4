/** The name of a merchant as a column of a query, so that lists and messages need no further query for it. */
import { type RawBuilder, sql } from "kysely";
import type { Merchant } from "../../domain/directory/merchant.ts";
import { directoryName } from "../../storage/schema.ts";

/** The name in the directory in use; empty if it does not have the number, null without a directory. */
export type MerchantName = string | null;

const version = sql`select cast(value as integer) from ledger_info where name = ${sql.lit(directoryName)}`;

/** @param subMchid the column with the number, such as `operations.sub_mchid` */
export function merchantName(subMchid: string): RawBuilder<MerchantName> {
  const entry = sql`select name from directory where version = (${version}) and sub_mchid = ${sql.ref(subMchid)}`;
  return sql<MerchantName>`case when exists (${version}) then coalesce((${entry}), '') end`;
}

export function asMerchant(subMchid: string, name: MerchantName): Merchant {
  return { subMchid, name: name || undefined, isUnlisted: name === "" };
}
