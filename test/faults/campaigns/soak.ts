/** Hundreds of thousands of operations in one process, in requests of 300: its memory must not grow with them. */
import { freePort } from "../../../src/playground/free-port.ts";
import { demoPeople as people } from "../../../src/playground/playground.ts";
import type { Campaign, Play, Report } from "../campaign.ts";
import { createCrowd } from "../crowd.ts";
import { type Fleet, openFleet } from "../fleet.ts";
import { growthIn, watchMemory } from "../memory-watch.ts";
import { createDice } from "../seeded-random.ts";
import { type Board, createBoard } from "../slack-messages.ts";

const sizes = { short: 900, full: 200_000 } as const;
const perRequest = 300;
/** Requests under way at once, so that the executor never waits for people. */
const atOnce = 3;
/** No more requests begin after this time, in milliseconds. */
const beginWithinMs = 570_000;
/** How long a request may take, in milliseconds. */
const patienceMs = 120_000;
/** The second half may add this much to the memory, in percent. */
const growthMax = 5;
/** In a shorter run, Node's heap has not reached its usual size in the middle. */
const judgedFrom = 100_000;

export const soak: Campaign = { name: "soak", isOnRequest: true, variants: [{ engine: "sqlite", run }] };

async function run({ seed, size, operations: wanted = sizes[size] }: Play): Promise<Report> {
  const startedAt = performance.now();
  const opsPort = await freePort();
  const environment = () => ({ WECHATPAY_RATE: "2000", OPS_PORT: String(opsPort) });
  const dice = createDice(seed).for("fleet");
  const fleet = await openFleet({ engine: "sqlite", instances: 1, mode: "http", dice, environment });
  const watch = watchMemory([opsPort]);
  try {
    const board = createBoard(fleet.slack);
    const lost: string[] = [];
    const crowd = createCrowd({ slack: fleet.slack, board, patienceMs, pressAgainMs: 4_000 });
    await crowd.grant();
    let begun = 0;
    const isMore = () => begun * perRequest < wanted && performance.now() - startedAt < beginWithinMs;
    async function keepGoing(worker: number): Promise<void> {
      for (let lap = 0; isMore() && lost.length === 0; lap++) {
        begun += 1;
        const { channel } = crowd.openDesk();
        lost.push(...(await carryOut(fleet, board, { channel, worker, lap })));
      }
    }
    await Promise.all(Array.from({ length: atOnce }, (_, worker) => keepGoing(worker)));
    const { middleMb, endMb, percent } = growthIn(await watch.stop());
    const [counts] = await fleet.rows("select count(*) as n from operations where state = 'succeeded'");
    const succeeded = Number(counts?.["n"]);
    if (succeeded !== begun * perRequest) lost.push(`${succeeded} of ${begun * perRequest} operations succeeded`);
    const isJudged = succeeded >= judgedFrom;
    const memory = `${middleMb} MB in the middle, ${endMb} MB at the end (${percent.toFixed(1)} %${isJudged ? "" : ", too short to judge"})`;
    return {
      title: `soak, one process, requests of ${perRequest}: resident memory ${memory}`,
      seed,
      operations: succeeded,
      faults: 0,
      lost,
      doubled: [],
      overtaken: [],
      otherFindings: [
        ...(isJudged && !(percent < growthMax) ? [`memory grew: ${memory}`] : []),
        ...fleet.endedByThemselves,
      ],
      doubledPosts: 0,
      seconds: (performance.now() - startedAt) / 1_000,
    };
  } finally {
    await watch.stop();
    await fleet.close();
  }
}

/** Submits and approves one request, and waits for its outcome. Resolves to what was lost. */
async function carryOut(
  { slack }: Fleet,
  board: Board,
  { channel, worker, lap }: { channel: string; worker: number; lap: number },
): Promise<string[]> {
  const first = 1_940_000_000 + worker * perRequest;
  const numbers = Array.from({ length: perRequest }, (_, nth) => first + nth);
  const text = `/receipt ${lap % 2 === 0 ? "open" : "close"} ${numbers.join(" ")}`;
  const { ephemeral } = await slack.type({ user: people.ann, channel, text });
  const message = await board.until(() => board.messages(channel)[0], patienceMs);
  if (!message) return [`the message of ${text.slice(0, 40)}… did not appear: ${ephemeral?.text ?? "no answer"}`];
  await slack.clickStale(message, { user: people.bob, actionId: "approve" });
  const isEnded = () => board.replies(channel).some((one) => / for all \d+ sub-merchants/.test(board.textOf(one)));
  return (await board.until(isEnded, patienceMs)) ? [] : [`${channel}: no outcome within ${patienceMs} ms`];
}
