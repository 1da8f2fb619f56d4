/** Commands, pages and claims on a ledger of a million operations, compared with one of a thousand. */
import { pino } from "pino";
import { assembleBot, type Bot } from "../../../src/bot.ts";
import { silentMetrics } from "../../../src/domain/telemetry/metrics.ts";
import { noTickets } from "../../../src/domain/tickets/tickets.ts";
import { createLedger, type Ledger } from "../../../src/ledger/ledger.ts";
import type { ClaimedAttempt } from "../../../src/ledger/operations/operations.ts";
import { systemClock, systemRandom } from "../../../src/system-clock.ts";
import { en } from "../../../src/text/en/catalogue.ts";
import { stepCalls } from "../../jobs/step-calls.ts";
import { type Engine, engines } from "../../storage/engines.ts";
import { figure, median, type Result } from "../figures.ts";
import { fill, people, subMchidOf, undecidedOf } from "../load/filled-ledger.ts";

const sizes = { small: 1_000, large: 1_000_000 } as const;
type Size = keyof typeof sizes;
/** Timed calls of each kind to each ledger in turn, after some untimed ones. */
const rounds = 200;
const warmUps = 20;

/** A bot that is not started, so that only the benchmark claims from its ledger. */
interface Filled {
  handlers: Bot["handlers"];
  ledger: Ledger;
  operations: number;
  /** When its newest request was submitted. */
  now: number;
}

/** One call, the `n`th of its kind. Resolves to a function that undoes it, untimed, before the next. */
type Call = (filled: Filled, n: number) => Promise<(() => Promise<void>) | undefined>;

/** Delivers a typed command as Slack does, with a number from the ledger for NUMBER, and waits for the answer. */
const typed = (words: string): Call => {
  return async ({ handlers, operations }, n) => {
    const text = words.replace("NUMBER", subMchidOf(operations, n * 31));
    const handles = { trigger_id: systemRandom.id(), response_url: "" };
    assertAnswered(await handlers.command({ text, user_id: people.usual, channel_id: "C1", ...handles }));
    return undefined;
  };
};
/** Presses a button that turns to this page. */
const turned = (page: (filled: Filled, n: number) => object): Call => {
  return async (filled, n) => {
    const action = { action_id: "page-older", value: JSON.stringify(page(filled, n)) };
    assertAnswered(await filled.handlers.click({ user: { id: people.usual }, actions: [action] }));
    return undefined;
  };
};

const calls: Readonly<Record<string, Call>> = {
  "/receipt status NUMBER": typed("status NUMBER"),
  "/receipt pending": typed("pending"),
  "its second page": turned(({ operations, now }) => {
    return { list: "pending", place: { direction: "newer", ...undecidedOf(operations, 10, now) } };
  }),
  "/receipt history": typed("history"),
  "a page in its middle": turned(({ operations }, n) => {
    return { list: "history", filter: {}, place: { direction: "older", seq: operations / 2 + n } };
  }),
  "history NUMBER": typed("history NUMBER"),
  "history NUMBER failed": typed("history NUMBER failed"),
  "history NUMBER @usual": typed(`history NUMBER <@${people.usual}>`),
  "history @usual": typed(`history <@${people.usual}>`),
  "history @rare": typed(`history <@${people.rare}>`),
  "history @nobody": typed("history <@UNOBODY>"),
  "history close": typed("history close"),
  "history failed": typed("history failed"),
  "history 4h": typed("history 4h"),
  "history close failed 4h": typed("history close failed 4h"),
  "history @usual failed": typed(`history <@${people.usual}> failed`),
  "history @usual open 4h": typed(`history <@${people.usual}> open 4h`),
  "history @rare open failed": typed(`history <@${people.rare}> open failed`),
  "opening App Home": async ({ handlers }) => {
    await handlers.home({ event: { type: "app_home_opened", user: people.usual, tab: "home" } });
    assertHome();
    return undefined;
  },
  "/receipt open": (filled, n) => typed(`open ${2_000_000_000 + n}`)(filled, n),
  "claiming 8 operations": async ({ ledger }) => {
    const rateLimit = { perSecond: 1e6, burst: 1e6 };
    const { attempts } = await ledger.operations.claimDue({ limit: 8, leaseMs: 60_000, rateLimit });
    if (attempts.length !== 8) throw new Error(`${attempts.length} operations were due`);
    return () => handBack(ledger, attempts);
  },
};

