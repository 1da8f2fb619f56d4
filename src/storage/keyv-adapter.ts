/** Stores Keyv's data in a table of the ledger's database, so that one backup includes the grants. */
import { EventEmitter } from "node:events";
import { type KeyvStorageAdapter, type KeyvStorageEntry, keyvStorageCapability } from "keyv";
import { type Runner, statement } from "./statement.ts";

export interface KeyvAdapterOptions {
  /** The database or a transaction; in a transaction, writes through the adapter belong to it. */
  db: Runner;
  /** Milliseconds since the epoch; rows that have expired by then are hidden. */
  now(): number;
}

/** A Keyv 6 storage adapter on the `keyv` table: absolute expiry times, namespaces as key prefixes, both engines. */
export function keyvAdapter(options: KeyvAdapterOptions): KeyvStorageAdapter {
  return new KeyvTableAdapter(options) as unknown as KeyvStorageAdapter;
}

class KeyvTableAdapter extends EventEmitter {
  namespace: string | undefined;
  readonly #db: Runner;
  readonly #now: () => number;

  constructor({ db, now }: KeyvAdapterOptions) {
    super();
    this.#db = db;
    this.#now = now;
  }

  get capabilities() {
    return keyvStorageCapability(this);
  }

  async get(key: string): Promise<unknown> {
    return (await this.getMany([key]))[0];
  }

  async getMany(keys: string[]): Promise<unknown[]> {
    const prefixed = this.#prefixed(keys);
    const values = new Map<string, unknown>();
    for (let i = 0; i < prefixed.length; i += keysPerStatement) {
      const [first = "", second = first, third = first, fourth = first] = prefixed.slice(i, i + keysPerStatement);
      const { rows } = await selectAlive(this.#db, { first, second, third, fourth, now: this.#now() });
      for (const { key, value } of rows) values.set(key, value);
    }
    return prefixed.map((key) => values.get(key));
  }

  async set(key: string, value: unknown, expires?: number): Promise<boolean> {
    await this.setMany([expires === undefined ? { key, value } : { key, value, expires }]);
    return true;
  }

  async setMany(entries: KeyvStorageEntry<unknown>[]): Promise<boolean[]> {
    if (entries.length === 0) return [];
    const rows = entries.map(({ key, value, expires }) => ({
      key: this.#prefix + key,
      value: serialized(value),
      expires_at: expires ?? null,
    }));
    await this.#db
      .insertInto("keyv")
      .values(rows)
      .onConflict((conflict) =>
        conflict.column("key").doUpdateSet((row) => ({
          value: row.ref("excluded.value"),
          expires_at: row.ref("excluded.expires_at"),
        })),
      )
      .execute();
    return entries.map(() => true);
  }

  async delete(key: string): Promise<boolean> {
    return (await this.deleteMany([key]))[0] ?? false;
  }

  async deleteMany(keys: string[]): Promise<boolean[]> {
    if (keys.length === 0) return [];
    const gone = await this.#db.deleteFrom("keyv").where("key", "in", this.#prefixed(keys)).returning("key").execute();
    const deleted = new Set(gone.map((row) => row.key));
    return this.#prefixed(keys).map((key) => deleted.has(key));
  }

  async has(key: string): Promise<boolean> {
    return (await this.hasMany([key]))[0] ?? false;
  }

  async hasMany(keys: string[]): Promise<boolean[]> {
    return (await this.getMany(keys)).map((value) => value !== undefined);
  }

  async clear(): Promise<void> {
    const { from, to } = keysOf(this.namespace);
    await this.#db.deleteFrom("keyv").where("key", ">=", from).where("key", "<", to).execute();
  }

  async *iterator(): AsyncGenerator<[string, unknown], void> {
    const { rows } = await selectAllAlive(this.#db, { ...keysOf(this.namespace), now: this.#now() });
    for (const row of rows) yield [row.key.slice(this.#prefix.length), row.value];
  }

  get #prefix(): string {
    return prefixOf(this.namespace);
  }

  #prefixed(keys: string[]): string[] {
    return keys.map((key) => this.#prefix + key);
  }
}

/** Expired keys of a namespace, without the prefix, those that expired first come first; their rows still exist. */
export async function endedKeys(
  db: Runner,
  { namespace, now, limit }: { namespace: string; now: number; limit: number },
): Promise<string[]> {
  const { rows } = await selectEnded(db, { ...keysOf(namespace), now, limit });
  return rows.map(({ key }) => key.slice(prefixOf(namespace).length));
}

/** How many rows `deleteEnded` deletes at most. */
const deletedAtOnce = 20;

/** Deletes expired rows of a namespace: more than the one that its caller adds, so that they do not accumulate. */
export async function deleteEnded(db: Runner, { namespace, now }: { namespace: string; now: number }): Promise<void> {
  const ended = await endedKeys(db, { namespace, now, limit: deletedAtOnce });
  if (ended.length === 0) return;
  const keys = ended.map((key) => prefixOf(namespace) + key);
  await db.deleteFrom("keyv").where("key", "in", keys).execute();
}

function prefixOf(namespace: string | undefined): string {
  return namespace ? `${namespace}:` : "";
}

/**
 * All keys of a namespace are in the range from `from` up to, not including, `to`: both engines compare keys by byte.
 */
function keysOf(namespace: string | undefined): { from: string; to: string } {
  return namespace ? { from: `${namespace}:`, to: `${namespace};` } : { from: "", to: "\u{10ffff}" };
}

/** Keys per look-up statement: as many as there are roles, and one more. */
const keysPerStatement = 4;

const selectAlive = statement<{ first: string; second: string; third: string; fourth: string; now: number }>()(
  (db, { first, second, third, fourth, now }) =>
    alive(db, now).select(["key", "value"]).where("key", "in", [first, second, third, fourth]),
);

const selectAllAlive = statement<{ from: string; to: string; now: number }>()((db, { from, to, now }) =>
  alive(db, now).select(["key", "value"]).where("key", ">=", from).where("key", "<", to).orderBy("key"),
);

const selectEnded = statement<{ from: string; to: string; now: number; limit: number }>()(
  (db, { from, to, now, limit }) =>
    db
      .selectFrom("keyv")
      .select("key")
      .where("key", ">=", from)
      .where("key", "<", to)
      .where("expires_at", "<=", now)
      .orderBy("expires_at")
      .orderBy("key")
      .limit(limit),
);

function alive(db: Runner, now: number) {
  return db.selectFrom("keyv").where((row) => row.or([row("expires_at", "is", null), row("expires_at", ">", now)]));
}

/** Keyv serializes values unless that is turned off. */
function serialized(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("the keyv table holds text: leave Keyv's serialization on");
  return value;
}
