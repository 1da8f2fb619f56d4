/** The connection to PostgreSQL is cut, stalled and restored, also in the middle of a transaction or a commit. */
import { setTimeout as delay } from "node:timers/promises";
import { demoPeople as people } from "../../../src/playground/playground.ts";
import { type Campaign, instancesOn, type Play, type Report, runCampaign, type Stage } from "../campaign.ts";
import { formErrors, openRejection, submitRejection } from "../crowd.ts";
import type { TcpProxy } from "../network/tcp-proxy.ts";
import type { Dice } from "../seeded-random.ts";

const sizes = {
  short: { times: 3, desks: 4 },
  full: { times: 16, desks: 20 },
} as const;

/** How long the connection stays cut, in milliseconds. */
const awayAtLeastMs = 300;
const awayAtMaxMs = 3_000;
/** Instances must recover by themselves within this time, in milliseconds. */
const backWithinMs = 10_000;
/** How long a form may take to open, in milliseconds. */
const openWithinMs = 10_000;

/** A command may get no answer, or a report on the ledger; a delayed bot may still give one. */
const commandWords = /^$|ledger is unavailable|not certain|responding slowly/;
const formWords = /^$|ledger is unavailable|not certain|longer than usual/;

const cuts = ["cut", "stall", "statement", "commit", "commit-answer"] as const;

export const partition: Campaign = { name: "partition", variants: [{ engine: "postgres", run }] };

function run(play: Play): Promise<Report> {
  const { times, desks } = sizes[play.size];
  return runCampaign({
    ...play,
    title: "partition",
    fleet: { engine: "postgres", instances: instancesOn("postgres", play.size), mode: "http", isProxied: true },
    async play(stage) {
      const { fleet, crowd, dice } = stage;
      if (!fleet.proxy) throw new Error("the fleet has no proxy to cut");
      let isOver = false;
      const work = Array.from({ length: desks }, (_, index) =>
        crowd.work(crowd.openDesk(), dice.for(`desk ${index}`), async () => !isOver),
      );
      const when = dice.for("cuts");
      for (let time = 0; time < times; time++) {
        await askWhileAway(stage, fleet.proxy, when);
        await delay(when.below(500));
      }
      isOver = true;
      await Promise.all(work);
    },
  });
}

/** One command and one form meet the cut, and nobody else acts, so what these two people see must be true. */
async function askWhileAway(stage: Stage, proxy: TcpProxy, dice: Dice): Promise<void> {
  const { fleet, board, crowd, countFault, report } = stage;
  const how = dice.pick(cuts);
  const awayMs = awayAtLeastMs + dice.below(awayAtMaxMs - awayAtLeastMs);
  const desk = crowd.openDesk();
  const message = await crowd.submit(desk, "OPEN");
  if (!message) return;
  if (!(await openRejection(fleet.slack, message, openWithinMs)).isOpen) {
    report(`${desk.subMchid}: no form opened while the ledger was available`);
    return;
  }
  const submission = crowd.noteSubmission(crowd.openDesk(), "CLOSE");
  const name = (subMchid: string) => `${how} for ${awayMs} ms, ${subMchid}`;

  if (how === "cut") proxy.cut();
  else if (how === "stall") proxy.stall();
  else proxy.cutAt(how);
  const away = delay(awayMs);
  const [typed, submitted] = await Promise.all([crowd.type(submission), submitRejection(fleet.slack, message)]);
  const errors = formErrors(submitted, board);
  await away;
  if (!proxy.isOpen) countFault();
  proxy.mend();
  await untilBack(stage, name(desk.subMchid));

  const isRecorded = (await stateOf(stage, submission.subMchid)) !== undefined;
  if (!typed.isAcknowledged) report(`${name(submission.subMchid)}: the command was not answered: ${typed.words}`);
  else if (!commandWords.test(typed.words))
    report(`${name(submission.subMchid)}: the command was answered by: ${typed.words}`);
  if (isRecorded && typed.words.includes("Nothing was recorded"))
    report(`${name(submission.subMchid)}: the answer was "Nothing was recorded", but it was recorded`);
  const isPending = (await stateOf(stage, desk.subMchid)) === "pending";
  if (!submitted.acknowledged) report(`${name(desk.subMchid)}: the form was not acknowledged: ${submitted.errorText}`);
  else if (isPending && errors === "") report(`${name(desk.subMchid)}: the form changed nothing and was closed`);
  else if (!formWords.test(errors)) report(`${name(desk.subMchid)}: the form was answered by: ${errors}`);
  if (!isPending && errors.includes("Nothing was changed"))
    report(`${name(desk.subMchid)}: the answer was "Nothing was changed", but something was`);

  if (!isRecorded) await crowd.type(submission);
  const late = await board.until(() => board.messages(submission.channel)[0], backWithinMs);
  if (late && (await crowd.decide(submission, late, "reject"))) await crowd.untilEnded(submission, late);
  if (await crowd.decide(desk, message, "reject")) await crowd.untilEnded(desk, message);
}

/** Submits until every instance answers from the ledger again. */
async function untilBack({ fleet, crowd, report }: Stage, name: string): Promise<void> {
  const { channel } = crowd.openDesk();
  const mendedAt = performance.now();
  for (let inARow = 0; inARow < 2 * fleet.instances; ) {
    const result = await fleet.slack.type({ user: people.carol, channel, text: "/receipt help" });
    inARow = result.ephemeral?.text.includes("admin") ? inARow + 1 : 0;
    if (performance.now() - mendedAt > backWithinMs) {
      report(
        `${name}: ${backWithinMs} ms after the connection was restored, not every instance answers: ${result.ephemeral?.text ?? result.errorText}`,
      );
      return;
    }
    await delay(50);
  }
}

async function stateOf({ fleet }: Stage, subMchid: string): Promise<string | undefined> {
  const [row] = await fleet.rows(
    `select requests.state from requests join operations on operations.request_id = requests.id where sub_mchid = '${subMchid}'`,
  );
  return row && String(row["state"]);
}
