/** What the judgement compares, read from the ledger, from the local WeChat Pay and from the local Slack. */
import type { Action } from "../../domain/attempt-result.ts";
import { type Step, steps } from "../../domain/goldplan/objects.ts";
import type { Playground } from "../playground.ts";
import { type Evidence, type Judgement, judge, switchOf } from "./judgement.ts";
import type { LedgerView } from "./ledger/ledger-view.ts";

type OfServers = Pick<Evidence, "calls" | "states" | "shownMessages">;

/** Judges while the bot keeps working: a record that follows its action counts neither as missing nor as surplus. */
export async function judgeNow(playground: Playground, ledger: LedgerView): Promise<Judgement> {
  const before = seenByServers(playground);
  const recorded = await readLedger(ledger);
  // The ledger never says more than the servers have seen by now, nor less than they had seen before.
  const { lost } = judge({ ...recorded, ...seenByServers(playground) });
  return { ...judge({ ...recorded, ...before }), lost };
}

function seenByServers({ slack, weChatPay }: Playground): OfServers {
  const bot = slack.app.botUserId;
  const shown = slack.state.all().filter((message) => {
    const kind = slack.state.conversations.get(message.channel)?.kind;
    // Requests stand in channels, outside threads; the bot posts nothing else there for everyone.
    const isRequest = message.author === bot && message.onlyFor === undefined && message.threadTs === undefined;
    return isRequest && (kind === "public" || kind === "private") && message.blocks.length > 0;
  });
  return {
    calls: [...weChatPay.calls],
    states: switchesOf(weChatPay),
    shownMessages: new Set(shown.map(({ channel, ts }) => `${channel} ${ts}`)),
  };
}

/** The switches of every sub-merchant that was called for. */
function switchesOf({ calls, switchesOf: of }: Playground["weChatPay"]): Map<string, Action> {
  const states = new Map<string, Action>();
  for (const subMchid of new Set(calls.map((call) => call.subMchid ?? ""))) {
    for (const step of steps) {
      const state = of(subMchid)[step];
      if (state !== undefined) states.set(switchOf({ subMchid, step }), state);
    }
  }
  return states;
}

async function readLedger(ledger: LedgerView): Promise<Omit<Evidence, keyof OfServers>> {
  // First, so that what was not being posted is recorded by the time at which the messages are read.
  const posting = await ledger.rows(postingSql);
  const operations = await ledger.rows(operationsSql);
  const messages = await ledger.rows(messagesSql);
  return {
    isPosting: posting.length > 0,
    operations: operations.map((row) => ({
      subMchid: String(row["sub_mchid"]),
      step: row["step"] as Step,
      action: row["action"] as Action,
      state: String(row["state"]),
      attempts: Number(row["attempts"]),
      again: Number(row["again"]),
      repeated: Number(row["repeated"]),
    })),
    recordedMessages: new Set(messages.map(({ channel, ts }) => `${channel} ${ts}`)),
  };
}

/** How much is still on its way: open operations of approved requests, and what Slack has yet to show. */
export async function underWay(ledger: LedgerView): Promise<{ operations: number; posts: number }> {
  const count = async (sql: string): Promise<number> => Number((await ledger.rows(sql))[0]?.["count"] ?? 0);
  return {
    operations: await count("select count(*) as count from operations where state in ('queued', 'running', 'held')"),
    posts: await count("select count(*) as count from posts where wanted > shown and refused is null"),
  };
}

const messagesSql =
  "select coalesce(posted_in, channel_id) as channel, ts from posts where kind = 'message' and ts is not null";

const postingSql = "select 1 from posts where kind = 'message' and ts is null and lease_owner is not null limit 1";

const operationsSql = `select o.sub_mchid, a.step, o.action, o.state, count(a.id) as attempts,
  sum(case when exists (select 1 from attempts earlier where earlier.operation_id = o.id and earlier.step = a.step
    and earlier.started_at < a.started_at and earlier.result_json like '{"kind":"accepted"%') then 1 else 0 end) as again,
  sum(case when a.result_json is null and exists (select 1 from attempts later where later.operation_id = o.id
    and later.started_at > a.started_at) then 1 else 0 end) as repeated
  from operations o join attempts a on a.operation_id = o.id
  group by o.seq, o.sub_mchid, a.step, o.action, o.state order by o.seq`;
