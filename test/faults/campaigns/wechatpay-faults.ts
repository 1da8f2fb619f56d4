/** WeChat Pay gives false answers, fails and stays silent at random, and people press Retry where it is offered. */
import type { Action } from "../../../src/domain/attempt-result.ts";
import type { Reply, Signing } from "../../../src/playground/wechatpay/reply.ts";
import { busy, html, limited } from "../../../src/playground/wechatpay/scenario.ts";
import {
  type Campaign,
  instancesOn,
  type Play,
  type Report,
  runCampaign,
  type Stage,
  type Variant,
} from "../campaign.ts";
import type { Desk } from "../crowd.ts";
import type { Dice } from "../seeded-random.ts";

const sizes = {
  short: { desks: 8, requestsEach: 1, share: 0.5, silence: 0 },
  full: { desks: 100, requestsEach: 3, share: 0.6, silence: 0.06 },
} as const;

/** How often Retry is pressed for one request. */
const retriesMax = 2;
/** Six attempts, the waits between them, and eight seconds for each one without an answer. */
const patienceMs = 120_000;

export const weChatPayFaults: Campaign = {
  name: "wechatpay-faults",
  variants: (["sqlite", "postgres"] as const).map((engine) => ({ engine, run: (play) => run(engine, play) })),
};

/** The documented answer with a signature that must not be trusted. */
const signed = (subMchid: string, sign: Signing): Reply => ({ status: 200, body: { sub_mchid: subMchid }, sign });

/** Everything but the documented answer and silence, each equally likely. */
const lies: readonly [Lie, ...Lie[]] = [
  () => busy(),
  () => busy({ acts: true }),
  () => limited("FREQUENCY_LIMITED", { "Retry-After": "1" }),
  () => ({ reset: "before" }),
  () => ({ reset: "after" }),
  (subMchid) => signed(subMchid, "none"),
  (subMchid) => signed(subMchid, "probe"),
  (subMchid) => signed(subMchid, "stale"),
  (subMchid) => signed(subMchid, "other-serial"),
  (subMchid) => signed(subMchid, "other-body"),
  () => html(502, "502 Bad Gateway"),
  () => ({ status: 200, body: "<html><body>OK</body></html>" }),
  (subMchid) => ({ status: 200, body: JSON.stringify({ sub_mchid: subMchid }), cutAfterBytes: 12 }),
  () => ({ status: 200, body: Buffer.alloc(10_000_000, "9") }),
  () => ({ status: 200, body: { sub_mchid: "1900000999" } }),
];
type Lie = (subMchid: string) => Reply;

function run(engine: Variant["engine"], play: Play): Promise<Report> {
  const { desks, requestsEach, share, silence } = sizes[play.size];
  return runCampaign({
    ...play,
    title: "WeChat Pay faults",
    patienceMs,
    fleet: { engine, instances: instancesOn(engine, play.size), mode: "http" },
    async play(stage) {
      const { fleet, crowd, dice, countFault } = stage;
      const atDesk = async (_: unknown, index: number) => {
        const desk = crowd.openDesk();
        const own = dice.for(`desk ${index}`);
        fleet.weChatPay.behave(desk.subMchid, () => {
          const isSilent = own.happens(silence);
          if (!isSilent && !own.happens(share)) return undefined;
          countFault();
          return isSilent ? { silent: own.pick(["before", "after"]) } : own.pick(lies)(desk.subMchid);
        });
        await work(stage, desk, own, requestsEach);
      };
      await Promise.all(Array.from({ length: desks }, atDesk));
    },
  });
}

async function work({ crowd }: Stage, desk: Desk, dice: Dice, requests: number): Promise<void> {
  let action: Action = "OPEN";
  for (let submitted = 0; submitted < requests; submitted++) {
    const message = await crowd.submit(desk, action);
    if (!message || !(await crowd.decide(desk, message, "approve")) || !(await crowd.untilEnded(desk, message))) return;
    for (let retries = 0; retries < retriesMax && dice.happens(0.5); retries++)
      if (!(await crowd.retry(desk, message))) break;
    action = action === "OPEN" ? "CLOSE" : "OPEN";
  }
}
