/**
 * Whose ledger it is: one workspace, one Slack app and one service provider. Two deployments on one ledger would carry
 * out each other's requests.
 */
import type { Database, Store } from "../../storage/schema.ts";

export interface Owner {
  /** The workspace, `T…`; undefined while Slack has not said. */
  team: string | undefined;
  /** The Slack app, `A…`; undefined while Slack has not said. */
  app: string | undefined;
  /** The service provider that signs the calls: WECHATPAY_MCHID. */
  mchid: string;
}

/** The ledger belongs to another deployment. */
export class OwnedByAnother extends Error {
  readonly ledger: Owner;
  readonly own: Owner;

  constructor(ledger: Owner, own: Owner) {
    super("the ledger belongs to another deployment");
    this.ledger = ledger;
    this.own = own;
  }
}

/** Rows of older ledgers that get their mchid in one statement. */
const adoptedAtOnce = 5_000;
/** Several instances that start together may have to look again. */
const tries = 5;

/** Compares what is known, and writes nothing. @throws OwnedByAnother */
export async function checkOwner({ db }: Store, own: Owner): Promise<void> {
  const found = await ownerOf(db);
  if (found) await compare(db, found.owner, own);
}

/** Writes the owner into the ledger at its first use, and what was not known then. @throws OwnedByAnother */
export async function claimOwnership({ db }: Store, own: Owner): Promise<void> {
  for (let left = tries; left > 0; left--) {
    const found = await ownerOf(db);
    if (found) {
      const isOurs = await compare(db, found.owner, own);
      const value = written(isOurs ? { ...own, ...defined(found.owner) } : own);
      if (value === found.value) return;
      const updated = await db
        .updateTable("ledger_info")
        .set({ value })
        .where("name", "=", "owner")
        .where("value", "=", found.value)
        .executeTakeFirst();
      if (updated.numUpdatedRows > 0n) return;
      continue;
    }
    await adoptOperations(db, own.mchid);
    await db
      .insertInto("ledger_info")
      .values({ name: "owner", value: written(own) })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

async function ownerOf(db: Database): Promise<{ value: string; owner: Owner } | undefined> {
  const row = await db.selectFrom("ledger_info").select("value").where("name", "=", "owner").executeTakeFirst();
  return row && { value: row.value, owner: JSON.parse(row.value) as Owner };
}

/** Whether it is the same owner. Nothing is lost where another one takes over a ledger in which nothing has happened. */
async function compare(db: Database, ledger: Owner, own: Owner): Promise<boolean> {
  const parts = ["team", "app", "mchid"] as const;
  const isOurs = parts.every((part) => !ledger[part] || !own[part] || ledger[part] === own[part]);
  if (isOurs) return true;
  if (await db.selectFrom("events").select("seq").limit(1).executeTakeFirst()) throw new OwnedByAnother(ledger, own);
  return false;
}

/** Ledgers of version 0.1.0 do not say whose operations they hold. */
async function adoptOperations(db: Database, mchid: string): Promise<void> {
  const { newest } = await db
    .selectFrom("operations")
    .select((row) => row.fn.max("seq").as("newest"))
    .executeTakeFirstOrThrow();
  for (let from = 0; from <= Number(newest ?? -1); from += adoptedAtOnce)
    await db
      .updateTable("operations")
      .set({ mchid })
      .where("seq", ">=", from)
      .where("seq", "<", from + adoptedAtOnce)
      .where("mchid", "=", "")
      .execute();
}

function defined(owner: Owner): Partial<Owner> {
  return Object.fromEntries(Object.entries(owner).filter(([, value]) => value !== undefined && value !== null));
}

/** The order of the parts is part of the stored value. */
function written({ team, app, mchid }: Owner): string {
  return JSON.stringify({ team, app, mchid });
}
