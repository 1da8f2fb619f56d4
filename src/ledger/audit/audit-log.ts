/** The append-only audit log: every change writes its event in its own transaction. */
import { PostgresAdapter, type Transaction } from "kysely";
import type { EventName } from "../../domain/events.ts";
import { writerVersion } from "../../storage/migrations/writer-version.ts";
import type { EventsTable, Schema } from "../../storage/schema.ts";
import { statement } from "../../storage/statement.ts";
import { eventMac, keyOf, type LedgerKey, writeMac } from "./keys/macs.ts";

/** The word for an event. Events that someone else wrote into the ledger may have unknown names, which are returned as they are. */
export function eventWord(what: string, words: Readonly<Record<EventName, string>>): string {
  return Object.hasOwn(words, what) ? words[what as EventName] : what;
}

/** Where an event came from: a person's action in a channel (undefined if Slack names none), or the bot itself. */
export type Origin =
  | { from: "command" | "click" | "shortcut" | "form"; channelId: string | undefined }
  /** An instance of the bot, by the name it took when it started. */
  | { from: "instance"; id: string };

export interface AuditEvent {
  what: EventName;
  /** Milliseconds since the epoch. */
  at: number;
  /** A Slack user id, or `bot`. */
  actor: string;
  origin: Origin;
  requestId?: string;
  operationId?: string;
  /** Further facts; never a secret. The version of their writer, `v`, is added. */
  detail?: Record<string, unknown>;
}

/** Adds the events in this order, to be sealed later. They are committed or rolled back with the transaction. */
export async function record(transaction: Transaction<Schema>, events: readonly AuditEvent[]): Promise<void> {
  const insert = insertFor(transaction);
  for (const { what, at, actor, origin, requestId, operationId, detail } of events) {
    await insert(transaction, {
      at,
      actor,
      what,
      request_id: requestId ?? null,
      operation_id: operationId ?? null,
      detail_json: JSON.stringify({ v: writerVersion, ...detail }),
      origin: originText(origin),
    });
  }
}

function originText(origin: Origin): string {
  const place = origin.from === "instance" ? origin.id : origin.channelId;
  return place === undefined ? origin.from : `${origin.from} ${place}`;
}

type NewEvent = Omit<EventsTable, "seq">;

function insertFor(transaction: Transaction<Schema>): (on: Transaction<Schema>, event: NewEvent) => Promise<unknown> {
  const key = keyOf(transaction);
  if (key) return (on, event) => insertSigned(on, event, key);
  return transaction.getExecutor().adapter instanceof PostgresAdapter ? insertInOne : insertInTwo;
}

/** For PostgreSQL: saves a round trip per event. */
const insertInOne = statement<NewEvent>()((db, event) =>
  db
    .with("recorded", (on) => on.insertInto("events").values(columns(event)).returning("seq"))
    .insertInto("unsealed")
    .columns(["event_seq"])
    .expression((on) => on.selectFrom("recorded").select("seq")),
);

async function insertInTwo(transaction: Transaction<Schema>, event: NewEvent): Promise<number> {
  const [row] = (await insertEvent(transaction, event)).rows;
  if (!row) throw new Error("an event was inserted without a number");
  await insertUnsealed(transaction, { seq: row.seq });
  return row.seq;
}

/** The MAC is made here and not by the sealer, which would sign an inserted row as well. */
async function insertSigned(transaction: Transaction<Schema>, event: NewEvent, key: LedgerKey): Promise<void> {
  const seq = String(await insertInTwo(transaction, event));
  await writeMac(transaction, "event", seq, eventMac(key, { ...event, seq, at: String(event.at) }));
}

const insertEvent = statement<NewEvent>()((db, event) =>
  db.insertInto("events").values(columns(event)).returning("seq"),
);

const insertUnsealed = statement<{ seq: number }>()((db, { seq }) =>
  db.insertInto("unsealed").values({ event_seq: seq }),
);

/** Names every column: the values of a statement are placeholders, which cannot be spread. */
function columns(event: NewEvent): NewEvent {
  return {
    at: event.at,
    actor: event.actor,
    what: event.what,
    request_id: event.request_id,
    operation_id: event.operation_id,
    detail_json: event.detail_json,
    origin: event.origin,
  };
}
