/**
 * `npm run demo`: runs the real bot between a local Slack and a local WeChat Pay; first a scripted scene, then a page.
 */
import { parseArgs } from "node:util";
import { demoDefaults, demoSettings } from "./demo-settings.ts";
import { firstFreePort } from "./free-port.ts";
import { openLab, startObservedPlayground } from "./lab/lab.ts";
import { isPostgres } from "./lab/ledger/open-view.ts";
import { createOwnSchema, type OwnSchema } from "./lab/ledger/own-schema.ts";
import { superviseBot } from "./lab/supervised-bot.ts";
import { demoChannel as channel, type Playground, demoPeople as people } from "./playground.ts";
import type { Message } from "./slack/state.ts";
import { linesOf } from "./transcript.ts";
import { commandFor } from "./wechatpay/scenario.ts";
import { scenarios } from "./wechatpay/scenarios.ts";

const usage = `npm run demo plays the scene and keeps a page open. Options after --:
  --once       end after the scene
  --empty      no scene, and only the admin holds a role
  --port 4100  the page's port; the next free one if it is taken`;

/** As many as APPROVERS_NEEDED asks for. */
const approvers = (["bob", "dan"] as const).slice(0, Number(process.env["APPROVERS_NEEDED"] ?? 1));

let isClosing = false;
const say = (line = "") => void process.stdout.write(`${line}\n`);
const values = readArguments();

// The same port each time, so that a page that is still open works with the next demo.
const port = values.once ? 0 : await firstFreePort(values.port);
const isChinese = process.env["LOCALE"] === "zh-CN";
const address = process.env["DATABASE_URL"] ?? "";
const schema = isPostgres(address) ? await createSchema() : undefined;
const observed = await startObservedPlayground({
  // Over Socket Mode, Slack delivers to whichever instance is connected.
  ...(schema && { mode: "socket", environment: { DATABASE_URL: schema.url } }),
  slack: {
    port,
    locale: isChinese ? "zh-CN" : "en",
    notes: [
      { title: "success, like every number not listed here", text: "/receipt open 1900000109" },
      { title: "success in both steps: the receipt, then 点金计划", text: "/receipt both open 1900000110" },
      ...scenarios.map((scenario) => ({ title: scenario.title, text: commandFor(scenario) })),
    ],
  },
});
const { playground } = observed;
const own = schema ? { DATABASE_URL: undefined } : {};
const given = { ...demoDefaults, ...process.env, ...own };
const { environment, ignored } = demoSettings(given, playground.environment);
const bot = superviseBot(environment, schema ? 2 : 1);
const lab = openLab(observed, bot);
if (schema) say(`The ledger is in the schema ${schema.name} of your database until the demo ends.\n`);
if (ignored.length > 0) say(`Ignored, because the demo has its own: ${ignored.join(", ")}\n`);
process.exitCode = (await play(playground)) ? 0 : 1;
if (values.once || process.exitCode !== 0) await close();
else stayOpen();

/** What was asked for on the command line. Anything else there is answered with how the demo is called. */
function readArguments(): { once: boolean; empty: boolean; port: number } {
  try {
    const { once, empty, help, port } = parseArgs({
      options: {
        once: { type: "boolean", default: false },
        empty: { type: "boolean", default: false },
        port: { type: "string", default: "4100" },
        help: { type: "boolean" },
      },
    }).values;
    if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) throw new RangeError("no such port");
    if (!help) return { once, empty, port: Number(port) };
    say(usage);
    process.exit(0);
  } catch {
    process.stderr.write(`${usage}\n`);
    process.exit(2);
  }
}

/** The demo's own place in the database; without one, the demo ends. */
async function createSchema(): Promise<OwnSchema> {
  try {
    return await createOwnSchema(address);
  } catch (error) {
    process.stderr.write(`The database of DATABASE_URL cannot be used: ${whyOf(error)}\n`);
    process.exit(1);
  }
}

