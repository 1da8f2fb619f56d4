/** Compares the merchant directory in use with the event of its import, whose digest covers every number and name. */
import { createHash } from "node:crypto";
import type { Runner } from "../../../storage/statement.ts";
import { isTableMissing } from "../../../storage/store-errors.ts";
import { currentVersion, entriesInOrder } from "../../directory/current-directory.ts";
import { entryText } from "../../directory/new-version.ts";
import { parseObject } from "../json-object.ts";
import type { Difference } from "./request-differences.ts";

const fields = ["entries", "digest", "imported_by", "imported_at"] as const;
type Facts = Partial<Record<(typeof fields)[number], string>>;

export async function directoryDifferences(on: Runner): Promise<Difference[]> {
  const trail = await accordingToTrail(on);
  const ledger = await inUse(on);
  return fields
    .filter((field) => ledger[field] !== trail[field])
    .map((field) => ({ of: "directory", id: "", field, ledger: ledger[field], trail: trail[field] }));
}

async function accordingToTrail(on: Runner): Promise<Facts> {
  const imports = on
    .selectFrom("events")
    .select(["at", "actor", "detail_json"])
    .where("what", "=", "directory-imported");
  const event = await imports.orderBy("seq", "desc").limit(1).executeTakeFirst();
  if (!event) return {};
  const { entries, digest } = parseObject(event.detail_json);
  return factsOf({ entries, digest, imported_by: event.actor, imported_at: event.at });
}

/** The names themselves, whatever the directory's own row says about them. */
async function inUse(on: Runner): Promise<Facts> {
  try {
    const version = await currentVersion(on);
    if (version === undefined || !Number.isSafeInteger(version)) return {};
    const rows = on.selectFrom("directory").where("version", "=", version);
    // Rows that the reading in order skips, such as one at a negative position, count.
    const { entries } = await rows.select((row) => row.fn.countAll<number>().as("entries")).executeTakeFirstOrThrow();
    const hash = createHash("sha256");
    for await (const batch of entriesInOrder(on)) for (const entry of batch) hash.update(entryText(entry));
    const versions = on.selectFrom("directory_versions").select(["imported_by", "imported_at"]);
    const row = await versions.where("version", "=", version).executeTakeFirst();
    return factsOf({
      entries,
      digest: hash.digest("hex"),
      imported_by: row?.imported_by,
      imported_at: row?.imported_at,
    });
  } catch (error) {
    // A ledger that an older version wrote has no directory yet.
    if (isTableMissing(error)) return {};
    throw error;
  }
}

function factsOf(facts: Record<keyof Facts, unknown>): Facts {
  const known = fields.filter((field) => facts[field] !== undefined && facts[field] !== null);
  return Object.fromEntries(known.map((field) => [field, String(facts[field])]));
}
