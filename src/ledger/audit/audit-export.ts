/** Exporting the audit trail as CSV files for people. */
import type { EventName, TrailColumn } from "../../domain/events.ts";
import { beijingTime } from "../../domain/time/beijing-time.ts";
import type { Database } from "../../storage/schema.ts";
import type { LedgerContext } from "../ledger-context.ts";
import { eventWord, type Origin, record } from "./audit-log.ts";
import { byteOrderMark, csvLine } from "./csv-writer.ts";

/** A time span, in milliseconds since the epoch; the end is excluded. */
export interface Span {
  from: number;
  to: number;
}

/** The texts of a file, in the reader's language. */
export interface TrailWords {
  columns: Readonly<Record<TrailColumn, string>>;
  /** By event name. */
  words: Readonly<Record<EventName, string>>;
}

/** One file, with its own header row. */
export interface TrailPart {
  content: Buffer;
  events: number;
  /** The times of its first and last events. */
  firstAt: number;
  lastAt: number;
  isLast: boolean;
}

/** The audit trail as the exporter reads it. */
export interface AuditTrail {
  hasEvents(span: Span): Promise<boolean>;
  /** Records in the audit trail that someone exports it. */
  taken(by: string, origin: Origin, span: Span): Promise<void>;
  /** All events of the span, in files of up to `partBytes`. Only one file is in memory at a time. */
  parts(span: Span, partBytes: number, words: TrailWords): AsyncGenerator<TrailPart>;
}

export function auditTrail({ store: { db }, clock }: Pick<LedgerContext, "store" | "clock">): AuditTrail {
  return {
    hasEvents: async (span) => (await readBatch(db, span, startOf(span), 1)).length > 0,
    async taken(by, origin, span) {
      const event = { what: "exported", at: clock.now(), actor: by, origin, detail: { ...span } } as const;
      await db.transaction().execute((transaction) => record(transaction, [event]));
    },
    parts: (span, partBytes, words) => parts(db, span, partBytes, words),
  };
}

/** Events per query. The limit is low because the event of a bulk request lists thousands of sub-merchants. */
const batchMax = 200;

/** The event after which to continue. */
interface Cursor {
  at: number;
  seq: number;
}

async function* parts(
  db: Database,
  span: Span,
  partBytes: number,
  { columns, words }: TrailWords,
): AsyncGenerator<TrailPart> {
  let lines: Buffer[] = [];
  let bytes = 0;
  let firstAt = span.from;
  let after = startOf(span);
  const part = (isLast: boolean): TrailPart => {
    const content = Buffer.concat(lines);
    return { content, events: lines.length - 1, firstAt, lastAt: after.at, isLast };
  };
  for (;;) {
    const rows = await readBatch(db, span, after, batchMax);
    for (const row of rows) {
      const fields = withWords({ ...row, at: beijingTime(row.at) }, words);
      const line = Buffer.from(csvLine(fields.map(([, value]) => value)));
      if (lines.length > 0 && bytes + line.length > partBytes) {
        yield part(false);
        lines = [];
      }
      if (lines.length === 0) {
        const header = Buffer.from(byteOrderMark + csvLine(fields.map(([column]) => columns[column])));
        lines.push(header);
        bytes = header.length;
        firstAt = row.at;
      }
      lines.push(line);
      bytes += line.length;
      after = { at: row.at, seq: row.seq };
    }
    if (rows.length < batchMax) break;
  }
  if (lines.length > 0) yield part(true);
}

/**
 * Every column of the events table, then the sub-merchant, the action, the object, its scene, the reason, its ticket
 * and the request number of the event.
 */
function readBatch(db: Database, { from, to }: Span, after: Cursor, max: number) {
  const events = db
    .selectFrom("events")
    .selectAll()
    .where(({ eb, refTuple, tuple }) => eb(refTuple("at", "seq"), ">", tuple(after.at, after.seq)))
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
          // An event about a request for one sub-merchant is also about that sub-merchant.
          row
            .case()
            .when("requests.total", "=", 1)
            .then(row.selectFrom("operations as only").select("sub_mchid").whereRef("request_id", "=", "requests.id"))
            .end(),
        )
        .as("sub_mchid"),
    )
    .select(["requests.action", "requests.object", "requests.scene"])
    .select((row) => row.case().when("event.what", "=", "asked").then(row.ref("requests.reason")).end().as("reason"))
    .select((row) => row.case().when("event.what", "=", "asked").then(row.ref("requests.ticket")).end().as("ticket"))
    .select("requests.number as request_number")
    .orderBy("event.at")
    .orderBy("event.seq")
    .execute();
}

/** Before the first event of the span: events are numbered from 1. */
function startOf({ from }: Span): Cursor {
  return { at: from, seq: 0 };
}

/** A row's fields by column, with the event's text after its name. */
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
