/** Keeps Slack up to date with the ledger: posts new messages, edits changed ones, and retries until it succeeds. */
import type { Logger } from "pino";
import { elapsedMs, timeOf } from "../../domain/clock.ts";
import { everyApprover } from "../../domain/notice.ts";
import type { RecordStep } from "../../domain/telemetry/tracing.ts";
import { createWorker, type Worker } from "../../jobs/worker.ts";
import { type ClaimedPost, type PostedMessage, postLeaseMs } from "../../ledger/outbox/outbox.ts";
import type { Lane } from "../../ledger/outbox/statements.ts";
import { isStoreAway } from "../../storage/store-errors.ts";
import type { People } from "../api/people.ts";
import { isFromSlack, refusalOf, retryAfterMsOf } from "../api/web-api.ts";
import { createChannelRates } from "./channel-rates.ts";
import { nextTry } from "./refused-post-policy.ts";
import { type Claimed, createSender, type SenderNeeds } from "./send-post.ts";

export interface ReporterNeeds extends SenderNeeds {
  people: SenderNeeds["people"] & Pick<People, "usersWith">;
  /** This instance's name in the ledger's leases. */
  instance: string;
  trace?: RecordStep | undefined;
}

const concurrency = 4;
/** Maximum parallel tasks for files and refused posts, so that they never use all tasks. */
const laterTasksMax = 2;
/** A request wakes it five or six times from the command over the click to its outcome, each time without a wait. */
const wakeRate = { perSecond: 100, burst: 8 };
/** How soon to try again when the ledger does not accept what Slack shows, in milliseconds. */
const recordAgainMs = 500;
/** How often to poll for changes by other instances, in milliseconds. */
const pollMs = 1_000;
/** How long stopping may wait for due posts, and how often to check, in milliseconds. */
const flushMs = 1_200;
const flushPollMs = 50;

