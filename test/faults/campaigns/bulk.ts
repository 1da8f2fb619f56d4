/** 10,000 sub-merchants in one request, run by instances two of which are killed on the way. */
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "../../../src/playground/free-port.ts";
import { demoPeople as people } from "../../../src/playground/playground.ts";
import type { Message } from "../../../src/playground/slack/state.ts";
import type { PlayedCall } from "../../../src/playground/wechatpay/server.ts";
import { overlapsOf } from "../../e2e/support/restartable-bot.ts";
import { type Campaign, instancesOn, type Play, type Report, type Variant } from "../campaign.ts";
import { createCrowd } from "../crowd.ts";
import { type Fleet, openFleet } from "../fleet.ts";
import { watchMemory } from "../memory-watch.ts";
import { requestIdsIn } from "../records.ts";
import { createDice, type Dice } from "../seeded-random.ts";
import { type Board, createBoard } from "../slack-messages.ts";

const sizes = { short: { merchants: 400, perSecond: 100 }, full: { merchants: 10_000, perSecond: 150 } } as const;
const kills = 2;
/** How long one step may take that does not depend on the number of sub-merchants, in milliseconds. */
const patienceMs = 60_000;

export const bulk: Campaign = {
  name: "bulk",
  variants: (["sqlite", "postgres"] as const).map((engine) => ({ engine, run: (play) => run(engine, play) })),
};

async function run(engine: Variant["engine"], { seed, size }: Play): Promise<Report> {
  const startedAt = performance.now();
  const { merchants, perSecond } = sizes[size];
  const dice = createDice(seed);
  const instances = instancesOn(engine, size);
  const opsPorts: number[] = [];
  while (opsPorts.length < instances) opsPorts.push(await freePort());
  const environment = (index: number) => ({
    WECHATPAY_RATE: String(perSecond),
    OPS_PORT: String(opsPorts[index]),
  });
  const fleet = await openFleet({ engine, instances, mode: "http", dice: dice.for("fleet"), environment });
  const watch = watchMemory(opsPorts);
  try {
    const numbers = Array.from({ length: merchants }, (_, nth) => String(1_930_000_000 + nth));
    const found: string[] = [];
    const { board, message } = await approved(fleet, numbers);
    await killSome(fleet, dice.for("kills"), merchants);
    const end = () => / opened\b/.test(board.textOf(latest(board, message)));
    const withinMs = (merchants / perSecond) * 1_000 * 2 + patienceMs;
    if (!(await board.until(end, withinMs))) found.push(`not ended: ${board.textOf(latest(board, message))}`);
    const judged = await judgeBulk(fleet, numbers, { perSecond, found, message });
    const megabytes = (await watch.stop()).map(({ mb }) => mb);
    const memory = `${Math.min(...megabytes)} to ${Math.max(...megabytes)} MB`;
    return {
      title: `bulk request for ${merchants}, ${engine}, ${instances} instances: ${judged.figures}, resident memory ${memory}`,
      seed,
      operations: merchants,
      faults: kills,
      lost: found,
      doubled: judged.doubled,
      overtaken: [],
      otherFindings: [...judged.otherFindings, ...fleet.endedByThemselves],
      doubledPosts: judged.doubledPosts,
      seconds: (performance.now() - startedAt) / 1_000,
    };
  } finally {
    await watch.stop();
    await fleet.close();
  }
}

async function approved(fleet: Fleet, numbers: readonly string[]): Promise<{ board: Board; message: Message }> {
  const { slack } = fleet;
  const board = createBoard(slack);
  const crowd = createCrowd({ slack, board, patienceMs, pressAgainMs: 4_000 });
  await crowd.grant();
  const { channel } = crowd.openDesk();
  const result = await slack.type({ user: people.ann, channel, text: `/receipt open ${numbers.join(" ")}` });
  if (!result.acknowledged || result.ephemeral)
    throw new Error(`the bulk request was refused: ${result.ephemeral?.text}`);
  const message = await board.until(() => board.messages(channel)[0], patienceMs);
  if (!message) throw new Error("the message of the bulk request did not appear");
  await slack.clickStale(message, { user: people.bob, actionId: "approve" });
  return { board, message };
}

/** Kills instances at random moments of the second half. The first half shows the undisturbed rate. */
async function killSome({ weChatPay, kill, untilUp, instances }: Fleet, dice: Dice, merchants: number): Promise<void> {
  const moments = Array.from({ length: kills }, () => merchants * (0.5 + dice.fraction() * 0.4)).sort((a, b) => a - b);
  for (const moment of moments) {
    while (weChatPay.calls.length < moment) await delay(10);
    await kill(dice.below(instances));
    await untilUp();
  }
}

function latest(board: Board, { channel, ts }: Message): Message {
  return board.messages(channel).find((one) => one.ts === ts) ?? board.messages(channel)[0] ?? ({} as Message);
}

async function judgeBulk(
  fleet: Fleet,
  numbers: readonly string[],
  { perSecond, found, message }: { perSecond: number; found: string[]; message: Message },
) {
  const { slack, weChatPay } = fleet;
  const [requestId = ""] = requestIdsIn(message);
  const [counts = {}] = await fleet.rows(`select state, total, succeeded from requests where id = '${requestId}'`);
  if (counts["state"] !== "done" || counts["succeeded"] !== numbers.length)
    found.push(`the ledger says ${JSON.stringify(counts)}`);
  found.push(...numbers.filter((number) => weChatPay.states.get(number) !== "OPEN").map((one) => `${one} is not open`));
  const otherFindings: string[] = [];
  const bySubMchid = Map.groupBy(weChatPay.calls, ({ subMchid }) => subMchid);
  const doubled = [...bySubMchid].filter(([, calls]) => overlapsOf(calls).length > 0).map(([number]) => String(number));
  const rate = rateOf(weChatPay.calls, numbers.length);
  // A burst and the clock's resolution may add to it.
  if (rate > perSecond * 1.1) otherFindings.push(`${rate.toFixed(1)} calls a second exceed the limit of ${perSecond}`);
  const limited = slack.log.filter(({ outcome }) => outcome.kind === "rate-limited");
  if (limited.length > 0) otherFindings.push(`Slack rate-limited ${limited.length} calls`);
  const edits = slack.log.filter(({ method }) => method === "chat.update").map(({ at }) => at);
  const gaps = edits.slice(1).map((at, index) => at - (edits[index] ?? at));
  const again = weChatPay.calls.length - numbers.length;
  return {
    doubled,
    otherFindings,
    doubledPosts: slack.messages(message.channel).length - 1,
    figures: `${rate.toFixed(1)} calls/s of ${perSecond}, ${again} repeated, ${edits.length} edits, at least ${Math.min(...gaps)} ms apart`,
  };
}

/** Calls a second between the first tenth and the half. */
function rateOf(calls: readonly PlayedCall[], count: number): number {
  const [first, last] = [calls[Math.floor(count / 10)], calls[Math.floor(count / 2)]];
  if (!first || !last) return 0;
  return ((count / 2 - count / 10) / (last.startedAtMs - first.startedAtMs)) * 1_000;
}
