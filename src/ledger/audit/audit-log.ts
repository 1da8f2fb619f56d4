/** The append-only audit trail: every change writes its event in its own transaction. */
import { sql, type Transaction } from "kysely";
import type { EventName } from "../../domain/events.ts";
import { writerVersion } from "../../storage/migrations/writer-version.ts";
import type { Schema } from "../../storage/schema.ts";
import { given, insertGiven, insertSet, isOnPostgres, setStatement } from "../../storage/statement.ts";
import type { EventsTable } from "../../storage/tables/audit.ts";
import { eventMac, keyOf, type LedgerKey, writeMacs } from "./keys/macs.ts";

/**
 * The text for an event. Events that someone else wrote into the ledger may have unknown names, which are returned
 * unchanged.
 */
export function eventWord(what: string, words: Readonly<Record<EventName, string>>): string {
  return Object.hasOwn(words, what) ? words[what as EventName] : what;
}

/**
 * Where an event came from: a person's action in a channel (undefined if Slack does not name one), or the bot itself.
 */
export type Origin =
  | { from: "command" | "click" | "shortcut" | "form"; channelId: string | undefined }
  /** An instance of the bot, identified by the name that it chose when it started. */
  | { from: "instance"; id: string };

export interface AuditEvent {
  what: EventName;
  /** Milliseconds since the epoch. */
  at: number;
  /** A Slack user ID, or `bot`. */
  actor: string;
  origin: Origin;
  requestId?: string;
  operationId?: string;
  /** Further facts, never a secret. The writer's version is added as `v`. */
  detail?: Record<string, unknown>;
}

/** Adds the events in this order, to be sealed later. They are committed or rolled back with the transaction. */
export async function record(transaction: Transaction<Schema>, events: readonly AuditEvent[]): Promise<void> {
  const rows = events.map(({ what, at, actor, origin, requestId, operationId, detail }) => ({
    at,
    actor,
    what,
    request_id: requestId ?? null,
    operation_id: operationId ?? null,
    detail_json: JSON.stringify({ v: writerVersion, ...detail }),
    origin: originText(origin),
  }));
  const key = keyOf(transaction);
  if (key) await insertSigned(transaction, rows, key);
  else if (isOnPostgres(transaction)) await insertInOne(transaction, rows, {});
  else await insertInTwo(transaction, rows);
}

function originText(origin: Origin): string {
  const place = origin.from === "instance" ? origin.id : origin.channelId;
  return place === undefined ? origin.from : `${origin.from} ${place}`;
}

type NewEvent = Omit<EventsTable, "seq">;

const columns = {
  what: "text",
  at: "bigint",
  actor: "text",
  request_id: "text",
  operation_id: "text",
  detail_json: "text",
  origin: "text",
} as const;

/** For PostgreSQL: saves a round trip. */
const insertInOne = setStatement<NewEvent>()((db, events) => ({
  compile: () =>
    sql`with ${given(events, columns)}, recorded as (${insertGiven("events", columns)} returning seq)
      insert into unsealed (event_seq) select seq from recorded`.compile(db),
}));

/** Returns the numbers of the events, in their order. */
async function insertInTwo(transaction: Transaction<Schema>, events: readonly NewEvent[]): Promise<number[]> {
  const inserted = await insertEvents(transaction, events);
  if (inserted.length !== events.length) throw new Error("an event was inserted without a number");
  await insertUnsealed(
    transaction,
    inserted.map(({ seq }) => ({ event_seq: seq })),
  );
  // Numbers rise in the order of the rows, which need not be the order in which they are returned.
  return inserted.map(({ seq }) => seq).sort((one, other) => one - other);
}

/** The MACs are made here and not by the sealer, which would sign an inserted row as well. */
async function insertSigned(
  transaction: Transaction<Schema>,
  events: readonly NewEvent[],
  key: LedgerKey,
): Promise<void> {
  const numbers = await insertInTwo(transaction, events);
  const macs = events.map((event, i) => {
    const seq = String(numbers[i]);
    return { ref: seq, mac: eventMac(key, { ...event, seq, at: String(event.at) }) };
  });
  await writeMacs(transaction, "event", macs);
}

const insertEvents = insertSet<NewEvent, { seq: number }>("events", columns, { ending: "returning seq" });

const insertUnsealed = insertSet<{ event_seq: number }>("unsealed", { event_seq: "bigint" });
