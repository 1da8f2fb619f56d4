import { beijingTime } from "../../domain/beijing-time.ts";
import type { EventName, TrailColumn } from "../../domain/events.ts";
import type { LedgerNeeds } from "../ledger-context.ts";
import { eventWord, type Origin, record } from "./audit-log.ts";
import { byteOrderMark, csvLine } from "./csv-writer.ts";

/** From a time until before another, in milliseconds since the epoch. */
export interface Span {
  from: number;
  to: number;
}

/** What stands in a file for people. */
export interface TrailWords {
  columns: Readonly<Record<TrailColumn, string>>;
  /** Each event's. */
  words: Readonly<Record<EventName, string>>;
}

/** One file, with a heading of its own. */
export interface TrailPart {
  content: Buffer;
  events: number;
  /** When the first and the last of its events happened. */
  firstAt: number;
  lastAt: number;
  isLast: boolean;
}

export interface AuditTrail {
  hasEvents(span: Span): Promise<boolean>;
  /** Writes down that somebody takes it out. */
  taken(by: string, origin: Origin, span: Span): Promise<void>;
  /** All events of the span, in files of `partBytes` at the most. No more than one of them is held in memory. */
  parts(span: Span, partBytes: number, words: TrailWords): AsyncGenerator<TrailPart>;
}

/** Events that are read at once: one that asks for thousands of sub-merchants names them all. */
const batchMax = 200;

/** Behind which event to read on. */
interface Cursor {
  at: number;
  seq: number;
}

export function createAuditTrail({ store: { db }, clock }: Pick<LedgerNeeds, "store" | "clock">): AuditTrail {
  /** Every column that the table has, then what the event is about. */
  function batch({ from, to }: Span, behind: Cursor, max: number) {
    const events = db
      .selectFrom("events")
      .selectAll()
      .where(({ eb, refTuple, tuple }) => eb(refTuple("at", "seq"), ">", tuple(behind.at, behind.seq)))
      .where("at", ">=", from)
      .where("at", "<", to)
      .orderBy("at")
      .orderBy("seq")
      .limit(max)
      .as("event");
    return db
      .selectFrom(events)
      .leftJoin("operations", "operations.id", "event.operation_id")
      .leftJoin("requests", "requests.id", "event.request_id")
      .selectAll("event")
      .select((row) =>
        row.fn
          .coalesce(
            "operations.sub_mchid",
            // Of a request for one, what happens to the request happens to that one.
            row
              .case()
              .when("requests.total", "=", 1)
              .then(row.selectFrom("operations as only").select("sub_mchid").whereRef("request_id", "=", "requests.id"))
              .end(),
          )
          .as("sub_mchid"),
      )
      .select("requests.action")
      .select((row) => row.case().when("event.what", "=", "asked").then(row.ref("requests.reason")).end().as("reason"))
      .orderBy("event.at")
      .orderBy("event.seq")
      .execute();
  }

  return {
    async hasEvents(span) {
      return (await batch(span, beginningOf(span), 1)).length > 0;
    },

    async taken(by, origin, span) {
      const event = { what: "exported", at: clock.now(), actor: by, origin, detail: { ...span } } as const;
      await db.transaction().execute((transaction) => record(transaction, [event]));
    },

    async *parts(span, partBytes, { columns, words }) {
      let lines: Buffer[] = [];
      let bytes = 0;
      let firstAt = span.from;
      let behind = beginningOf(span);
      const part = (isLast: boolean): TrailPart => {
        const content = Buffer.concat(lines);
        return { content, events: lines.length - 1, firstAt, lastAt: behind.at, isLast };
      };
      for (;;) {
        const rows = await batch(span, behind, batchMax);
        for (const row of rows) {
          const fields = withWords({ ...row, at: beijingTime(row.at) }, words);
          const line = Buffer.from(csvLine(fields.map(([, value]) => value)));
          if (lines.length > 0 && bytes + line.length > partBytes) {
            yield part(false);
            lines = [];
          }
          if (lines.length === 0) {
            lines.push(Buffer.from(byteOrderMark + csvLine(fields.map(([column]) => columns[column]))));
            bytes = lines[0]?.length ?? 0;
            firstAt = row.at;
          }
          lines.push(line);
          bytes += line.length;
          behind = { at: row.at, seq: row.seq };
        }
        if (rows.length < batchMax) break;
      }
      if (lines.length > 0) yield part(true);
    },
  };
}

/** Events count from 1. */
function beginningOf({ from }: Span): Cursor {
  return { at: from, seq: 0 };
}

/** A row's fields by their columns, the event in words beside its name. */
function withWords(row: Partial<Record<TrailColumn, unknown>>, words: TrailWords["words"]): [TrailColumn, unknown][] {
  const fields = Object.entries(row) as [TrailColumn, unknown][];
  return fields.flatMap(([column, value]): [TrailColumn, unknown][] =>
    column === "what"
      ? [
          [column, value],
          ["event", eventWord(String(value), words)],
        ]
      : [[column, value]],
  );
}
