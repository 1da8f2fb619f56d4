/** The page's pane "Wire": the calls to WeChat Pay, and beside them the ledger's events and the outbox. */
import type { JsonObject } from "../slack/json.ts";
import type { Recorder, Shown } from "./exchanges.ts";
import type { LedgerView, Row } from "./ledger-view.ts";

const shownMax = { calls: 40, events: 60, outbox: 40 } as const;

/** The newest lines, newest first; only those of one request if a message of it is given. */
export function wire(
  { recorder, ledger }: { recorder: Recorder; ledger: LedgerView },
  message: { channel: string; ts: string } | undefined,
): JsonObject {
  const request = message && requestOf(ledger, message);
  const id = request === undefined ? "" : String(request["id"]);
  // A message that belongs to no request has no lines.
  if (message !== undefined && request === undefined) return { request: null, calls: [], events: [], outbox: [] };
  const merchants = new Set(
    ledger.rows("select sub_mchid from operations where request_id = ?", id).map((row) => row["sub_mchid"]),
  );
  const calls = recorder
    .all()
    .filter(({ subMchid }) => id === "" || merchants.has(subMchid))
    .map((shown): JsonObject => ({ ...shown.view, id: shown.id, at: shown.at, ...attemptOf(ledger, shown) }))
    .filter((call) => id === "" || call["request"] === request?.["number"]);
  return {
    request: request === undefined ? null : Number(request["number"]),
    calls: calls.slice(-shownMax.calls).reverse(),
    events: ledger.rows(eventsSql, id, id, shownMax.events).map(json),
    outbox: ledger.rows(outboxSql, id, id, shownMax.outbox).map(json),
  };
}

/** The request to which a message of the bot belongs. */
function requestOf(ledger: LedgerView, { channel, ts }: { channel: string; ts: string }): Row | undefined {
  return ledger.rows(
    `select r.id, r.number from posts p join requests r on r.id = p.request_id
     where p.ts = ? and (p.channel_id = ? or p.posted_in = ?)`,
    ts,
    channel,
    channel,
  )[0];
}

/** What the ledger has of the attempt that made this call. */
function attemptOf(ledger: LedgerView, { subMchid, at }: Shown): JsonObject {
  const row = ledger.rows(
    `select a.number, a.result_json, o.state, r.number as request
     from attempts a join operations o on o.id = a.operation_id join requests r on r.id = o.request_id
     where o.sub_mchid = ? and a.started_at <= ? order by a.started_at desc limit 1`,
    subMchid,
    at,
  )[0];
  if (row === undefined) return {};
  const result = row["result_json"] === null ? {} : (JSON.parse(String(row["result_json"])) as JsonObject);
  return {
    request: Number(row["request"]),
    attempt: Number(row["number"]),
    recorded: result["kind"],
    why: result["why"] ?? result["code"],
    operation: String(row["state"]),
  };
}

const eventsSql = `select e.seq, e.at, e.actor, e.what, r.number as request, o.sub_mchid as subMchid
  from events e left join requests r on r.id = e.request_id left join operations o on o.id = e.operation_id
  where ? = '' or e.request_id = ? order by e.seq desc limit ?`;

const outboxSql = `select p.id, p.kind, p.channel_id as channel, p.round, p.wanted, p.shown, p.tries, p.refused,
  r.number as request
  from posts p left join requests r on r.id = p.request_id
  where ? = '' or p.request_id = ? order by p.wanted > p.shown desc, p.due_at desc limit ?`;

function json(row: Row): JsonObject {
  return row as JsonObject;
}
