/**
 * `npm run demo`: runs the real bot between a local Slack and a local WeChat Pay; first a scripted scene, then a page.
 */
import { parseArgs } from "node:util";
import { startBotProcess } from "./bot-process.ts";
import { demoChannel as channel, type Playground, demoPeople as people, startPlayground } from "./playground.ts";
import type { Message } from "./slack/state.ts";
import { linesOf } from "./transcript.ts";
import { scenarios } from "./wechatpay/scenarios.ts";

const usage = "npm run demo plays the scene and keeps a page open; npm run demo -- --once ends after the scene.";

let isClosing = false;
const say = (line = "") => void process.stdout.write(`${line}\n`);
const isOnce = readArguments();

const playground = await startPlayground({
  slack: {
    notes: [
      { title: "success, like every number not listed here", text: "/receipt open 1900000109" },
      ...scenarios.map(({ subMchid, title }) => ({ title, text: `/receipt open ${subMchid}` })),
    ],
  },
});
const bot = startBotProcess(playground.environment);
process.exitCode = (await play(playground)) ? 0 : 1;
if (isOnce || process.exitCode !== 0) await close();
else stayOpen();

/** Whether to end after the scene. Anything else on the command line is answered with how the demo is called. */
function readArguments(): boolean {
  try {
    const { once, help } = parseArgs({ options: { once: { type: "boolean" }, help: { type: "boolean" } } }).values;
    if (!help) return once ?? false;
    say(usage);
    process.exit(0);
  } catch {
    process.stderr.write(`${usage}\n`);
    process.exit(2);
  }
}

/** Plays the scene. Resolves to false at the first step that fails, after reporting it. */
async function play({ slack }: Playground): Promise<boolean> {
  const begun = performance.now();
  try {
    await step("the bot starts", () => bot.until('"listening"'));
    say("\n#merchant-ops");
    await types("carol", "/receipt grant @ann requester");
    await types("carol", "/receipt grant @bob approver");

    say("\n— a request, a colleague's approval, the call and its outcome —");
    await requests("/receipt open 1900000109 new store, contract 4711", "1900000109");
    await approves("1900000109", "Receipts opened");

    say("\n— the same for a merchant that WeChat Pay has penalised —");
    await requests("/receipt open 1900040005", "1900040005");
    await approves("1900040005", "Not opened");
    say(`\nThe scene took ${seconds(performance.now() - begun)}; every step succeeded.`);
    return true;
  } catch (error) {
    say(`\nThe scene failed: ${error instanceof Error ? error.message : String(error)}`);
    say(`The bot's last lines:\n${[...bot.lines, ...bot.errors].slice(-20).join("\n")}`);
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

  async function approves(number: string, outcome: string): Promise<void> {
    const { ts } = messageOf(number) as Message;
    say("\n@bob presses  [ Approve ]");
    const result = await step("acknowledged", () =>
      slack.click({ user: people.bob, channel, ts, actionId: "approve" }),
    );
    const { title, text, confirm } = (result.confirm ?? {}) as Record<string, { text?: string } | undefined>;
    say(`    (Slack asks: ${title?.text} ${text?.text} — [ ${confirm?.text} ])`);
    const ended = await step("completed and shown", () =>
      slack.until(
        () =>
          linesOf(messageOf(number) as Message, slack.state)
            .join("\n")
            .includes(outcome) && messageOf(number),
      ),
    );
    show("Receipts, edited", ended);
    const reply = await step("reported in the thread", () => slack.until(() => slack.thread(channel, ts).at(-1)));
    show("Receipts, in the thread", reply);
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

function seconds(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

function stayOpen(): void {
  say(`\nTry it yourself: ${playground.slack.pageUrl}`);
  say("Type as @ann (requester), press as @bob (approver), grant as @carol (admin). Numbers that fail:\n");
  for (const { subMchid, title } of scenarios) say(`  ${subMchid}  ${title}`);
  say("\nEvery other number succeeds. Press Ctrl-C to stop.");
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void close());
  void bot.ended.then((code) => {
    if (isClosing) return;
    say(`The bot has ended (${code}); its last lines:\n${[...bot.lines, ...bot.errors].slice(-20).join("\n")}`);
    process.exitCode = 1;
    return close();
  });
}

async function close(): Promise<void> {
  isClosing = true;
  await bot.end();
  await playground.close();
  process.exit();
}
