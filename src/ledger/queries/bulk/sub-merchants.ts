/** The first sub-merchants of a bulk request and the first that were excluded, and who excluded them. */
import type { Merchant } from "../../../domain/directory/merchant.ts";
import type { Database } from "../../../storage/schema.ts";
import { asMerchant, merchantName } from "../../directory/merchant-name.ts";

/** The first sub-merchants of a request that were not excluded. */
export async function firstNumbers(db: Database, requestId: string, max: number): Promise<string[]> {
  const rows = await sample(db, requestId, "is", max).execute();
  return rows.map((row) => row.sub_mchid);
}

/** The same with their names, for a message or a form. */
export function firstMerchants(db: Database, requestId: string, max: number): Promise<Merchant[]> {
  return named(sample(db, requestId, "is", max));
}

/** The first sub-merchants that were excluded from a request. */
export function firstExcluded(db: Database, requestId: string, max: number): Promise<Merchant[]> {
  return named(sample(db, requestId, "is not", max));
}

function sample(db: Database, requestId: string, excludedBy: "is" | "is not", max: number) {
  const rows = db.selectFrom("operations").select("sub_mchid").where("request_id", "=", requestId);
  return rows.where("left_out_by", excludedBy, null).orderBy("seq").limit(max);
}

async function named(rows: ReturnType<typeof sample>): Promise<Merchant[]> {
  const found = await rows.select(merchantName("operations.sub_mchid").as("name")).execute();
  return found.map(({ sub_mchid, name }) => asMerchant(sub_mchid, name));
}

/** Who excluded sub-merchants from a request; the person who excluded most comes first. */
export async function excludersOf(db: Database, requestId: string): Promise<string[]> {
  const rows = await db
    .selectFrom("operations")
    .select(["left_out_by", (row) => row.fn.countAll<number>().as("count")])
    .where("request_id", "=", requestId)
    .where("left_out_by", "is not", null)
    .groupBy("left_out_by")
    .orderBy("count", "desc")
    .orderBy("left_out_by")
    .execute();
  return rows.flatMap(({ left_out_by }) => left_out_by ?? []);
}