export async function measureQueries(): Promise<Result[]> {
  const results: Result[] = [];
  for (const engine of engines) if (engine.skip === false) results.push(...(await measureOn(engine)));
  return results;
}

async function measureOn(engine: Engine): Promise<Result[]> {
  await using small = await filled(engine, "small");
  await using large = await filled(engine, "large");
  const results: Result[] = [];
  for (const [name, call] of Object.entries(calls)) {
    const took: Record<Size, number[]> = { small: [], large: [] };
    for (let n = 0; n < warmUps + rounds; n++)
      for (const [size, ledger] of [["small", small] as const, ["large", large] as const]) {
        const startAt = performance.now();
        const undo = await call(ledger, n);
        if (n >= warmUps) took[size].push(performance.now() - startAt);
        await undo?.();
      }
    const [ofThousand, ofMillion] = [median(took.small), median(took.large)];
    results.push({
      what: `${engine.name}: ${name}, with 1,000,000 operations in the ledger relative to 1,000`,
      ours: `${figure(ofMillion)} ms`,
      baseline: `${figure(ofThousand)} ms`,
      figure: ofMillion / ofThousand,
      target: { max: 1.3 },
      unit: "x",
    });
  }
  return results;
}

async function filled(engine: Engine, size: Size): Promise<Filled & AsyncDisposable> {
  const store = await engine.open();
  const operations = sizes[size];
  const now = systemClock.now();
  await fill(store, operations, now);
  const needs = { store, clock: systemClock, random: systemRandom };
  const { handlers } = assembleBot({
    ...needs,
    settings: {
      SLACK_COMMAND: "/receipt",
      RECEIPT_CHANNELS: [],
      REQUEST_TTL: 86_400_000,
      STALE_AFTER: 3_600_000,
      APPROVAL_POLICY: "four-eyes",
      APPROVERS_NEEDED: 1,
      BREAK_GLASS: "off",
      REASON: "optional",
      GOLDPLAN: "off",
      UNKNOWN_MERCHANTS: "warn",
      GOLDPLAN_SCENE: "JSAPI",
      RECEIPT_ADMINS: [people.usual],
      LOCALE: "en",
      PERSONAL_LOCALE: "on",
      tickets: noTickets,
      WECHATPAY_MCHID: "1900000100",
      WECHATPAY_RATE: 10,
    },
    interactive: localSlack,
    posting: localSlack,
    uploading: localSlack,
    download: () => Promise.reject(new Error("the benchmark uploads no files")),
    calls: stepCalls(() => Promise.reject(new Error("the benchmark makes no calls"))),
    callLimitMs: 8_000,
    metrics: silentMetrics,
    log: pino({ level: "silent" }),
  });
  const filled: Filled = {
    handlers,
    ledger: createLedger({ ...needs, mchid: "1900000100", instance: "bench" }),
    operations,
    now,
  };
  for (const role of ["requester", "approver"]) await typed(`grant <@${people.usual}> ${role}`)(filled, 0);
  return { ...filled, [Symbol.asyncDispose]: () => store.close() };
}

/** The parts of Slack that identify people and channels: everyone is a member, and the bot is in every channel. */
async function localSlack(method: string, args: Record<string, unknown>): Promise<unknown> {
  switch (method) {
    case "auth.test":
      return { team_id: "T1", url: "https://bench.slack.com/" };
    case "users.info":
      return { user: { id: args["user"], team_id: "T1" } };
    case "conversations.info":
      return { channel: { is_member: true } };
    case "views.publish":
      homes += 1;
      return {};
    default:
      throw new Error(`the benchmark does not implement ${method}`);
  }
}

/** Homes published since the last check. */
let homes = 0;

function assertHome(): void {
  if (homes !== 1) throw new Error(`${homes} homes were published`);
  homes = 0;
}

function assertAnswered(answer: { text: string } | undefined): void {
  const failures: readonly (string | undefined)[] = [en.answer.failed, en.answer.ledgerAway, en.answer.slackAway];
  if (failures.includes(answer?.text)) throw new Error(answer?.text);
}

async function handBack({ operations }: Ledger, claimed: readonly ClaimedAttempt[]): Promise<void> {
  for (const attempt of claimed) await operations.handBack(attempt);
}
