/** 10,000 sub-merchants in one request, in one step or two, run by instances two of which are killed on the way. */
import { setTimeout as delay } from "node:timers/promises";
import { type Step, type SwitchObject, stepsOf } from "../../../src/domain/goldplan/objects.ts";
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

/** Attempts in progress when an instance is killed, at most: those that an executor makes at once. */
const underWayMax = 32;

export const bulk = bulkOf("bulk", "receipt");
/** Receipts and 点金计划: each sub-merchant takes two calls. */
export const bulkInSteps = bulkOf("bulk-both", "both");

function bulkOf(name: string, object: SwitchObject): Campaign {
  const engines = ["sqlite", "postgres"] as const;
  return { name, variants: engines.map((engine) => ({ engine, run: (play) => run(engine, object, play) })) };
}

async function run(engine: Variant["engine"], object: SwitchObject, { seed, size }: Play): Promise<Report> {
  const startedAt = performance.now();
  const { merchants, perSecond } = sizes[size];
  const dice = createDice(seed);
  const instances = instancesOn(engine, size);
  const opsPorts: number[] = [];
  while (opsPorts.length < instances) opsPorts.push(await freePort());
  const environment = (index: number) => ({
    WECHATPAY_RATE: String(perSecond),
    OPS_PORT: String(opsPorts[index]),
    GOLDPLAN: "on",
  });
  const fleet = await openFleet({ engine, instances, mode: "http", dice: dice.for("fleet"), environment });
  const watch = watchMemory(opsPorts);
  try {
    const numbers = Array.from({ length: merchants }, (_, nth) => String(1_930_000_000 + nth));
    const found: string[] = [];
    const steps = stepsOf(object);
    const { board, message } = await approved(fleet, object, numbers);
    await killSome(fleet, dice.for("kills"), merchants, steps.length);
    const end = () => / opened\b/.test(board.textOf(latest(board, message)));
    const withinMs = ((merchants * steps.length) / perSecond) * 1_000 * 2 + patienceMs;
    if (!(await board.until(end, withinMs))) found.push(`not ended: ${board.textOf(latest(board, message))}`);
    const judged = await judgeBulk(fleet, numbers, { steps, perSecond, found, message });
    const megabytes = (await watch.stop()).map(({ mb }) => mb);
    const memory = `${Math.min(...megabytes)} to ${Math.max(...megabytes)} MB`;
    return {
      title: `bulk request for ${merchants}, ${object}, ${engine}, ${instances} instances: ${judged.figures}, resident memory ${memory}`,
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

async function approved(
  fleet: Fleet,
  object: SwitchObject,
  numbers: readonly string[],
): Promise<{ board: Board; message: Message }> {
  const { slack } = fleet;
  const board = createBoard(slack);
  const crowd = createCrowd({ slack, board, patienceMs, pressAgainMs: 4_000 });
  await crowd.grant();
  const { channel } = crowd.openDesk();
  const result = await slack.type({ user: people.ann, channel, text: `/receipt ${object} open ${numbers.join(" ")}` });
  if (!result.acknowledged || result.ephemeral)
    throw new Error(`the bulk request was refused: ${result.ephemeral?.text}`);
  const message = await board.until(() => board.messages(channel)[0], patienceMs);
  if (!message) throw new Error("the message of the bulk request did not appear");
  await slack.clickStale(message, { user: people.bob, actionId: "approve" });
  return { board, message };
}

/**
 * Kills instances at random moments of the second half of each step, which all sub-merchants reach before the next. The
 * first half of the first step shows the undisturbed rate.
 */
async function killSome(
  { weChatPay, kill, untilUp, instances }: Fleet,
  dice: Dice,
  merchants: number,
  steps: number,
): Promise<void> {
  const moments = Array.from(
    { length: kills },
    (_, nth) => merchants * ((nth % steps) + 0.5 + dice.fraction() * 0.4),
  ).sort((a, b) => a - b);
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
  {
    steps,
    perSecond,
    found,
    message,
  }: { steps: readonly Step[]; perSecond: number; found: string[]; message: Message },
) {
  const { slack, weChatPay } = fleet;
  const [requestId = ""] = requestIdsIn(message);
  const [counts = {}] = await fleet.rows(`select state, total, succeeded from requests where id = '${requestId}'`);
  if (counts["state"] !== "done" || counts["succeeded"] !== numbers.length)
    found.push(`the ledger says ${JSON.stringify(counts)}`);
  for (const step of steps)
    found.push(
      ...numbers
        .filter((number) => weChatPay.switchesOf(number)[step] !== "OPEN")
        .map((number) => `${step} of ${number} is not open`),
    );
  const otherFindings: string[] = [];
  const bySubMchid = Map.groupBy(weChatPay.calls, ({ subMchid }) => subMchid);
  const doubled = [...bySubMchid].flatMap(([number, calls]) => doubledIn(calls).map((what) => `${number}: ${what}`));
  const rate = rateOf(weChatPay.calls, numbers.length);
  // A burst and the clock's resolution may add to it.
  if (rate > perSecond * 1.1) otherFindings.push(`${rate.toFixed(1)} calls a second exceed the limit of ${perSecond}`);
  const limited = slack.log.filter(({ outcome }) => outcome.kind === "rate-limited");
  if (limited.length > 0) otherFindings.push(`Slack rate-limited ${limited.length} calls`);
  const edits = slack.log.filter(({ method }) => method === "chat.update").map(({ at }) => at);
  const gaps = edits.slice(1).map((at, index) => at - (edits[index] ?? at));
  const again = weChatPay.calls.length - numbers.length * steps.length;
  if (again > kills * underWayMax) doubled.push(`${again} repeated calls are more than ${kills} kills interrupted`);
  return {
    doubled,
    otherFindings,
    doubledPosts: slack.messages(message.channel).length - 1,
    figures: `${rate.toFixed(1)} calls/s of ${perSecond}, ${again} repeated, ${edits.length} edits, at least ${Math.min(...gaps)} ms apart`,
  };
}

/** What is wrong with the calls for one sub-merchant: overlaps, and calls for 点金计划 around those for the receipt. */
function doubledIn(calls: readonly PlayedCall[]): string[] {
  const inOrder = calls.every(({ step }, nth) => step === "goldplan" || calls[nth - 1]?.step !== "goldplan");
  return [
    ...(overlapsOf(calls).length > 0 ? ["two calls overlapped"] : []),
    ...(inOrder ? [] : ["the receipt was called after 点金计划"]),
  ];
}

/** Calls a second between the first tenth and the half. */
function rateOf(calls: readonly PlayedCall[], count: number): number {
  const [first, last] = [calls[Math.floor(count / 10)], calls[Math.floor(count / 2)]];
  if (!first || !last) return 0;
  return ((count / 2 - count / 10) / (last.startedAtMs - first.startedAtMs)) * 1_000;
}
