/**
 * The clock of an instance is ten minutes off: people learn it, and no two calls for one operation overlap because of
 * it.
 */
import { fileURLToPath } from "node:url";
import type { Message } from "../../../src/playground/slack/state.ts";
import { type Campaign, instancesOn, type Play, type Report, runCampaign, type Stage } from "../campaign.ts";
import type { Desk } from "../crowd.ts";

const offMs = 10 * 60_000;
/** WeChat Pay is slow, so that an attempt that starts too early would overlap with it. */
const callMs = 100;

/** The environment of a bot whose clock is off by `offsetMs`. */
function clockOff(byMs: number): Record<string, string> {
  const preload = fileURLToPath(new URL("wrong-clock.ts", import.meta.url));
  return { NODE_OPTIONS: `--import ${preload}`, FAULTS_CLOCK_OFF_MS: String(byMs) };
}

/** Over Socket Mode, because a bot whose clock is ahead refuses Slack's signed requests. */
const mode = "socket";

export const clock: Campaign = {
  name: "clock",
  variants: [
    { engine: "sqlite", run: (play) => (play.size === "short" ? corrected(play) : refused(play, offMs)) },
    { engine: "postgres", run: (play) => oneOff(play, offMs) },
    { engine: "sqlite", run: (play) => (play.size === "short" ? corrected(play) : refused(play, -offMs)) },
    { engine: "postgres", run: (play) => oneOff(play, -offMs) },
  ],
};

/** Every call is refused until the attempts are used up. The thread says why, and how far the clock is off. */
function refused(play: Play, byMs: number): Promise<Report> {
  const desks: Desk[] = [];
  return runCampaign({
    ...play,
    title: `clock ${nameOf(byMs)}`,
    fleet: { engine: "sqlite", instances: 1, mode, environment: () => clockOff(byMs) },
    async play({ crowd, countFault }) {
      for (let count = 0; count < 10; count++) desks.push(crowd.openDesk());
      countFault();
      await Promise.all(
        desks.map(async (desk) => {
          const message = await approved({ crowd }, desk);
          if (message) await crowd.untilEnded(desk, message);
        }),
      );
    },
    async judgeMore(_records, { board, report }) {
      const words = `The bot's clock is 10 minutes ${byMs > 0 ? "ahead of" : "behind"} WeChat Pay's.`;
      for (const { channel, subMchid } of desks) {
        const thread = board.replies(channel).map(board.textOf);
        if (!thread.some((text) => text.includes(words)))
          report(`${subMchid}: the thread does not contain "${words}" but: ${thread.join(" / ") || "nothing"}`);
      }
    },
  });
}

/** The message reports the clock during the retries. Once the clock is right, the operation succeeds by itself. */
function corrected(play: Play): Promise<Report> {
  let byMs = -offMs;
  return runCampaign({
    ...play,
    title: `clock ${nameOf(byMs)}, then corrected`,
    fleet: { engine: "sqlite", instances: 1, mode, environment: () => (byMs === 0 ? {} : clockOff(byMs)) },
    async play({ fleet, board, crowd, countFault, report }) {
      countFault();
      const desk = crowd.openDesk();
      const message = await approved({ crowd }, desk);
      if (!message) return;
      const says = () =>
        board.messages(desk.channel).some((one) => board.textOf(one).includes("The bot's clock is off; retrying"));
      if (!(await board.until(says, 5_000))) report(`${desk.subMchid}: the message does not say that the clock is off`);
      byMs = 0;
      await fleet.restart(0);
      await crowd.untilEnded(desk, message);
      const shown = board.messages(desk.channel).map(board.textOf).join(" / ");
      if (!shown.includes("Receipts opened"))
        report(`${desk.subMchid}: not opened after the clock was corrected: ${shown}`);
    },
  });
}

async function approved({ crowd }: Pick<Stage, "crowd">, desk: Desk): Promise<Message | undefined> {
  const message = await crowd.submit(desk, "OPEN");
  return message && (await crowd.decide(desk, message, "approve")) ? message : undefined;
}

const sizes = {
  short: { desks: 10, operations: 20 },
  full: { desks: 40, operations: 300 },
} as const;

/** The other instances are right. Leases and due times come from the ledger's clock, not from any machine's. */
function oneOff(play: Play, byMs: number): Promise<Report> {
  const { desks, operations } = sizes[play.size];
  return runCampaign({
    ...play,
    title: `clock of one instance ${nameOf(byMs)}`,
    fleet: {
      engine: "postgres",
      instances: instancesOn("postgres", play.size),
      mode,
      environment: (index) => (index === 0 ? clockOff(byMs) : {}),
    },
    async play({ fleet, crowd, dice, countFault }) {
      fleet.weChatPay.delayMs = callMs;
      countFault();
      const more = async () => crowd.submissions.length < operations;
      const work = (_: unknown, index: number) => crowd.work(crowd.openDesk(), dice.for(`desk ${index}`), more);
      await Promise.all(Array.from({ length: desks }, work));
    },
  });
}

function nameOf(byMs: number): string {
  return `${Math.abs(byMs) / 60_000} minutes ${byMs > 0 ? "ahead" : "behind"}`;
}
