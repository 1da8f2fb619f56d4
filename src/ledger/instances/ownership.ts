/**
 * The owner of a ledger: one workspace, one Slack app and one service provider. Two deployments on one ledger would
 * carry out each other's requests.
 */
import type { Expression, ExpressionBuilder, SqlBool } from "kysely";
import type { Clock } from "../../domain/clock.ts";
import { type Database, deadAfterMs, type Schema, type Store } from "../../storage/schema.ts";

export interface Owner {
  /** The workspace, `T…`; undefined until Slack returns it. */
  team: string | undefined;
  /** The Slack app, `A…`; undefined until Slack returns it. */
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

/** Rows of older ledgers that are updated with their mchid in one statement. */
const adoptedAtOnce = 5_000;
/** Several instances that start at the same time may have to check again. */
const tries = 5;

/** The instance that checks. It is already in the ledger's list, so that another deployment sees it. */
export interface Claimant {
  store: Pick<Store, "db">;
  clock: Pick<Clock, "now">;
  /** The instance's ID in the list. */
  instance: string;
}

/** Compares the known parts of the owner, and writes nothing. @throws OwnedByAnother */
export async function checkOwner(claimant: Claimant, own: Owner): Promise<void> {
  const { db } = claimant.store;
  const found = await ownerOf(db);
  if (!found || isSame(found.owner, own)) return;
  const free = await db
    .selectFrom("ledger_info")
    .select("name")
    .where("name", "=", "owner")
    .where(isUnused(claimant))
    .executeTakeFirst();
  if (!free) throw new OwnedByAnother(found.owner, own);
}

/**
 * Writes the owner into the ledger at its first use, and later adds parts that were unknown. Another owner can take
 * over a ledger if nothing has happened in it and no instance uses it, because nothing is lost then.
 * @throws OwnedByAnother
 */
export async function claimOwnership(claimant: Claimant, own: Owner): Promise<void> {
  const { db } = claimant.store;
  for (let left = tries; left > 0; left--) {
    const found = await ownerOf(db);
    if (found) {
      const isOurs = isSame(found.owner, own);
      const value = written(isOurs ? { ...own, ...defined(found.owner) } : own);
      if (value === found.value) return;
      const update = db
        .updateTable("ledger_info")
        .set({ value })
        .where("name", "=", "owner")
        .where("value", "=", found.value);
      const updated = await (isOurs ? update : update.where(isUnused(claimant))).executeTakeFirst();
      if (updated.numUpdatedRows > 0n) return;
      if (!isOurs && (await ownerOf(db))?.value === found.value) throw new OwnedByAnother(found.owner, own);
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

/** Whether both owners are the same, as far as their parts are known. */
function isSame(ledger: Owner, own: Owner): boolean {
  const parts = ["team", "app", "mchid"] as const;
  return parts.every((part) => !ledger[part] || !own[part] || ledger[part] === own[part]);
}

/** Whether nothing has happened in the ledger and no other instance is alive. */
function isUnused({ clock, instance }: Claimant) {
  return ({ not, and, exists, selectFrom }: ExpressionBuilder<Schema, "ledger_info">): Expression<SqlBool> =>
    and([
      not(exists(selectFrom("events").select("events.seq"))),
      not(
        exists(
          selectFrom("instances")
            .select("instances.id")
            .where("instances.id", "!=", instance)
            .where("instances.seen_at", ">", clock.now() - deadAfterMs),
        ),
      ),
    ]);
}

/** Ledgers of version 0.1.0 do not contain the provider of their operations. */
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
