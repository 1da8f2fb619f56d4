/** A campaign's records, from three sources: WeChat Pay's calls, Slack's messages and the ledger. */
import { setTimeout as delay } from "node:timers/promises";
import type { Action } from "../../src/domain/attempt-result.ts";
import type { Step, SwitchObject } from "../../src/domain/goldplan/objects.ts";
import type { Message } from "../../src/playground/slack/state.ts";
import type { PlayedCall } from "../../src/playground/wechatpay/server.ts";
import type { OperationState, RequestState } from "../../src/storage/schema.ts";
import type { Fleet } from "./fleet.ts";
import type { Board } from "./slack-messages.ts";

/** A request as the person who submitted it remembers it. */
export interface Submission {
  subMchid: string;
  channel: string;
  action: Action;
  /** On the monotonic clock of the campaign's process, which WeChat Pay's calls use too, in milliseconds. */
  submittedAtMs: number;
  /** The bot acknowledged it without a text, which promises that it is recorded. */
  isPromised: boolean;
}

/** A message of the bot that everyone in the channel sees. */
export interface Shown {
  channel: string;
  ts: string;
  /** The parent message, in a thread. */
  threadTs: string | undefined;
  text: string;
  /** The requests that its buttons refer to, now or earlier. */
  requestIds: readonly string[];
}

/** A request with its only operation. */
export interface LedgerRequest {
  id: string;
  /** Of two operations on one sub-merchant, the later has the higher one. */
  seq: number;
  subMchid: string;
  action: Action;
  object: SwitchObject;
  /** The last step that its operation has reached: those before it have succeeded. */
  step: Step;
  channel: string;
  state: RequestState;
  operationState: OperationState;
  round: number;
  decidedBy: string | null;
  /** Slack's id of its message, as far as the ledger knows it. */
  ts: string | null;
  /** The names of its audit events, in order. */
  events: readonly string[];
}

export interface Records {
  submissions: readonly Submission[];
  calls: readonly PlayedCall[];
  /** A sub-merchant's switch at WeChat Pay; undefined if it was never set. */
  stateOf(subMchid: string, step: Step): Action | undefined;
  shown: readonly Shown[];
  requests: readonly LedgerRequest[];
}

/**
 * Waits until the ledger has nothing left to do or to show, for at most `withinMs`: what is still missing then is lost.
 */
export async function untilSettled({ rows }: Pick<Fleet, "rows">, withinMs: number): Promise<void> {
  const end = performance.now() + withinMs;
  for (;;) {
    const left = await rows(
      `select (select count(*) from operations where state in ('queued', 'running'))
        + (select count(*) from posts where shown < wanted) as count`,
    );
    if (Number(left[0]?.["count"]) === 0 || performance.now() > end) return;
    await delay(100);
  }
}

export async function collectRecords(fleet: Fleet, board: Board, submissions: readonly Submission[]): Promise<Records> {
  const { slack, weChatPay } = fleet;
  const events = Map.groupBy(
    await fleet.rows("select request_id, what from events where request_id is not null order by seq"),
    (row) => String(row["request_id"]),
  );
  const requests = await fleet.rows(
    `select requests.id, requests.state, requests.action, requests.channel_id, requests.decided_by,
       operations.seq, operations.sub_mchid, operations.object, operations.step, operations.state as operation_state, operations.round, posts.ts
     from requests
     join operations on operations.request_id = requests.id
     left join posts on posts.request_id = requests.id and posts.kind = 'message'
     order by operations.seq`,
  );
  return {
    submissions,
    calls: weChatPay.calls,
    stateOf: (subMchid, step) => weChatPay.switchesOf(subMchid)[step],
    shown: slack.state
      .all()
      .filter(({ author, onlyFor }) => author === slack.app.botUserId && onlyFor === undefined)
      .map((message) => ({
        channel: message.channel,
        ts: message.ts,
        threadTs: message.threadTs,
        text: board.textOf(message),
        requestIds: requestIdsIn(message),
      })),
    requests: requests.map((row) => ({
      id: String(row["id"]),
      seq: Number(row["seq"]),
      subMchid: String(row["sub_mchid"]),
      action: row["action"] as Action,
      object: row["object"] as SwitchObject,
      step: row["step"] as Step,
      channel: String(row["channel_id"]),
      state: row["state"] as RequestState,
      operationState: row["operation_state"] as OperationState,
      round: Number(row["round"]),
      decidedBy: row["decided_by"] as string | null,
      ts: row["ts"] as string | null,
      events: (events.get(String(row["id"])) ?? []).map((event) => String(event["what"])),
    })),
  };
}

/** The request ids in the values of its buttons, now or before an edit. */
export function requestIdsIn({ blocks, versions }: Message): string[] {
  const json = JSON.stringify([blocks, versions.map((version) => version.blocks)]);
  return [...new Set([...json.matchAll(/"value":"([0-9a-f]{32})/g)].map(([, id = ""]) => id))];
}
