/**
 * `npm run demo`: runs the real bot between a local Slack and a local WeChat Pay; first a scripted scene, then a page.
 */
import { parseArgs } from "node:util";
import { demoNotes } from "./demo-notes.ts";
import { demoDefaults, demoSettings } from "./demo-settings.ts";
import { firstFreePort } from "./free-port.ts";
import { openLab, startObservedPlayground } from "./lab/lab.ts";
import { isPostgres } from "./lab/ledger/open-view.ts";
import { createOwnSchema, type OwnSchema } from "./lab/ledger/own-schema.ts";
import { superviseBot } from "./lab/supervised-bot.ts";
import type { Playground } from "./playground.ts";
import { playScene, seconds } from "./scene.ts";
import { sceneSettings } from "./scene-settings.ts";
import { commandFor } from "./wechatpay/scenario.ts";
import { scenarios } from "./wechatpay/scenarios.ts";

const usage = `npm run demo plays the scene and keeps a page open. Options after --:
  --once       end after the scene
  --empty      no scene, and only the admin holds a role
  --port 4100  the page's port; the next free one if it is taken`;

let isClosing = false;
const say = (line = "") => void process.stdout.write(`${line}\n`);
const values = readArguments();

// The same port each time, so that a page that is still open works with the next demo.
const port = values.once ? 0 : await firstFreePort(values.port);
const isChinese = process.env["LOCALE"] === "zh-CN";
type Environment = Readonly<Record<string, string | undefined>>;

const address = process.env["DATABASE_URL"] ?? "";
const schema = isPostgres(address) ? await createSchema() : undefined;
const observed = await startObservedPlayground({
  // Over Socket Mode, Slack delivers to whichever instance is connected.
  ...(schema && { mode: "socket", environment: { DATABASE_URL: schema.url } }),
  slack: {
    port,
    locale: isChinese ? "zh-CN" : "en",
    notes: demoNotes,
  },
});
const { playground } = observed;
const own = schema ? { DATABASE_URL: undefined } : {};
const given: Environment = { ...demoDefaults, ...process.env, ...own };
const { environment, ignored } = demoSettings(given, playground.environment);
const bot = superviseBot(environment, schema ? 2 : 1);
const lab = openLab(observed, bot);
const scene = sceneSettings(environment);
process.exitCode = (await begin()) && (await play(playground)) ? 0 : 1;
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

/** Waits for the bot. Resolves to false if it does not start, after its own reason. */
async function begin(): Promise<boolean> {
  try {
    const begun = performance.now();
    await bot.ready;
    if (schema) say(`The ledger is in the schema ${schema.name} of your database until the demo ends.\n`);
    if (ignored.length > 0) say(`Ignored, because the demo has its own: ${ignored.join(", ")}\n`);
    if (!values.empty && typeof scene === "string") say(`${scene}\n`);
    say(`    the bot starts after ${seconds(performance.now() - begun)}`);
    return true;
  } catch {
    const reason = bot.errors();
    say(reason === "" ? `The bot does not start. Its last lines:\n${bot.lastLines()}` : reason);
    return false;
  }
}

/** Plays the scene, if it can be played. Resolves to false at the first step that fails, after reporting it. */
async function play({ slack }: Playground): Promise<boolean> {
  if (values.empty || typeof scene === "string") return true;
  try {
    await playScene({ ...scene, slack, say });
    return true;
  } catch (error) {
    say(`\nThe scene failed: ${whyOf(error)}`);
    say(`The bot's last lines:\n${bot.lastLines()}`);
    say("\nTo open the page without the scene: npm run demo -- --empty");
    return false;
  }
}

function whyOf(error: unknown): string {
  // One error for each address of a host name; it has no message of its own.
  if (error instanceof AggregateError) return error.errors.map(whyOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}

function stayOpen(): void {
  say(`\nTry it yourself: ${playground.slack.pageUrl}`);
  if (port !== values.port) say(`(Port ${values.port} is taken, or browsers refuse it.)`);
  say(
    values.empty || typeof scene === "string"
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
