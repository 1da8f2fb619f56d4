/** kill -9 at random moments, while people submit, approve, reject and withdraw. */
import { setTimeout as delay } from "node:timers/promises";
import { type Campaign, instancesOn, type Play, type Report, runCampaign } from "../campaign.ts";
import type { FleetOptions } from "../fleet.ts";

const sizes = {
  short: { kills: 4, operations: 20, desks: 10 },
  full: { kills: 200, operations: 1_200, desks: 100 },
  /** The same over Socket Mode, where the connection that delivers payloads is lost too. */
  socket: { kills: 40, operations: 240, desks: 40 },
} as const;

/** An instance lives for a random number of exchanges with Slack and WeChat Pay, and for at most this long. */
const livesMax = { exchanges: 50, ms: 1_000 };
/** How far the next exchange has come by then is random too, in milliseconds. */
const untilKilledMaxMs = 30;
/** A post that is killed half-way waits for its lease of 12 s to expire, several times in a row in unlucky cases. */
const patienceMs = 120_000;
/** The share of kills that may hit an instance that is still starting. */
const whileStarting = 0.15;

export const kill: Campaign = {
  name: "kill",
  variants: [
    { engine: "postgres", run: (play) => run("postgres", "http", play) },
    { engine: "sqlite", run: (play) => run("sqlite", "http", play) },
    { engine: "postgres", run: (play) => run("postgres", "socket", play) },
  ],
};

function run(engine: FleetOptions["engine"], mode: FleetOptions["mode"], play: Play): Promise<Report> {
  const { kills, operations, desks } = sizes[play.size === "full" && mode === "socket" ? "socket" : play.size];
  const instances = instancesOn(engine, play.size);
  return runCampaign({
    ...play,
    title: "kill",
    patienceMs,
    fleet: { engine, instances, mode },
    async play({ fleet, board, crowd, dice, countFault }) {
      let killed = 0;
      // Requests are spread over the kills, so that each kill meets some work.
      const allowed = () => Math.min(operations, desks + Math.ceil((operations * killed) / kills));
      const more = async () => {
        await board.until(() => crowd.submissions.length < allowed() || killed === kills, Number.POSITIVE_INFINITY);
        return crowd.submissions.length < operations;
      };
      const work = Array.from({ length: desks }, (_, index) =>
        crowd.work(crowd.openDesk(), dice.for(`desk ${index}`), more),
      );
      const when = dice.for("kills");
      const exchanges = () => fleet.slack.log.length + fleet.weChatPay.calls.length;
      while (killed < kills) {
        const victim = when.below(instances);
        if (!when.happens(whileStarting)) {
          await fleet.untilUp(victim);
          const last = exchanges() + when.below(livesMax.exchanges);
          await board.until(() => exchanges() >= last, livesMax.ms);
        }
        await delay(when.below(untilKilledMaxMs));
        await fleet.kill(victim);
        killed += 1;
        countFault();
      }
      await Promise.all(work);
    },
    async judgeMore(_, { fleet, report }) {
      const rows = await fleet.rows("select sub_mchid from operations where topic = 'unfinished'");
      for (const { sub_mchid: subMchid } of rows) report(`${subMchid}: kills alone used up its attempts`);
    },
  });
}
