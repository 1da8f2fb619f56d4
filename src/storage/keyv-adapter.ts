/** Keyv's storage on a table of the ledger's database, so that one backup holds the grants too. */
import { EventEmitter } from "node:events";
import { type KeyvStorageAdapter, type KeyvStorageEntry, keyvStorageCapability } from "keyv";
import { type Runner, statement } from "./statement.ts";

export interface KeyvAdapterOptions {
  /** The database, or a transaction of it: what is set through the adapter is then part of that transaction. */
  db: Runner;
  /** Milliseconds since the epoch; a row whose time has come counts as gone. */
  now(): number;
}

/** A Keyv 6 storage adapter over the `keyv` table: absolute expiry, namespaces as key prefixes, both engines. */
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
    const found = await Promise.all(prefixed.map((key) => selectAlive(this.#db, { key, now: this.#now() })));
    return found.map(({ rows }) => rows[0]?.value);
  }

  async set(key: string, value: unknown, expires?: number): Promise<boolean> {
    await this.setMany([expires === undefined ? { key, value } : { key, value, expires }]);
    return true;
  }

  async setMany(entries: KeyvStorageEntry<unknown>[]): Promise<boolean[]> {
    if (entries.length === 0) return [];
    const rows = entries.map(({ key, value, expires }) => ({
      key: this.#prefix + key,
      value: serialised(value),
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
    await this.#db.deleteFrom("keyv").where("key", "like", this.#prefixPattern).execute();
  }

  async *iterator(): AsyncGenerator<[string, unknown], void> {
    const rows = await this.#alive().where("key", "like", this.#prefixPattern).orderBy("key").execute();
    for (const row of rows) yield [row.key.slice(this.#prefix.length), row.value];
  }

  get #prefix(): string {
    return this.namespace ? `${this.namespace}:` : "";
  }

  /** `%` and `_` in a namespace would match other namespaces. */
  get #prefixPattern(): string {
    if (/[%_\\]/.test(this.#prefix)) throw new Error(`a Keyv namespace may not contain %, _ or \\: ${this.namespace}`);
    return `${this.#prefix}%`;
  }

  #prefixed(keys: string[]): string[] {
    return keys.map((key) => this.#prefix + key);
  }

  #alive() {
    return this.#db
      .selectFrom("keyv")
      .select(["key", "value"])
      .where((row) => row.or([row("expires_at", "is", null), row("expires_at", ">", this.#now())]));
  }
}

const selectAlive = statement<{ key: string; now: number }>()((db, { key, now }) =>
  db
    .selectFrom("keyv")
    .select("value")
    .where("key", "=", key)
    .where((row) => row.or([row("expires_at", "is", null), row("expires_at", ">", now)])),
);

/** Keyv serialises by itself, unless it is told not to. */
function serialised(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("the keyv table holds text: leave Keyv's serialization on");
  return value;
}
