/** How fast posts may follow each other in each channel. */
import type { Clock } from "../../domain/clock.ts";
import { fullRate, type RateState, rateAfter, rateWaitMs } from "../../domain/rate-limiter.ts";
import type { Lane } from "../../ledger/outbox/statements.ts";

export interface ChannelRates {
  /** How long to post nothing in the channel, in milliseconds. */
  waitMs(channelId: string, lane: Lane): number;
  /** Counts a post. */
  consume(channelId: string): void;
  /** Takes back the count of a post that was not made. */
  giveBack(channelId: string): void;
  /** Keeps a lane of the channel quiet, as Slack asked for; while the first lane is quiet, so is the later one. */
  coolDown(channelId: string, lane: Lane, ms: number): void;
}

/** Slack accepts about one message a second in a channel, and a short burst; see "Rate limits", posting messages. */
const perChannel = { perSecond: 1, burst: 4 };
/** Maximum channels whose rate is remembered; the oldest is dropped first. */
const channelsMax = 1_000;
/**
 * Posts that must remain available to a channel's burst before files and refused posts are posted, because people wait
 * for the other posts.
 */
const reserved = 2;

export function createChannelRates(clock: Clock): ChannelRates {
  const channels = new Map<string, { rate: RateState; coolUntil: Record<Lane, number> }>();

  function channelOf(id: string) {
    let channel = channels.get(id);
    if (!channel) {
      if (channels.size >= channelsMax) channels.delete(channels.keys().next().value ?? id);
      channel = { rate: fullRate, coolUntil: { first: 0, later: 0 } };
      channels.set(id, channel);
    }
    return channel;
  }

  function count(channelId: string, posts: number): void {
    const channel = channelOf(channelId);
    channel.rate = rateAfter(posts, channel.rate, perChannel, clock.monotonic());
  }

  return {
    waitMs(channelId, lane) {
      const { rate, coolUntil } = channelOf(channelId);
      const now = clock.monotonic();
      const left = lane === "later" ? rateAfter(reserved, rate, perChannel, now) : rate;
      const cool = lane === "later" ? Math.max(coolUntil.first, coolUntil.later) : coolUntil.first;
      return Math.max(rateWaitMs(left, perChannel, now), cool - now);
    },
    consume: (channelId) => count(channelId, 1),
    giveBack: (channelId) => count(channelId, -1),
    coolDown(channelId, lane, ms) {
      channelOf(channelId).coolUntil[lane] = clock.monotonic() + ms;
    },
  };
}
