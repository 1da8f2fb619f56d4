/** Grants stored in Keyv: reading, writing and ending grants, with their events. */
import { Keyv, KeyvJsonSerializer, type KeyvSerializationAdapter } from "keyv";
import { PostgresAdapter, sql, type Transaction } from "kysely";
import type { Clock } from "../domain/clock.ts";
import type { EventName } from "../domain/events.ts";
import {
  asGrant,
  asStored,
  type Grant,
  type Holder,
  holderAndRole,
  key,
  namespaces,
  type Stored,
} from "../domain/grant.ts";
import type { GrantNotice } from "../domain/notice.ts";
import type { Role } from "../domain/policy.ts";
import { keyvAdapter } from "../storage/keyv-adapter.ts";
import type { Schema } from "../storage/schema.ts";
import type { Runner } from "../storage/statement.ts";
import { type Origin, record } from "./audit/audit-log.ts";
import { signGrant } from "./audit/keys/grant-macs.ts";
import { type LedgerContext, theBot } from "./ledger-context.ts";
import { enqueueNotice } from "./outbox/enqueue.ts";

/** A clock according to which no grant has ended: an ended grant remains stored until its end is recorded. */
const alwaysEarly = { now: () => 0 };

type GrantContext = Pick<LedgerContext, "clock" | "instance">;

/** The adapter hides ended grants by the ledger's clock; Keyv's own check would use the machine's. */
export function grantsTo(kind: Holder["kind"], { db, clock }: { db: Runner; clock: Pick<Clock, "now"> }): Keyv<Stored> {
  const store = keyvAdapter({ db, now: clock.now });
  return new Keyv({ store, serialization, namespace: namespaces[kind], checkExpired: false });
}

const json = new KeyvJsonSerializer();

/** Keyv would throw for a row that it did not write, and then no grant could be listed, replaced or revoked. */
const serialization: KeyvSerializationAdapter = {
  stringify: (value) => json.stringify(value),
  parse: <T>(text: string) => ({ value: storedIn(text) }) as T,
};

/**
 * A row that the bot did not write reads as a grant by nobody: no event is by this person, so it gives no role. The
 * audit lists it, and it can be revoked, like any other grant.
 */
function storedIn(text: string): Stored {
  const unreadable: Stored = { by: "?", at: 0 };
  try {
    return asStored(json.parse<{ value?: unknown } | null>(text)?.value) ?? unreadable;
  } catch {
    return unreadable;
  }
}

/** A grant as its row in `keyv` holds it. */
export function readGrant(storedKey: string, value: string): Grant {
  const kind = storedKey.startsWith(`${namespaces.user}:`) ? "user" : "group";
  return asGrant(...holderAndRole(kind, storedKey.slice(namespaces[kind].length + 1)), storedIn(value));
}

/** Every grant that is stored, including those that have ended. */
export async function allGrants(db: Runner): Promise<Grant[]> {
  const found: Grant[] = [];
  for (const kind of ["user", "group"] as const)
    for await (const entry of grantsTo(kind, { db, clock: alwaysEarly }).iterator()) {
      const [key, stored] = entry as [string, Stored];
      found.push(asGrant(...holderAndRole(kind, key), stored));
    }
  return found;
}

/** Ends a grant whose end has passed, unless it was ended before. */
export async function endGrant(
  context: GrantContext,
  transaction: Transaction<Schema>,
  holder: Holder,
  role: Role,
): Promise<Grant | undefined> {
  const { clock } = context;
  const stored = await grantsTo(holder.kind, { db: transaction, clock: alwaysEarly }).get(key(holder, role));
  if (stored?.until === undefined || stored.until > clock.now()) return undefined;
  const grant = asGrant(holder, role, stored);
  await writeGrant(context, transaction, "grant-ended", grant, theBot(context));
  // Nobody can be notified on behalf of a group; its members find out when they need the role.
  if (holder.kind === "user") {
    const { until } = stored;
    const id = `grant-ended:${key(holder, role)}:${until}`;
    const notice = { about: "grant-ended", role, until } as const;
    await enqueueNotice(transaction, { id, to: holder.id, notice, now: clock.now() });
  }
  return grant;
}

/** Writes or deletes a grant, with its event. */
export async function writeGrant(
  { clock }: GrantContext,
  transaction: Transaction<Schema>,
  what: Extract<EventName, "granted" | "grant-changed" | "grant-ended" | "revoked">,
  grant: Grant,
  { by: actor, origin }: { by: string; origin: Origin },
  before?: Grant,
): Promise<void> {
  const { holder, role, by, at, until, only } = grant;
  const grants = grantsTo(holder.kind, { db: transaction, clock });
  const isKept =
    what === "granted" || what === "grant-changed"
      ? // An absolute time: Keyv's `ttl` would count from the machine's clock.
        await grants.setRaw(key(holder, role), { value: { by, at, until, only }, expires: until })
      : await grants.delete(key(holder, role));
  if (!isKept) throw new Error(`the grant of ${role} to ${holder.id} could not be written`);
  const detail = {
    [holder.kind === "user" ? "userId" : "groupId"]: holder.id,
    role,
    until,
    only,
    ...(before && { before: { until: before.until, only: before.only } }),
  };
  await record(transaction, [{ what, at: clock.now(), actor, origin, detail }]);
  await signGrant(transaction, grant);
  if (what !== "grant-ended") await notifyHolder(transaction, what, { grant, before, actor, now: clock.now() });
}

/** Nobody can be notified on behalf of a group, and nobody needs a message about their own changes. */
async function notifyHolder(
  transaction: Transaction<Schema>,
  about: GrantNotice["about"],
  { grant, before, actor, now }: { grant: Grant; before: Grant | undefined; actor: string; now: number },
): Promise<void> {
  const { holder, role } = grant;
  if (holder.kind !== "user" || actor === holder.id) return;
  const terms = ({ until, only }: Grant) => ({ until, only });
  const [base, id] = [{ role, by: actor }, `${about}:${key(holder, role)}:${now}`];
  const notice: GrantNotice =
    about === "grant-changed" && before
      ? { ...base, about, terms: terms(grant), before: terms(before) }
      : { ...base, about: about === "revoked" ? about : "granted", terms: terms(grant) };
  await enqueueNotice(transaction, { id, to: holder.id, notice, now });
}

/**
 * Runs changes of grants one after another, so that two admins who grant the same role, or revoke each other's, get
 * consistent answers. SQLite's transactions do this anyway. On PostgreSQL a row that does not exist yet cannot be
 * locked, but a name can.
 */
export async function lockGrants(transaction: Transaction<Schema>): Promise<void> {
  if (transaction.getExecutor().adapter instanceof PostgresAdapter)
    await sql`select pg_advisory_xact_lock(hashtext(current_schema() || '.grants'))`.execute(transaction);
}
