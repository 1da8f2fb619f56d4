/** Keeps Slack up to date with the ledger: posts what is new, edits what has changed, and retries until it succeeds. */
import type { Logger } from "pino";
import { z } from "zod";
import { type Clock, elapsedMs, type Time, timeOf } from "../../domain/clock.ts";
import { everyApprover } from "../../domain/notice.ts";
import { fullRate, type RateState, rateAfter, rateWaitMs } from "../../domain/rate-limiter.ts";
import type { Escalation } from "../../domain/reminder-schedule.ts";
import { createWorker, type Worker } from "../../jobs/worker.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { ClaimedPost, PostedMessage } from "../../ledger/outbox/outbox.ts";
import type { Texts } from "../../text/en/catalogue.ts";
import type { People } from "../api/people.ts";
import { refusalOf, retryAfterMsOf, type SlackApi } from "../api/web-api.ts";
import type { Workspace } from "../api/workspace.ts";
import { postContent } from "./post-content.ts";

export interface ReporterNeeds {
  ledger: Ledger;
  /** Neither retries nor waits by itself, and gives up before `leaseMs` ends. */
  slack: SlackApi;
  workspace: Workspace;
  people: Pick<People, "grantsOf" | "usersWith" | "names">;
  texts: Texts;
  clock: Clock;
  log: Logger;
  breakGlass: "off" | "on";
  escalation: Escalation | undefined;
  /** The slash command, which some messages name. */
  command: string;
  /** Names this instance in the ledger's leases. */
  instance: string;
}

/** Slack accepts about one message a second in a channel, and a short burst; see "Rate limits", posting messages. */
const perChannel = { perSecond: 1, burst: 4 };
/** Channels whose rate is remembered; the oldest is forgotten first. */
const channelsMax = 1_000;
const concurrency = 4;
/** Wakes within this time, in milliseconds, lead to one poll. */
const debounceMs = 10;
/** Longer than posting may take, and short enough for readers: nobody waits longer for a bot that died. */
const leaseMs = 12_000;
/** Milliseconds after its claim; sent later, a post could outlast its lease and overwrite what the next owner sends. */
const sendWithinMs = 2_000;
/** How often to poll for changes by other instances, in milliseconds. */
const pollMs = 1_000;
/** How long stopping may wait for due posts, and how often to check, in milliseconds. */
const flushMs = 1_200;
const flushPollMs = 50;
const backoffMaxMs = 60_000;
/** Only people can resolve these: the bot was removed from the channel, or the channel was archived. */
const needsPeople = /^(not_in_channel|channel_not_found|is_archived|restricted_action.*|messages_tab_disabled)$/;
const backoffForPeopleMaxMs = 10 * 60_000;
/** Nobody can write to this person, who has left or whom Slack hides: final after a few tries. */
const isOutOfReach =
  /^(channel_not_found|user_not_found|user_not_visible|user_disabled|cannot_dm_bot|invalid_user_combination|is_inactive)$/;
const outOfReachTries = 3;
/** The posted message can no longer be edited, so its content is posted again. */
const isGone = /^(message_not_found|cant_update_message|edit_window_closed|block_mismatch)$/;

/** How Slack, and its client for files, answer when they have accepted a post. */
const postedAnswer = z.object({ ts: z.string(), channel: z.string().optional() });
const uploadedAnswer = z.object({
  files: z.tuple([z.object({ files: z.tuple([z.object({ id: z.string() })]) })]),
});

