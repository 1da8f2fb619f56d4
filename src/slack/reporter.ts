/** Brings Slack up to date with the ledger: posts what is new, edits what changed, and keeps at it until Slack has it. */
import { ErrorCode, type WebClient } from "@slack/web-api";
import type { Logger } from "pino";
import type { Clock } from "../receipt/clock.ts";
import type { Ledger } from "../receipt/ledger.ts";
import { createPace, type Pace } from "../receipt/pace.ts";
import type { ClaimedPost } from "../receipt/posts.ts";
import { createWorker, type Worker } from "../receipt/worker.ts";
import type { Texts } from "../text/en.ts";
import type { Message } from "./blocks/parts.ts";
import { requestMessage } from "./blocks/request.ts";
import { outcomeMessage } from "./blocks/thread.ts";
import { refusalOf, type Workspace } from "./workspace.ts";

export interface ReporterNeeds {
  ledger: Ledger;
  /** Neither retries nor waits by itself, and gives up before `leaseMs` ends. */
  client: WebClient;
  workspace: Workspace;
  texts: Texts;
  clock: Clock;
  log: Logger;
  /** Names this instance in the ledger's leases. */
  instance: string;
}

/** Slack takes about one message a second in a channel, and a short burst; see "Rate limits", posting messages. */
const perChannel = { perSecond: 1, burst: 4 };
/** Channels whose pace is remembered; the one that was used first goes first. */
const channelsMost = 1_000;
const concurrency = 4;
/** A burst of commands is one look for what to post. */
const gatherMs = 10;
/** Longer than posting may take, and short enough for who reads: a bot that died is waited for no longer. */
const leaseMs = 12_000;
/** How often to look for what other instances changed, in milliseconds. */
const pollMs = 1_000;
const backoffMostMs = 60_000;
/** Nobody but people can end these: the bot was taken out of the channel, or the channel was archived. */
const needsPeople = /^(not_in_channel|channel_not_found|is_archived|restricted_action.*|messages_tab_disabled)$/;
const backoffForPeopleMostMs = 10 * 60_000;
/** The posted message cannot be edited any more, so what is to be shown is posted anew. */
const isGone = /^(message_not_found|cant_update_message|edit_window_closed|block_mismatch)$/;

export function createReporter(needs: ReporterNeeds): Worker {
  const { ledger, client, workspace, texts, clock, log, instance } = needs;
  const channels = new Map<string, { pace: Pace; coolUntil: number }>();
  let claims = 0;

  const worker = createWorker({
    name: "reporter",
    clock,
    log,
    concurrency,
    gatherMs,
    async look(crew) {
      let restMs = pollMs;
      for (const { channelId, dueAt } of await ledger.posts.dueChannels()) {
        const inMs = Math.max(dueAt - clock.now(), restOf(channelId));
        const owner = `${instance}:${claims++}`;
        const post = inMs > 0 ? undefined : await ledger.posts.claim({ owner, leaseMs, channelId });
        if (!post) {
          // What is due and not to be had is held by another instance, or waits for its thread to begin.
          if (inMs > 0) restMs = Math.min(restMs, inMs);
          continue;
        }
        channelOf(channelId).pace.take(1);
        crew.begin(() => show(post, owner));
        return 0;
      }
      return restMs;
    },
  });

  function channelOf(id: string) {
    let channel = channels.get(id);
    if (!channel) {
      if (channels.size >= channelsMost) channels.delete(channels.keys().next().value ?? id);
      channel = { pace: createPace({ ...perChannel, now: clock.monotonic }), coolUntil: 0 };
      channels.set(id, channel);
    }
    return channel;
  }

  /** How long the channel is to be left alone, in milliseconds. */
  function restOf(channelId: string): number {
    const { pace, coolUntil } = channelOf(channelId);
    return Math.max(pace.waitMs(), coolUntil - clock.monotonic());
  }

  async function show(post: ClaimedPost, owner: string): Promise<void> {
    const postLog = log.child({ request: post.requestId, post: post.id });
    try {
      const ts = await send(post);
      await ledger.posts.shown(post, owner, ts);
      postLog.info({ channel: post.channelId, ts, edited: post.ts !== undefined }, "Slack shows the change");
    } catch (error) {
      const next = afterFailure(post, error);
      postLog.warn({ err: error, tries: post.tries, next }, "Slack did not take a post; it is tried again");
      // What cannot be written down either is due again when the lease ends.
      await ledger.posts
        .postponed(post, owner, next)
        .catch((lost: unknown) => postLog.error({ err: lost }, "a post could not be put off"));
    }
  }

  async function send(post: ClaimedPost): Promise<string> {
    const request = await ledger.requests.find(post.requestId);
    if (!request) throw new Error(`the ledger has a post of a request that it does not have: ${post.requestId}`);
    const channel = post.channelId;
    if (post.kind === "outcome") {
      const result =
        post.round > 0 ? await ledger.operations.resultOfRound(request.operation.id, post.round) : undefined;
      const message = outcomeMessage(request, result, texts);
      return postMessage(message, { channel, thread_ts: request.messageTs });
    }
    const lastSet = request.state === "pending" ? await ledger.requests.lastSetBefore(request) : undefined;
    const message = requestMessage({ request, lastSet, texts, permalink: workspace.permalink });
    if (post.ts === undefined) return postMessage(message, { channel });
    await client.chat.update({ channel, ts: post.ts, ...message });
    return post.ts;
  }

  async function postMessage(
    message: Message,
    place: { channel: string; thread_ts?: string | undefined },
  ): Promise<string> {
    const { channel, thread_ts } = place;
    const answer = await client.chat.postMessage({
      channel,
      ...(thread_ts === undefined ? {} : { thread_ts }),
      ...message,
      unfurl_links: false,
      unfurl_media: false,
    });
    if (typeof answer.ts !== "string") throw new Error("Slack took a message and did not say which it is");
    return answer.ts;
  }

  function afterFailure(post: ClaimedPost, error: unknown): { dueAt: number; anew?: boolean } {
    const now = clock.now();
    const retryAfterMs = retryAfterMsOf(error);
    if (retryAfterMs !== undefined) {
      channelOf(post.channelId).coolUntil = clock.monotonic() + retryAfterMs;
      return { dueAt: now + retryAfterMs };
    }
    const refused = refusalOf(error) ?? "";
    if (post.ts !== undefined && isGone.test(refused)) return { dueAt: now, anew: true };
    const most = needsPeople.test(refused) ? backoffForPeopleMostMs : backoffMostMs;
    return { dueAt: now + Math.min(most, 1_000 * 2 ** Math.min(post.tries - 1, 20)) };
  }

  return worker;
}

/** From Slack's 429, in milliseconds. */
function retryAfterMsOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("code" in error) || error.code !== ErrorCode.RateLimitedError) return undefined;
  const seconds = "retryAfter" in error ? Number(error.retryAfter) : 1;
  return Math.max(1, seconds) * 1_000;
}
