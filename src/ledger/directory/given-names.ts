/** The names that requesters gave beside numbers, compared with the directory whenever they are shown. */
import type { Transaction } from "kysely";
import { type NameNotes, nameNotes } from "../../domain/directory/name-notes.ts";
import type { Database, Schema } from "../../storage/schema.ts";
import { insertSet, longListRowsMax } from "../../storage/statement.ts";
import type { GivenNamesTable } from "../../storage/tables/directory.ts";
import { asMerchant, merchantName } from "./merchant-name.ts";

/** By number; plain text. */
export type GivenNames = Readonly<Record<string, string>>;

const insertGiven = insertSet<Pick<GivenNamesTable, keyof GivenNamesTable>>(
  "given_names",
  { request_id: "text", sub_mchid: "text", given_as: "text" },
  { atOnce: longListRowsMax },
);

/** @param subMchids the sub-merchants of the request */
export async function recordGivenNames(
  transaction: Transaction<Schema>,
  requestId: string,
  subMchids: Iterable<string>,
  given: GivenNames,
): Promise<void> {
  const rows = [...subMchids].flatMap((sub_mchid) => {
    const given_as = Object.hasOwn(given, sub_mchid) ? given[sub_mchid] : undefined;
    return given_as === undefined ? [] : [{ request_id: requestId, sub_mchid, given_as }];
  });
  await insertGiven(transaction, rows);
}

export async function givenNames(db: Database, requestId: string): Promise<GivenNames> {
  const rows = db.selectFrom("given_names").select(["sub_mchid", "given_as"]).where("request_id", "=", requestId);
  return Object.fromEntries((await rows.execute()).map(({ sub_mchid, given_as }) => [sub_mchid, given_as]));
}

/** About the sub-merchants that were not excluded. @param max how many of each kind are listed */
export async function notesOfRequest(db: Database, requestId: string, max: number): Promise<NameNotes> {
  const all = db
    .selectFrom("operations")
    .leftJoin("given_names", (join) =>
      join
        .onRef("given_names.request_id", "=", "operations.request_id")
        .onRef("given_names.sub_mchid", "=", "operations.sub_mchid"),
    )
    .select(["operations.seq", "operations.sub_mchid", "given_as", merchantName("operations.sub_mchid").as("name")])
    .where("operations.request_id", "=", requestId)
    .where("left_out_by", "is", null);
  const rows = await db
    .selectFrom(all.as("mine"))
    .selectAll()
    .where((row) => row.or([row("given_as", "is not", null), row("name", "=", "")]))
    .orderBy("seq")
    .execute();
  const merchants = rows.map(({ sub_mchid, name, given_as }) => ({
    ...asMerchant(sub_mchid, name),
    givenAs: given_as ?? undefined,
  }));
  return nameNotes(merchants, max);
}