/** Plays the scene. Resolves to false at the first step that fails, after reporting it. */
async function play({ slack }: Playground): Promise<boolean> {
  const begun = performance.now();
  try {
    await step("the bot starts", () => bot.ready);
    if (values.empty) return true;
    say("\n#merchant-ops");
    await types("carol", "/receipt grant @ann requester");
    for (const name of approvers) await types("carol", `/receipt grant @${name} approver`);

    say("\n— a request, a colleague's approval, the call and its outcome —");
    await requests("/receipt open 1900000109 new store, contract 4711", "1900000109");
    await approves("1900000109", "✅");

    say("\n— the same for a merchant that WeChat Pay has penalised —");
    await requests("/receipt open 1900040005 reopened after the move", "1900040005");
    await approves("1900040005", "❌");
    say(`\nThe scene took ${seconds(performance.now() - begun)}; every step succeeded.`);
    return true;
  } catch (error) {
    say(`\nThe scene failed: ${whyOf(error)}`);
    say(`The bot's last lines:\n${bot.lastLines()}`);
    if (!values.empty) say("\nTo open the page without the scene: npm run demo -- --empty");
    return false;
  }

  async function types(name: keyof typeof people, text: string): Promise<void> {
    say(`\n@${name} types  ${text}`);
    const result = await step("answered", () => slack.type({ user: people[name], channel, text }));
    if (!result.ephemeral) throw new Error(`@${name} got no answer: ${result.errorText ?? "nothing"}`);
    show(`only to @${name}`, result.ephemeral);
  }

  async function requests(text: string, number: string): Promise<void> {
    say(`\n@ann types  ${text}`);
    const result = await step("acknowledged", () => slack.type({ user: people.ann, channel, text }));
    if (!result.acknowledged || result.ephemeral)
      throw new Error(`refused: ${result.errorText ?? result.ephemeral?.text}`);
    show("Receipts", await step("posted", () => slack.until(() => messageOf(number))));
  }

  async function approves(number: string, outcome: "✅" | "❌"): Promise<void> {
    const { ts } = messageOf(number) as Message;
    for (const name of approvers) await presses(name, ts);
    const ended = await step("completed and shown", () =>
      slack.until(() => {
        const message = messageOf(number);
        return message !== undefined && linesOf(message, slack.state)[0]?.startsWith(outcome) && message;
      }),
    );
    show("Receipts, edited", ended);
    const reply = await step("reported in the thread", () => slack.until(() => slack.thread(channel, ts).at(-1)));
    show("Receipts, in the thread", reply);
  }

  async function presses(name: keyof typeof people, ts: string): Promise<void> {
    say(`\n@${name} presses  [ Approve ]`);
    const result = await step("acknowledged", () =>
      slack.click({ user: people[name], channel, ts, actionId: "approve" }),
    );
    const { title, text, confirm } = (result.confirm ?? {}) as Record<string, { text?: string } | undefined>;
    say(`    (Slack asks: ${title?.text} ${text?.text} — [ ${confirm?.text} ])`);
  }

  function messageOf(number: string): Message | undefined {
    return slack.messages(channel).find(({ blocks }) => JSON.stringify(blocks).includes(number));
  }

  function show(who: string, message: Message): void {
    say(`  ${who}`);
    for (const line of linesOf(message, slack.state)) say(`  ┃ ${line}`);
  }
}

async function step<T>(what: string, run: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  const result = await run();
  say(`    ${what} after ${seconds(performance.now() - begun)}`);
  return result;
}

function whyOf(error: unknown): string {
  // One error for each address of a host name; it has no message of its own.
  if (error instanceof AggregateError) return error.errors.map(whyOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}

function seconds(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

function stayOpen(): void {
  say(`\nTry it yourself: ${playground.slack.pageUrl}`);
  if (port !== values.port) say(`(Port ${values.port} is taken, or browsers refuse it.)`);
  say(
    values.empty
      ? "Nobody holds a role yet but @carol (admin): /receipt grant @ann requester. Commands that fail:\n"
      : "Type as @ann (requester), press as @bob (approver), grant as @carol (admin). Commands that fail:\n",
  );
  for (const scenario of scenarios) say(`  ${commandFor(scenario)}  ${scenario.title}`);
  say("\nEvery other number succeeds. Press Ctrl-C to stop.");
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void close());
  void bot.ended.then((code) => {
    if (isClosing) return;
    say(`The bot has ended (${code}); its last lines:\n${bot.lastLines()}`);
    process.exitCode = 1;
    return close();
  });
}

async function close(): Promise<void> {
  isClosing = true;
  await bot.end();
  await lab.close();
  await playground.close();
  await schema?.drop();
  process.exit();
}
