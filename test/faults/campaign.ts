/**
 * The frame of every campaign: opens a fleet, lets people work while faults are injected, waits until the ledger
 * settles, and judges.
 */
import type { Store } from "../../src/storage/schema.ts";
import { type Crowd, createCrowd } from "./crowd.ts";
import { type Fleet, type FleetOptions, openFleet } from "./fleet.ts";
import { type Judgement, judge } from "./judge.ts";
import { collectRecords, type Records, untilSettled } from "./records.ts";
import { createDice, type Dice } from "./seeded-random.ts";
import { type Board, createBoard } from "./slack-messages.ts";

/** The length of a campaign. `short` is part of `npm test`. */
export type Size = "short" | "full";

export interface Play {
  size: Size;
  seed: number;
  /** How many operations a campaign carries out, if that can be chosen. Default: by its size. */
  operations?: number;
}

/** One variant of a campaign. */
export interface Variant {
  engine: Store["engine"];
  run(play: Play): Promise<Report>;
}

export interface Campaign {
  name: string;
  /** Whether it only runs if it is named. */
  isOnRequest?: true;
  variants: readonly Variant[];
}

export interface Report extends Judgement {
  title: string;
  seed: number;
  faults: number;
  /** Findings outside the judge's scope: an instance that ended by itself, an answer that never came. */
  otherFindings: string[];
  seconds: number;
}

/** One on SQLite, which serves one machine; several on PostgreSQL. */
export function instancesOn(engine: Store["engine"], size: Size): number {
  if (engine === "sqlite") return 1;
  return size === "short" ? 2 : 3;
}

export interface Stage {
  fleet: Fleet;
  board: Board;
  crowd: Crowd;
  dice: Dice;
  /** Counts an injected fault. */
  countFault(): void;
  /** Records a finding. */
  report(sentence: string): void;
}

export interface CampaignNeeds extends Play {
  title: string;
  fleet: Omit<FleetOptions, "dice">;
  /** How long people wait for one thing, in milliseconds. Default: 60,000. */
  patienceMs?: number;
  /** How long the ledger may take to settle afterwards, in milliseconds. Default: 60,000. */
  settleMs?: number;
  play(stage: Stage): Promise<void>;
  /** What only this campaign can judge. */
  judgeMore?(records: Records, stage: Stage): Promise<void>;
}

export async function runCampaign(needs: CampaignNeeds): Promise<Report> {
  const { seed, patienceMs = 60_000, settleMs = 60_000 } = needs;
  const startedAt = performance.now();
  const dice = createDice(seed);
  const fleet = await openFleet({ ...needs.fleet, dice: dice.for("fleet") });
  try {
    const board = createBoard(fleet.slack);
    const crowd = createCrowd({ slack: fleet.slack, board, patienceMs, pressAgainMs: 4_000 });
    const otherFindings: string[] = [];
    let faults = 0;
    const stage: Stage = {
      fleet,
      board,
      crowd,
      dice,
      countFault: () => void faults++,
      report: (sentence) => void otherFindings.push(sentence),
    };
    await crowd.grant();
    await needs.play(stage);
    await untilSettled(fleet, settleMs);
    const records = await collectRecords(fleet, board, crowd.submissions);
    await needs.judgeMore?.(records, stage);
    const judgement = judge(records);
    return {
      ...judgement,
      lost: [...judgement.lost, ...crowd.stuck],
      otherFindings: [...otherFindings, ...crowd.untrue, ...fleet.endedByThemselves],
      title: `${needs.title}, ${describe(needs.fleet)}`,
      seed,
      faults,
      seconds: (performance.now() - startedAt) / 1_000,
    };
  } finally {
    await fleet.close();
  }
}

function describe({ engine, instances, mode }: CampaignNeeds["fleet"]): string {
  const ledger = { sqlite: "SQLite", postgres: "PostgreSQL" }[engine];
  return `${ledger}, ${instances} ${instances === 1 ? "instance" : "instances"}, ${{ http: "HTTP", socket: "Socket Mode" }[mode]}`;
}

/** One line of figures. */
export function lineOf(report: Report): string {
  const { title, seed, operations, faults, lost, doubled, overtaken, otherFindings, doubledPosts, seconds } = report;
  const figures = [
    `operations ${operations}`,
    `faults ${faults}`,
    `lost ${lost.length}`,
    `double decisions ${doubled.length}`,
    `overtaken ${overtaken.length}`,
    `other findings ${otherFindings.length}`,
    `duplicate posts ${doubledPosts}`,
    `${Math.round(seconds)} s`,
  ];
  return `${title}, seed ${seed}: ${figures.join(", ")}`;
}

/** The findings as sentences. Empty if every promise was kept. */
export function findingsOf({ lost, doubled, overtaken, otherFindings }: Report): string[] {
  const named = (kind: string, sentences: readonly string[]) => sentences.map((sentence) => `${kind}: ${sentence}`);
  return [
    ...named("lost", lost),
    ...named("decided twice", doubled),
    ...named("overtaken", overtaken),
    ...named("wrong", otherFindings),
  ];
}
