/** Slack as a function: it keeps every message with all its versions, and answers, fails or stays silent at random. */
import { ErrorCode } from "@slack/web-api";
import type { SlackApi } from "../../../src/slack/api/web-api.ts";
import type { LedgerWatch } from "../judges/ledger-watch.ts";
import type { Faults } from "./faults.ts";
import { type Life, never, type Rim, type Schedule } from "./schedule.ts";

export interface Version {
  text: string;
  /** The blocks as JSON. */
  blocks: string;
  /** When the bot sent it. It may appear later. */
  sentAt: number;
}

export interface SlackMessage {
  channel: string;
  /** Set for a file, which has a comment. */
  file: { name: string; content: string } | undefined;
  ts: string;
  /** When the bot sent it. It may appear later. */
  sentAt: number;
  /** The parent message, in a thread. */
  threadTs: string | undefined;
  /** The newest is the last. */
  versions: Version[];
  isGone: boolean;
}

/** An edit of a request's message. */
export interface PlayedEdit {
  by: string;
  ts: string;
  sentAt: number;
  /** End of the lease under which the committed ledger had assigned the message to one instance. */
  leaseUntil: number;
}

export interface SlackInMemory {
  messages: readonly SlackMessage[];
  edits: readonly PlayedEdit[];
  /** For queries. */
  interactive(life: Life): SlackApi;
  /** For posts. */
  posting(life: Life): SlackApi;
  /** Calls `listener` whenever a message is posted or edited. */
  onChange(listener: () => void): void;
  /** Posts that took effect without the bot learning it. */
  unconfirmed(): number;
}

/** The bot's own limits, as src/slack/api/connection.ts sets them. */
const askingLimitMs = 2_000;
export const postingLimitMs = 8_000;
/** Slack's client uploads a file in three calls. This is less than the bot's own limit, and longer than a lease. */
const uploadingLimitMs = 24_000;

export interface SlackNeeds {
  schedule: Schedule;
  faults: Faults;
  /** The request whose message has an id, according to the committed ledger. */
  withMessage: LedgerWatch["withMessage"];
}

