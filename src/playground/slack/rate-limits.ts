/** Slack's rate limits: calls per method and minute by tier, and messages per channel and second in a token bucket. */
import { RateLimited } from "./refusal.ts";

export type Tier = 1 | 2 | 3 | 4 | "special";

/** Calls per minute, by tier. Slack publishes the tiers as "N+", so N is the strict reading. */
export type RateLimits = {
  readonly perMinute: Readonly<Record<Tier, number>>;
  /** New messages per second in one channel, however they are posted. */
  readonly postsPerSecond: number;
  /** Maximum number of messages at once. Slack says "short bursts" and gives no number. */
  readonly postBurst: number;
  /** New messages per minute in the workspace ("several hundred"). */
  readonly workspacePostsPerMinute: number;
};

export const strictRateLimits: RateLimits = {
  perMinute: { 1: 1, 2: 20, 3: 50, 4: 100, special: 600 },
  postsPerSecond: 1,
  postBurst: 5,
  workspacePostsPerMinute: 300,
};

export type Rates = {
  /** @throws RateLimited if the method has used up its calls of the last minute */
  call(method: string, tier: Tier): void;
  /** @throws RateLimited if the channel or the workspace has used up its messages */
  post(channel: string): void;
};

export function createRates(limits: RateLimits, clock: { now(): number }): Rates {
  const windows = new Map<string, number[]>();
  const buckets = new Map<string, { tokens: number; at: number }>();

  /** Allows at most `max` uses of `key` in any 60 s. */
  function withinMinute(key: string, max: number): void {
    const now = clock.now();
    const recent = (windows.get(key) ?? []).filter((at) => now - at < 60_000);
    windows.set(key, recent);
    const oldest = recent[0];
    if (recent.length >= max && oldest !== undefined) throw new RateLimited(wholeSeconds(oldest + 60_000 - now));
    recent.push(now);
  }

  return {
    call: (method, tier) => withinMinute(method, limits.perMinute[tier]),
    post(channel) {
      const now = clock.now();
      const bucket = buckets.get(channel) ?? { tokens: limits.postBurst, at: now };
      const refilled = bucket.tokens + ((now - bucket.at) / 1000) * limits.postsPerSecond;
      const tokens = Math.min(limits.postBurst, refilled);
      buckets.set(channel, { tokens, at: now });
      if (tokens < 1) throw new RateLimited(wholeSeconds(((1 - tokens) / limits.postsPerSecond) * 1000));
      withinMinute("messages of the workspace", limits.workspacePostsPerMinute);
      buckets.set(channel, { tokens: tokens - 1, at: now });
    },
  };
}

function wholeSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}
