/**
 * Acknowledging a command that is first recorded on disk, compared with a Bolt app that only acknowledges, and with one
 * that writes a single row for each command.
 */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { SlackQuestion } from "../baselines/slack-stand-in.ts";
import { botSettings, temporaryFolder } from "../bot-settings.ts";
import { figure, median, type Result } from "../figures.ts";
import type { Load, Loaded } from "../load/command-load.ts";
import { people, signingSecret } from "../load/commands.ts";
import { bareBoltScript, botScript, durableBoltScript, startServer } from "../server-process.ts";
import { startSideProcess } from "../side-process.ts";

const paced = { perSecond: 500, seconds: 4, rounds: 5 };
/** A round ends early on a machine that answers all prepared commands within its `seconds`. */
const saturated = { connections: 64, seconds: 3, rounds: 5, commands: 36_000 };
const warmUpSeconds = 2;

/** One round of the load, for each server in turn. */
type Round = Record<"ours" | "bare" | "durable", Loaded>;

export async function measureAcknowledging(): Promise<Result[]> {
  await using folder = await temporaryFolder();
  await using slack = startSideProcess<SlackQuestion, string>("./baselines/slack-stand-in.ts");
  await using load = startSideProcess<Load, Loaded>("./load/command-load.ts");
  const databasePath = join(folder.path, "receipts.db");
  const secret = { SLACK_SIGNING_SECRET: signingSecret };
  await using bare = await startServer(bareBoltScript, secret);
  await using durable = await startServer(durableBoltScript, { ...secret, DATABASE: join(folder.path, "commands.db") });
  let sent = 0;

  /** Every command uses a new number, whichever server it goes to. */
  async function run(round: Extract<Load, { kind: "paced" | "saturated" }>): Promise<Loaded> {
    const loaded = await load.ask(round);
    sent += round.kind === "paced" ? round.seconds * round.perSecond : round.commands;
    return loaded;
  }

  const bots: Loaded[] = [];
  const pacedRounds: Round[] = [];
  const saturatedRounds: Round[] = [];
  {
    await using bot = await startServer(botScript, botSettings(databasePath, await slack.ask({ kind: "start" })));
    const grant = `grant <@${people.requester}|ann> requester`;
    await load.ask({ kind: "one", port: bot.port, userId: people.admin, text: grant });

    const rateLimit = (port: number, seconds = paced.seconds) =>
      run({ kind: "paced", port, perSecond: paced.perSecond, seconds, firstNumber: sent });
    const saturate = (port: number, seconds = saturated.seconds) =>
      run({ kind: "saturated", ...saturated, port, seconds, firstNumber: sent });
    for (const { port } of [bare, durable, bot]) {
      const warm = [await saturate(port, warmUpSeconds), await rateLimit(port, warmUpSeconds)];
      if (port === bot.port) bots.push(...warm);
    }
    for (let round = 0; round < paced.rounds; round++)
      pacedRounds.push({
        bare: await rateLimit(bare.port),
        durable: await rateLimit(durable.port),
        ours: await rateLimit(bot.port),
      });
    for (let round = 0; round < saturated.rounds; round++)
      saturatedRounds.push({
        bare: await saturate(bare.port),
        durable: await saturate(durable.port),
        ours: await saturate(bot.port),
      });
  }
  bots.push(...[...pacedRounds, ...saturatedRounds].map((round) => round.ours));
  const recorded = bots.reduce((sum, loaded) => sum + loaded.acknowledged, 0);
  assertRecorded(databasePath, recorded);

  const mid = (who: keyof Round, what: keyof Loaded) => median(pacedRounds.map((round) => round[who][what]));
  const latencies = (who: keyof Round) => `p50 ${figure(mid(who, "p50Ms"))} ms, p99 ${figure(mid(who, "p99Ms"))} ms`;
  const p99Above = (who: keyof Round) => median(pacedRounds.map((round) => round[who].p99Ms - round.bare.p99Ms));
  const rate = (who: keyof Round) => `${figure(median(saturatedRounds.map((round) => round[who].perSecond)))}/s`;
  const ratioTo = (whom: "bare" | "durable") =>
    median(saturatedRounds.map((round) => round.ours.perSecond / round[whom].perSecond));
  const busiest = Math.max(...saturatedRounds.flatMap((round) => Object.values(round).map(({ busy }) => busy)));
  return [
    {
      what: `acknowledging \`/receipt open\` once it is on disk, ${paced.perSecond} a second, p99 above bare Bolt`,
      ours: latencies("ours"),
      baseline: latencies("bare"),
      figure: p99Above("ours"),
      target: { max: 3 },
      unit: " ms",
      notes: [
        `Latency counts from the moment a command is due, so it includes the load's own timers, up to 1 ms for both; medians of ${paced.rounds} interleaved rounds of ${paced.seconds} s.`,
        `A Bolt with one durable row per command: ${latencies("durable")}, ${figure(p99Above("durable"))} ms above bare Bolt.`,
      ],
    },
    {
      what: `the same, saturated by ${saturated.connections} connections, relative to a Bolt with one durable row per command`,
      ours: rate("ours"),
      baseline: rate("durable"),
      figure: ratioTo("durable"),
      target: { least: 0.5 },
      unit: "x",
      notes: [
        "The row is written with synchronous=FULL, and commands that arrive together share a commit, as in the bot.",
      ],
    },
    {
      what: "the same, relative to bare Bolt's rate",
      ours: rate("ours"),
      baseline: rate("bare"),
      figure: ratioTo("bare"),
      target: { least: 0.34 },
      unit: "x",
      notes: [
        `A round takes ${saturated.seconds} s, or as long as ${saturated.commands.toLocaleString("en")} commands take if that is less.`,
        `All ${recorded.toLocaleString("en")} acknowledged commands were in the ledger afterwards. They stay pending, and the reporter posts them during the load at Slack's limit of one a second per channel.`,
        `The load process was busy at most ${Math.round(busiest * 100)} % of the time.`,
      ],
    },
  ];
}

/** Acknowledged means recorded: the ledger contains every command that the load counted. */
function assertRecorded(databasePath: string, acknowledged: number): void {
  const database = new DatabaseSync(databasePath, { readOnly: true });
  const recorded = database.prepare("select count(*) as n from requests").get()?.["n"];
  database.close();
  if (recorded !== acknowledged) throw new Error(`${acknowledged} acknowledged, ${recorded} in the ledger`);
}