export function createSlack({ schedule, faults, withMessage }: SlackNeeds): SlackInMemory {
  const messages: SlackMessage[] = [];
  const edits: PlayedEdit[] = [];
  let unconfirmed = 0;
  let changed = () => {};

  function settle<T>(life: Life, rim: Rim, inMs: number, what: string, act: () => T): Promise<T> {
    if (!life.isAlive) return never();
    return new Promise((resolve, reject) => {
      schedule.add({
        dueAt: schedule.now() + inMs,
        life,
        rim,
        what,
        act() {
          try {
            resolve(act());
          } catch (error) {
            reject(error);
          }
        },
      });
    });
  }

  function query(life: Life, method: string, args: Record<string, unknown>): Promise<unknown> {
    if (faults.strike("slack-silent")) {
      const inMs = faults.happens(0.5) ? askingLimitMs : 5;
      return settle(life, "queried", inMs, `${method} is not answered`, () => {
        throw requestError();
      });
    }
    return settle(life, "queried", 1 + faults.below(60), `${method} is answered`, () => answerTo(method, args));
  }

  /** The fate of a post: when it takes effect, if at all, and what the bot learns when. */
  function post(life: Life, method: string, args: Record<string, unknown>): Promise<unknown> {
    noteEdit(life, String(args["ts"]));
    const fail = (inMs: number, error: Error) =>
      settle(life, "posted", inMs, `${method} fails`, () => {
        throw error;
      });
    const beganMs = 1 + faults.below(40);
    const limitMs = method === "files.uploadV2" ? uploadingLimitMs : postingLimitMs;
    if (faults.strike("post-fails")) return fail(beganMs, faults.happens(0.5) ? requestError() : httpError());
    if (faults.strike("post-limited")) return fail(beganMs, limitedError(1 + faults.below(5)));
    const target = messages.find(({ ts }) => ts === args["ts"]);
    if (method === "chat.update" && target && faults.strike("post-gone")) target.isGone = true;
    const effectMs = beganMs + (faults.strike("post-late") ? faults.below(limitMs - 100) : 0);
    if (faults.strike("post-answer-lost")) {
      effect(effectMs);
      unconfirmed++;
      return fail(faults.happens(0.5) ? limitMs : effectMs + 1, requestError());
    }
    const done = effect(effectMs);
    return settle(life, "posted", effectMs + 1 + faults.below(20), `${method} is answered`, () => {
      if (done.error) throw done.error;
      return method === "files.uploadV2" ? uploaded(done.ts) : { ok: true, ts: done.ts, channel: done.channel };
    });

    function effect(inMs: number): { ts?: string; channel?: string; error?: Error } {
      const outcome: { ts?: string; channel?: string; error?: Error } = {};
      const sentAt = schedule.now();
      const act = () => {
        Object.assign(outcome, method === "chat.update" ? update(args, sentAt) : add(args, sentAt));
        changed();
      };
      schedule.add({ dueAt: schedule.now() + inMs, rim: "world", what: `Slack does ${method}`, act });
      return outcome;
    }
  }

  function noteEdit({ name, isAlive }: Life, ts: string): void {
    const edited = withMessage(ts);
    if (!edited || !isAlive) return;
    edits.push({ by: name, ts, sentAt: schedule.now(), leaseUntil: edited.messageLeaseUntil ?? 0 });
  }

  function add(args: Record<string, unknown>, sentAt: number): { ts: string; channel: string } {
    const seconds = Math.floor(schedule.now() / 1_000);
    const ts = `${seconds}.${String(messages.length).padStart(6, "0")}`;
    const threadTs = args["thread_ts"] === undefined ? undefined : String(args["thread_ts"]);
    const to = String(args["channel"] ?? args["channel_id"]);
    const channel = to.startsWith("U") ? `D${to}` : to;
    messages.push({
      channel,
      file: fileOf(args),
      ts,
      sentAt,
      threadTs,
      versions: [versionOf(args, sentAt)],
      isGone: false,
    });
    return { ts, channel };
  }

  function update(args: Record<string, unknown>, sentAt: number): { ts: string } | { error: Error } {
    const message = messages.find(({ ts, channel }) => ts === args["ts"] && channel === args["channel"]);
    if (!message || message.isGone) return { error: platformError("message_not_found") };
    message.versions.push(versionOf(args, sentAt));
    return { ts: message.ts };
  }

  return {
    messages,
    edits,
    interactive: (life) => (method, args) => query(life, method, args),
    posting: (life) => (method, args) => post(life, method, args),
    onChange(listener) {
      changed = listener;
    },
    unconfirmed: () => unconfirmed,
  };
}

/** Whether it is someone's direct messages with the bot. */
export function isDirect(channel: string): boolean {
  return channel.startsWith("D");
}

function versionOf(args: Record<string, unknown>, sentAt: number): Version {
  return {
    text: String(args["text"] ?? args["initial_comment"]),
    blocks: JSON.stringify(args["blocks"] ?? []),
    sentAt,
  };
}

function fileOf({ filename, file }: Record<string, unknown>): SlackMessage["file"] {
  return filename === undefined ? undefined : { name: String(filename), content: String(file) };
}

/** Like the files client, which combines the answers of its three calls. */
function uploaded(id: string | undefined) {
  return { ok: true, files: [{ ok: true, files: [{ id }] }] };
}

/** What it reports about itself and the people in it. */
export function answerTo(method: string, args: Record<string, unknown>): unknown {
  switch (method) {
    case "auth.test":
      return { ok: true, team_id: "T1", url: "https://team.slack.com/", user: "receipt" };
    case "users.info":
      return { ok: true, user: { id: args["user"], team_id: "T1" } };
    case "conversations.info":
      return { ok: true, channel: { id: args["channel"], is_member: true } };
    default:
      throw new Error(`the simulated Slack does not implement ${method}`);
  }
}

// The errors of @slack/web-api, as far as the bot reads them.
const requestError = () => Object.assign(new Error("no answer"), { code: ErrorCode.RequestError });
const httpError = () => Object.assign(new Error("HTTP 500"), { code: ErrorCode.HTTPError, statusCode: 500 });
const limitedError = (retryAfter: number) =>
  Object.assign(new Error("limited"), { code: ErrorCode.RateLimitedError, retryAfter });
const platformError = (error: string) =>
  Object.assign(new Error(error), { code: ErrorCode.PlatformError, data: { ok: false, error } });
