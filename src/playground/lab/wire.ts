/** The page's pane "Wire": the calls to WeChat Pay, and beside them the ledger's events and the outbox. */
import type { JsonObject } from "../slack/json.ts";
import type { Recorder, Shown } from "./exchanges.ts";
import type { LedgerView, Row } from "./ledger/ledger-view.ts";

const shownMax = { calls: 40, events: 60, outbox: 40 } as const;

/** The newest lines, newest first; only those of one request if a message of it is given. */
export async function wire(
  { recorder, ledger }: { recorder: Recorder; ledger: LedgerView },
  message: { channel: string; ts: string } | undefined,
): Promise<JsonObject> {
  const request = message && (await requestOf(ledger, message));
  const id = request === undefined ? "" : String(request["id"]);
  // A message that belongs to no request has no lines.
  if (message !== undefined && request === undefined) return { request: null, calls: [], events: [], outbox: [] };
  const merchants = new Set(
    (await ledger.rows("select sub_mchid from operations where request_id = ?", id)).map((row) => row["sub_mchid"]),
  );
  const shown =
    id === ""
      ? recorder.all().slice(-shownMax.calls)
      : recorder.all().filter(({ subMchid }) => merchants.has(subMchid));
  const attemptOf = await attemptsOf(ledger, shown);
  const calls = shown
    .map((one): JsonObject => ({ ...one.view, id: one.id, at: one.at, ...attemptOf(one) }))
    .filter((call) => id === "" || call["request"] === request?.["number"]);
  return {
    request: request === undefined ? null : Number(request["number"]),
    calls: calls.slice(-shownMax.calls).reverse(),
    events: (await ledger.rows(eventsSql, id, id, shownMax.events)).map(json),
    outbox: (await ledger.rows(outboxSql, id, id, shownMax.outbox)).map(json),
  };
}

/** The request to which a message of the bot belongs. */
async function requestOf(
  ledger: LedgerView,
  { channel, ts }: { channel: string; ts: string },
): Promise<Row | undefined> {
  const found = await ledger.rows(
    `select r.id, r.number from posts p join requests r on r.id = p.request_id
     where p.ts = ? and (p.channel_id = ? or p.posted_in = ?)`,
    ts,
    channel,
    channel,
  );
  return found[0];
}

/** Looks up what the ledger has of the attempt that made each call. */
async function attemptsOf(ledger: LedgerView, calls: readonly Shown[]): Promise<(call: Shown) => JsonObject> {
  const merchants = [...new Set(calls.map(({ subMchid }) => subMchid))];
  const attempts =
    merchants.length === 0
      ? []
      : await ledger.rows(
          `select o.sub_mchid, a.step, a.number, a.started_at, a.result_json, o.state, r.number as request
           from attempts a join operations o on o.id = a.operation_id join requests r on r.id = o.request_id
           where o.sub_mchid in (${merchants.map(() => "?").join(", ")}) order by a.started_at`,
          ...merchants,
        );
  const ofSwitches = Map.groupBy(attempts, (row) => `${row["step"]} ${row["sub_mchid"]}`);
  return ({ subMchid, step, at }) => {
    const row = ofSwitches.get(`${step} ${subMchid}`)?.findLast((one) => Number(one["started_at"]) <= at);
    if (row === undefined) return {};
    const result = row["result_json"] === null ? {} : (JSON.parse(String(row["result_json"])) as JsonObject);
    return {
      request: Number(row["request"]),
      attempt: Number(row["number"]),
      recorded: result["kind"],
      why: result["why"] ?? result["code"],
      operation: String(row["state"]),
    };
  };
}

const eventsSql = `select e.seq, e.at, e.actor, e.what, r.number as request, o.sub_mchid as "subMchid"
  from events e left join requests r on r.id = e.request_id left join operations o on o.id = e.operation_id
  where ? = '' or e.request_id = ? order by e.seq desc limit ?`;

const outboxSql = `select p.id, p.kind, p.channel_id as channel, p.round, p.wanted, p.shown, p.tries, p.refused,
  r.number as request
  from posts p left join requests r on r.id = p.request_id
  where ? = '' or p.request_id = ? order by p.wanted > p.shown desc, p.due_at desc limit ?`;

function json(row: Row): JsonObject {
  return row as JsonObject;
}