export function createReporter(needs: ReporterNeeds): Worker {
  const { ledger, slack, people, clock, log, instance } = needs;
  const channels = new Map<string, { rate: RateState; coolUntil: number }>();
  let claims = 0;

  const worker = createWorker({
    name: "reporter",
    clock,
    log,
    concurrency,
    debounceMs,
    async poll(pool) {
      let restMs = pollMs;
      for (const { channelId, dueAt } of await ledger.outbox.dueChannels()) {
        const inMs = Math.max(dueAt - clock.now(), restOf(channelId));
        const owner = `${instance}:${claims++}`;
        const claimedAt = timeOf(clock);
        const post = inMs > 0 ? undefined : await ledger.outbox.claim({ owner, leaseMs, channelId });
        if (!post) {
          // A due post that cannot be claimed is held by another instance, or waits for its thread to begin.
          if (inMs > 0) restMs = Math.min(restMs, inMs);
          continue;
        }
        const channel = channelOf(channelId);
        channel.rate = rateAfter(1, channel.rate, perChannel, clock.monotonic());
        pool.begin(() => show(post, owner, claimedAt));
        return 0;
      }
      return restMs;
    },
  });

  function channelOf(id: string) {
    let channel = channels.get(id);
    if (!channel) {
      if (channels.size >= channelsMax) channels.delete(channels.keys().next().value ?? id);
      channel = { rate: fullRate, coolUntil: 0 };
      channels.set(id, channel);
    }
    return channel;
  }

  /** How long to post nothing in the channel, in milliseconds. */
  function restOf(channelId: string): number {
    const { rate, coolUntil } = channelOf(channelId);
    const now = clock.monotonic();
    return Math.max(rateWaitMs(rate, perChannel, now), coolUntil - now);
  }

  async function show(post: ClaimedPost, owner: string, claimedAt: Time): Promise<void> {
    const postLog = log.child({ request: post.requestId, post: post.id });
    try {
      if (post.channelId === everyApprover) return await addressEach(post, owner);
      const posted = await send(post, claimedAt);
      if (!posted) {
        await ledger.outbox.dropped(post, owner);
        postLog.info("a post was dropped: there is nothing to show any more");
        return;
      }
      await ledger.outbox.shown(post, owner, posted);
      postLog.info({ ...posted, edited: post.posted !== undefined }, "Slack shows the change");
    } catch (error) {
      if (isToNobody(post, error)) {
        postLog.warn({ err: error, user: post.channelId }, "a post was dropped: nobody can write to this person");
        await ledger.outbox.dropped(post, owner).catch((lost: unknown) => couldNotRecord(postLog, lost));
        return;
      }
      const next = afterFailure(post, error);
      postLog.warn({ err: error, tries: post.tries, next }, "Slack did not accept a post; trying again later");
      // If this cannot be recorded either, the post is due again when the lease ends.
      await ledger.outbox.postponed(post, owner, next).catch((lost: unknown) => couldNotRecord(postLog, lost));
    }
  }

  /** Gives each approver a post of their own, except the one it is about. @throws until Slack has named all of them */
  async function addressEach(post: ClaimedPost, owner: string): Promise<void> {
    const { users: approvers, groupsUnknown } = await people.usersWith("approver");
    const doer = post.notice?.about === "broke-glass" ? post.notice.by : undefined;
    const users = approvers.filter((id) => id !== doer);
    await ledger.outbox.addressed(post, owner, { users, isEverybody: !groupsUnknown });
    if (groupsUnknown) throw new Error("Slack does not say who is in a group; the others are notified");
  }

  /** Resolves to undefined where there is nothing to post any more. */
  async function send(post: ClaimedPost, claimedAt: Time): Promise<PostedMessage | undefined> {
    const channel = post.channelId;
    const showing = await postContent(needs, post);
    if (!showing) return undefined;
    const { content, threadTs: thread_ts } = showing;
    // The machine slept, or the database was slow.
    if (elapsedMs(claimedAt, timeOf(clock)) > sendWithinMs) throw new Error("claimed too long ago to be sent");
    const place = thread_ts === undefined ? {} : { thread_ts };
    if (content.kind === "file") {
      const { filename, file, text: initial_comment } = content;
      const answer = await slack("files.uploadV2", { channel_id: channel, ...place, filename, file, initial_comment });
      return { channelId: channel, ts: uploadedAnswer.parse(answer).files[0].files[0].id };
    }
    const { text, blocks } = content;
    if (post.posted) {
      const { channelId, ts } = post.posted;
      await slack("chat.update", { channel: channelId, ts, text, blocks });
      return post.posted;
    }
    const links = { unfurl_links: false, unfurl_media: false };
    const answer = await slack("chat.postMessage", { channel, ...place, text, blocks, ...links });
    const posted = postedAnswer.parse(answer);
    return { channelId: posted.channel ?? channel, ts: posted.ts };
  }

  function afterFailure(post: ClaimedPost, error: unknown): { dueAt: number; anew?: boolean } {
    const now = clock.now();
    const retryAfterMs = retryAfterMsOf(error);
    if (retryAfterMs !== undefined) {
      channelOf(post.channelId).coolUntil = clock.monotonic() + retryAfterMs;
      return { dueAt: now + retryAfterMs };
    }
    const refused = refusalOf(error) ?? "";
    if (post.posted && isGone.test(refused)) return { dueAt: now, anew: true };
    const max = needsPeople.test(refused) ? backoffForPeopleMaxMs : backoffMaxMs;
    return { dueAt: now + Math.min(max, 1_000 * 2 ** Math.min(post.tries - 1, 20)) };
  }

  /** Whether a person cannot be reached any more; a channel can be repaired, and is tried again. */
  function isToNobody({ channelId, tries }: ClaimedPost, error: unknown): boolean {
    const isPerson = /^[UW]/.test(channelId);
    return isPerson && tries >= outOfReachTries && isOutOfReach.test(refusalOf(error) ?? "");
  }

  return {
    ...worker,
    async stop() {
      await flush().catch((error: unknown) => log.warn({ err: error }, "due posts remain; they are shown later"));
      await worker.stop();
    },
  };

  /** Waits until everything due within `flushMs` is shown: while the bot restarts, people see the present state. */
  async function flush(): Promise<void> {
    const endAt = clock.now() + flushMs;
    while (clock.now() < endAt) {
      const due = await ledger.outbox.dueChannels();
      if (!due.some(({ dueAt }) => dueAt <= endAt)) return;
      worker.wake();
      await clock.sleep(flushPollMs);
    }
  }
}

function couldNotRecord(log: Logger, lost: unknown): void {
  log.error({ err: lost }, "the outcome of a post could not be recorded");
}
