/** The demo's scene: a request that succeeds, one that fails, and 点金计划, with every message as people read it. */
import { demoDirectory } from "./demo-directory.ts";
import { demoPeople as people } from "./playground.ts";
import type { SceneSettings } from "./scene-settings.ts";
import type { LocalSlack } from "./slack/server.ts";
import type { Message } from "./slack/state.ts";
import { NotInTime } from "./slack/users/wait-until.ts";
import { linesOf } from "./transcript.ts";

type Name = keyof typeof people;
type Say = (line?: string) => void;

export interface SceneNeeds extends SceneSettings {
  slack: LocalSlack;
  /** Prints a line. */
  say: Say;
}

/** @throws if a step fails */
export async function playScene({ slack, approvers, channels, goldplan, ticket, say }: SceneNeeds): Promise<void> {
  const begun = performance.now();
  // Each in a channel of its own, if there are three: Slack allows one new message a second in each.
  const [merchantOps, newStores = merchantOps, closings = merchantOps] = channels;
  say(`\n${nameOf(merchantOps)}`);
  await types("carol", "/receipt grant @ann requester");
  for (const name of approvers) await types("carol", `/receipt grant @${name} approver`);

  say("\n— the names of the merchants —");
  await imports(demoDirectory());

  say("\n— a request, a colleague's approval, the call and its outcome —");
  await requests(merchantOps, "/receipt open 1900000109 new store, contract 4711");
  await approves(merchantOps, "1900000109", "✅");
  await reports(merchantOps);

  say("\n— the same for a merchant that WeChat Pay has penalised —");
  await requests(merchantOps, "/receipt open 1900040005 reopened after the move");
  await approves(merchantOps, "1900040005", "❌");
  await reports(merchantOps);

  if (goldplan !== "off") {
    say(`\n— in ${nameOf(newStores)}: the receipt and 点金计划 in one request, each with its own call —`);
    await requests(newStores, "/receipt both open 1900000110 new store, contract 4712");
    await approves(newStores, "1900000110", "✅");

    const where = `in ${nameOf(closings)}, and then in ${nameOf(merchantOps)}`;
    say(`\n— ${where}: the message says from when 点金计划 can be opened again —`);
    await requests(closings, "/receipt goldplan close 1900000110 the merchant wants its own page");
    await approves(closings, "1900000110", "✅");
    await requests(merchantOps, "/receipt goldplan open 1900000110 closed by mistake");
  }
  say(`\nThe scene took ${seconds(performance.now() - begun)}; every step succeeded.`);

  async function types(name: Name, text: string): Promise<void> {
    say(`\n@${name} types  ${text}`);
    const result = await step(say, "answered", () => slack.type({ user: people[name], channel: merchantOps, text }));
    if (!result.ephemeral) throw new Error(`@${name} got no answer: ${result.errorText ?? "nothing"}`);
    show(`only to @${name}`, result.ephemeral);
  }

  /** As an admin does: uploads a file, looks at what it changes, and imports it. */
  async function imports(csv: string): Promise<void> {
    const user = people.carol;
    say("\n@carol types  /receipt names");
    await step(say, "opened", () => slack.type({ user, channel: merchantOps, text: "/receipt names" }));
    const file = slack.files.choose(user, "merchants.csv", Buffer.from(csv));
    for (const filled of [{ file }, {}]) {
      const before = slack.modal(user);
      await step(say, "acknowledged", () => slack.submitView(user, filled));
      await step(say, "shown", () => slack.until(() => slack.modal(user) !== before));
    }
    await slack.closeView(user, "x");
  }

  async function requests(channel: string, command: string): Promise<void> {
    const text = ticket === undefined ? command : `${command} ${ticket}`;
    say(`\n@ann types  ${text}`);
    const before = slack.messages(channel).length;
    const result = await step(say, "acknowledged", () => slack.type({ user: people.ann, channel, text }));
    if (!result.acknowledged || result.ephemeral)
      throw new Error(`refused: ${result.errorText ?? result.ephemeral?.text}`);
    show("Receipts", await step(say, "posted", () => slack.until(() => slack.messages(channel)[before])));
  }

  async function approves(channel: string, number: string, outcome: "✅" | "❌"): Promise<void> {
    const { ts } = messageOf(channel, number) as Message;
    for (const name of approvers) await presses(name, channel, ts);
    const ended = await step(say, "completed and shown", () =>
      slack.until(() => {
        const message = messageOf(channel, number);
        return message !== undefined && linesOf(message, slack.state)[0]?.startsWith(outcome) && message;
      }),
    );
    show("Receipts, edited", ended);
  }

  /** The outcome in the thread of the newest request. */
  async function reports(channel: string): Promise<void> {
    const { ts = "" } = slack.messages(channel).at(-1) ?? {};
    const reply = await step(say, "reported in the thread", () => slack.until(() => slack.thread(channel, ts).at(-1)));
    show("Receipts, in the thread", reply);
  }

  async function presses(name: Name, channel: string, ts: string): Promise<void> {
    say(`\n@${name} presses  [ Approve ]`);
    const result = await step(say, "acknowledged", () =>
      slack.click({ user: people[name], channel, ts, actionId: "approve" }),
    );
    const { title, text, confirm } = (result.confirm ?? {}) as Record<string, { text?: string } | undefined>;
    say(`    (Slack asks: ${title?.text} ${text?.text} — [ ${confirm?.text} ])`);
  }

  /** The newest request for a sub-merchant in a channel. */
  function messageOf(channel: string, number: string): Message | undefined {
    return slack.messages(channel).findLast(({ blocks }) => JSON.stringify(blocks).includes(number));
  }

  function nameOf(channel: string): string {
    return `#${slack.state.conversations.get(channel)?.name}`;
  }

  function show(who: string, message: Message): void {
    say(`  ${who}`);
    for (const line of linesOf(message, slack.state)) say(`  ┃ ${line}`);
  }
}

/**
 * Runs a step of the scene, and says how long it took.
 * @throws Error in words for a person if it took too long
 */
async function step<T>(say: Say, what: string, run: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  const result = await run().catch((error: unknown) => {
    throw error instanceof NotInTime ? new Error(`not ${what} within ${seconds(error.timeoutMs)}`) : error;
  });
  say(`    ${what} after ${seconds(performance.now() - begun)}`);
  return result;
}

/** A time in milliseconds, for a person. */
export function seconds(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