export function createReporter(needs: ReporterNeeds): Worker {
  const { ledger, people, clock, log, instance } = needs;
  const rates = createChannelRates(clock);
  const send = createSender(needs);
  let claims = 0;
  let laterTasks = 0;

  const worker = createWorker({
    name: "reporter",
    clock,
    log,
    concurrency,
    wakeRate,
    async poll(pool) {
      let restMs = pollMs;
      for (const { channelId, lane, dueAt } of await ledger.outbox.dueChannels()) {
        // The end of a task polls again.
        if (lane === "later" && laterTasks >= laterTasksMax) continue;
        const inMs = Math.max(dueAt - clock.now(), rates.waitMs(channelId, lane));
        const claimed = inMs > 0 ? undefined : await claimIn(channelId, lane);
        if (!claimed) {
          // A due post that cannot be claimed is leased by another instance, or waits for its thread to begin.
          if (inMs > 0) restMs = Math.min(restMs, inMs);
          continue;
        }
        if (lane === "later") laterTasks += 1;
        pool.begin(async () => {
          await showAll(claimed, channelId, lane);
          if (lane === "later") laterTasks -= 1;
        });
        if (pool.free === 0) return 0;
      }
      return restMs;
    },
  });

  async function claimIn(channelId: string, lane: Lane): Promise<Claimed | undefined> {
    const owner = `${instance}:${claims++}`;
    const claimedAt = timeOf(clock);
    let post: ClaimedPost | undefined;
    // Counted before the claim: the poll and a task may claim in the same channel at the same time.
    rates.consume(channelId);
    try {
      post = await ledger.outbox.claim({ owner, leaseMs: postLeaseMs, channelId, lane });
    } finally {
      if (!post) rates.giveBack(channelId);
    }
    return post && { post, owner, claimedAt };
  }

  /** Shows a post, and what then is due in its channel: a thread's post waits only for the message above it. */
  async function showAll(first: Claimed, channelId: string, lane: Lane): Promise<void> {
    let claimed: Claimed | undefined = first;
    while (claimed) {
      await show(claimed, lane);
      if (rates.waitMs(channelId, lane) > 0) return;
      claimed = await claimIn(channelId, lane).catch((error: unknown) => {
        log.warn({ err: error }, "the next post could not be claimed; the next poll finds it");
        return undefined;
      });
    }
  }

  async function show({ post, owner, claimedAt }: Claimed, lane: Lane): Promise<void> {
    const postLog = log.child({ request: post.requestId, post: post.id });
    let posted: PostedMessage | undefined;
    try {
      if (post.channelId === everyApprover) return await addressEach(post, owner);
      posted = await send({ post, owner, claimedAt }, postLog);
    } catch (error) {
      // If this cannot be recorded either, the post is due again when the lease ends.
      await recordFailure(post, owner, error, { postLog, lane }).catch((lost: unknown) =>
        postLog.error({ err: lost }, "the outcome of a post could not be recorded"),
      );
      return;
    }
    await recordShown(post, owner, posted, postLog).catch((lost: unknown) =>
      postLog.error({ err: lost }, "what Slack shows could not be recorded; the post is due again"),
    );
    if (post.requestId !== undefined && posted)
      needs.trace?.({
        name: "post",
        requestId: post.requestId,
        startedAt: claimedAt.wallMs,
        endedAt: clock.now(),
        attributes: { "receipt.post": post.id, "receipt.kind": post.kind },
      });
  }

  /** Tries for the length of a lease: without the record, the post would have to be posted again. */
  async function recordShown(
    post: ClaimedPost,
    owner: string,
    posted: PostedMessage | undefined,
    postLog: Logger,
  ): Promise<void> {
    const sentAt = timeOf(clock);
    for (;;) {
      try {
        if (posted) {
          const isOwn = await ledger.outbox.recordShown(post, owner, posted);
          if (isOwn) postLog.info({ ...posted, edited: post.posted !== undefined }, "Slack shows the change");
          else
            postLog.warn(
              posted,
              `the lease of a post ended before Slack answered; ${post.posted ? "it is edited again" : "it may be posted twice"}`,
            );
        } else {
          await ledger.outbox.drop(post, owner);
          postLog.info("a post was dropped: there is nothing to show any more");
        }
        return;
      } catch (error) {
        if (elapsedMs(sentAt, timeOf(clock)) + recordAgainMs >= postLeaseMs) throw error;
        postLog.warn({ err: error }, "what Slack shows could not be recorded; trying again");
      }
      await clock.sleep(recordAgainMs);
    }
  }

  async function recordFailure(
    post: ClaimedPost,
    owner: string,
    error: unknown,
    { postLog, lane }: { postLog: Logger; lane: Lane },
  ): Promise<void> {
    const now = clock.now();
    const retryAfterMs = retryAfterMsOf(error);
    if (retryAfterMs !== undefined) {
      rates.coolDown(post.channelId, lane, retryAfterMs);
      postLog.warn({ err: error, retryAfterMs }, "Slack did not accept a post; trying again later");
      return ledger.outbox.postpone(post, owner, { dueAt: now + retryAfterMs });
    }
    const next = nextTry(post, refusalOf(error));
    if (next.kind === "refused") {
      const { error: code, inMs, isToTell } = next;
      const isPerson = /^[UW]/.test(post.channelId);
      if (inMs !== undefined)
        postLog.warn(
          { err: error, channel: post.channelId, tries: post.tries, inMs },
          "Slack refuses a post; checking again later",
        );
      else
        postLog.warn(
          { err: error, channel: post.channelId },
          `a post was dropped: ${isPerson ? "nobody can write to this person" : "Slack permanently refuses it"}`,
        );
      return ledger.outbox.recordRefusal(post, owner, {
        error: code,
        dueAt: inMs === undefined ? undefined : now + inMs,
        isToTell,
      });
    }
    postLog.warn({ err: error, tries: post.tries, next }, `${failureOf(error)}; trying again later`);
    const due = next.kind === "repost" ? { dueAt: now, again: true } : { dueAt: now + next.inMs };
    return ledger.outbox.postpone(post, owner, due);
  }

  /**
   * Enqueues a separate post for each approver, except the person whom the post is about.
   * @throws until Slack has named all of them
   */
  async function addressEach(post: ClaimedPost, owner: string): Promise<void> {
    const { users: approvers, groupsUnknown } = await people.usersWith("approver");
    const doer = post.notice?.about === "broke-glass" ? post.notice.by : undefined;
    const users = approvers.filter((id) => id !== doer);
    await ledger.outbox.addressTo(post, owner, { users, isEverybody: !groupsUnknown });
    if (groupsUnknown) throw new Error("Slack does not say who is in a group; the others are notified");
  }

  return {
    ...worker,
    async stop() {
      await flush().catch((error: unknown) => log.warn({ err: error }, "due posts remain; they are shown later"));
      await worker.stop();
    },
  };

  /**
   * Waits until everything due within `flushMs` is shown: while the bot restarts, people then see the current state.
   */
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

/** A post also fails before it is sent: its content comes from the ledger. */
function failureOf(error: unknown): string {
  if (isStoreAway(error)) return "the ledger is unavailable, so a post could not be prepared";
  return isFromSlack(error) ? "Slack did not accept a post" : "a post could not be sent";
}
