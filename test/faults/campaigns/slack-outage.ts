/** Slack's Web API fails in every way, method by method and for a while, while people work; then it recovers. */
import { setTimeout as delay } from "node:timers/promises";
import type { Behaviour } from "../../../src/playground/slack/faults.ts";
import { type Campaign, instancesOn, type Play, type Report, runCampaign, type Variant } from "../campaign.ts";

const sizes = {
  short: { forMs: 3_000, desks: 8, lastsMaxMs: 700 },
  full: { forMs: 60_000, desks: 40, lastsMaxMs: 4_000 },
} as const;

const methods = [
  "chat.postMessage",
  "chat.update",
  "users.info",
  "conversations.info",
  "auth.test",
  "response_url",
  "apps.connections.open",
] as const;

const faults: readonly [Behaviour, ...Behaviour[]] = [
  { status: 500 },
  { rateLimited: 1 },
  { error: "not_in_channel" },
  { error: "message_not_found" },
  { error: "ratelimited" },
  { hang: true },
  { dropAfterActing: true },
];
/** Methods that fail at the same time, each with its own fault. */
const sideBySide = 2;
const patienceMs = 120_000;

export const slackOutage: Campaign = {
  name: "slack-outage",
  variants: (["sqlite", "postgres"] as const).map((engine) => ({ engine, run: (play) => run(engine, play) })),
};

function run(engine: Variant["engine"], play: Play): Promise<Report> {
  const { forMs, desks, lastsMaxMs } = sizes[play.size];
  // Socket Mode connections break too, in the variant with several instances.
  const isSocket = engine === "postgres";
  return runCampaign({
    ...play,
    title: "Slack outage",
    patienceMs,
    fleet: { engine, instances: instancesOn(engine, play.size), mode: isSocket ? "socket" : "http" },
    async play({ fleet: { slack }, crowd, dice, countFault }) {
      const end = performance.now() + forMs;
      const isDeaf = async () => performance.now() < end;
      const work = Array.from({ length: desks }, (_, index) =>
        crowd.work(crowd.openDesk(), dice.for(`desk ${index}`), isDeaf),
      );
      const ear = async (_: unknown, index: number) => {
        const own = dice.for(`ear ${index}`);
        while (await isDeaf()) {
          const method = own.pick(methods);
          slack.fail(method, own.pick(faults));
          countFault();
          if (isSocket && own.happens(0.2)) own.pick([slack.dropSockets, () => slack.disconnectSockets("warning")])();
          await delay(own.below(lastsMaxMs));
          slack.restore(method);
          await delay(own.below(lastsMaxMs / 4));
        }
      };
      await Promise.all(Array.from({ length: sideBySide }, ear));
      slack.restore();
      await Promise.all(work);
    },
  });
}
