/** Several people decide on the same request at the same moment, on any instances. Exactly one decision counts. */
import { demoPeople as people } from "../../../src/playground/playground.ts";
import {
  type Campaign,
  instancesOn,
  type Play,
  type Report,
  runCampaign,
  type Stage,
  type Variant,
} from "../campaign.ts";
import { type Decision, type Desk, formErrors, openRejection, pressOf, submitRejection } from "../crowd.ts";
import { type LedgerRequest, type Records, requestIdsIn } from "../records.ts";
import type { Dice } from "../seeded-random.ts";

const sizes = {
  /** Few at once, so that a machine with two cores does not use up Slack's three seconds. */
  short: { requests: 12, atOnce: 3 },
  full: { requests: 1_000, atOnce: 12 },
} as const;

type Name = keyof typeof people;

/** Who presses what. @bob presses twice, as people do when a button seems not to react. */
const rivals: readonly { who: Name; decision: Decision }[] = [
  { who: "bob", decision: "approve" },
  { who: "dan", decision: "reject" },
  { who: "ann", decision: "withdraw" },
  { who: "carol", decision: "approve" },
  { who: "bob", decision: "approve" },
];
/** A channel accepts five messages at once: the request, its outcome, and the answers to three people who lost. */
const rivalsMax = 4;
const answeredWithinMs = 15_000;

export const race: Campaign = {
  name: "race",
  variants: (["sqlite", "postgres"] as const).map((engine) => ({ engine, run: (play) => run(engine, play) })),
};

function run(engine: Variant["engine"], play: Play): Promise<Report> {
  const { requests, atOnce } = sizes[play.size];
  const raced: Raced[] = [];
  return runCampaign({
    ...play,
    title: "race",
    fleet: { engine, instances: instancesOn(engine, play.size), mode: "http" },
    async play(stage) {
      let begun = 0;
      const lane = async () => {
        for (let number = begun++; number < requests; number = begun++) {
          const one = await decideAtOnce(stage, stage.dice.for(`request ${number}`));
          if (one) raced.push(one);
        }
      };
      await Promise.all(Array.from({ length: atOnce }, lane));
    },
    judgeMore: (records, stage) => judgeAnswers(raced, records, stage),
  });
}

interface Raced {
  desk: Desk;
  requestId: string;
  clicks: { who: Name; decision: Decision }[];
  /** The error in @dan's form if it did not reject; empty if it did, or if he did not press. */
  formErrors: string;
}

async function decideAtOnce(
  { fleet, board, crowd, countFault, report }: Stage,
  dice: Dice,
): Promise<Raced | undefined> {
  const desk = crowd.openDesk();
  const message = await crowd.submit(desk, "OPEN");
  if (!message) return undefined;
  const [requestId = ""] = requestIdsIn(message);
  const chosen = shuffled(rivals, dice).slice(0, 2 + dice.below(rivalsMax - 1));
  const isRejecting = chosen.some(({ decision }) => decision === "reject");
  const hasForm = !isRejecting || (await openRejection(fleet.slack, message, answeredWithinMs)).isOpen;
  if (!hasForm) report(`${desk.subMchid}: @dan got no form to reject with`);
  // Without the form there is nothing that he could submit; the others decide all the same.
  const clicks = chosen.filter(({ decision }) => hasForm || decision !== "reject");
  let errors = "";
  const results = await Promise.all(
    clicks.map(async ({ who, decision }) => {
      countFault();
      if (decision === "reject") {
        const submitted = await submitRejection(fleet.slack, message);
        errors = formErrors(submitted, board);
        return submitted;
      }
      return fleet.slack.clickStale(message, { ...pressOf(decision, requestId), user: people[who] });
    }),
  );
  for (const [index, { acknowledged, errorText }] of results.entries())
    if (!acknowledged) report(`${desk.subMchid}: @${clicks[index]?.who}'s click was not acknowledged: ${errorText}`);
  await crowd.untilEnded(desk, message);
  return { desk, requestId, clicks, formErrors: errors };
}

const verbs: Readonly<Record<string, string>> = { approve: "approved", reject: "rejected", withdraw: "withdrew" };

/** The answer when Slack was too slow to identify a person, as happens on a busy machine. It does not count as lost. */
const unasked = /^Slack did not /;

/** One click counted and its owner got no message; everyone else learnt who won, and with what. */
async function judgeAnswers(raced: readonly Raced[], { requests }: Records, { board, report }: Stage): Promise<void> {
  const byId = new Map(requests.map((request): [string, LedgerRequest] => [request.id, request]));
  for (const { desk, requestId, clicks, formErrors } of raced) {
    const decidedBy = byId.get(requestId)?.decidedBy;
    const winner = clicks.find(({ who }) => people[who] === decidedBy);
    if (!winner) {
      report(`${desk.subMchid}: decided by ${decidedBy}, who pressed nothing`);
      continue;
    }
    for (const who of new Set(clicks.map((click) => click.who))) {
      const lost = clicks.filter((click) => click.who === who).length - (who === winner.who ? 1 : 0);
      const words = `${who === winner.who ? "You already" : `@${winner.who}`} ${verbs[winner.decision]} this`;
      const inForm = who === "dan" && formErrors !== "" ? [formErrors] : [];
      const replies = () => [...board.privateReplies(desk.channel, people[who]).map(board.textOf), ...inForm];
      const matching = () => replies().filter((one) => one.includes(words) || unasked.test(one));
      await board.until(() => matching().length >= lost, answeredWithinMs);
      if (matching().length !== lost || replies().length !== lost)
        report(
          `${desk.subMchid}: @${who} lost ${lost} times to @${winner.who} and read: ${replies().join(" / ") || "nothing"}`,
        );
    }
  }
}

function shuffled<T>(all: readonly T[], dice: Dice): T[] {
  return all
    .map((one) => ({ one, place: dice.fraction() }))
    .sort((a, b) => a.place - b.place)
    .map(({ one }) => one);
}
