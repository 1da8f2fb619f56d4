/** A whole bot in this process between the playground's two servers, and what people do and see there. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { type RunningApp, startApp } from "../../../src/app.ts";
import type { Role } from "../../../src/domain/policy.ts";
import { createLog } from "../../../src/log.ts";
import {
  demoPeople,
  type LocalWeChatPay,
  type Playground,
  startPlayground,
} from "../../../src/playground/playground.ts";
import { type Delivery, encodeDelivery, slackSignature } from "../../../src/playground/slack/delivery/http.ts";
import { gridId } from "../../../src/playground/slack/grid-workspace.ts";
import { type JsonObject, objectsIn } from "../../../src/playground/slack/json.ts";
import type { LocalSlackOptions } from "../../../src/playground/slack/options.ts";
import type { LocalSlack } from "../../../src/playground/slack/server.ts";
import type { Message } from "../../../src/playground/slack/state.ts";
import type { ActionResult } from "../../../src/playground/slack/users/action-result.ts";
import type { Typed } from "../../../src/playground/slack/users/actions.ts";
import { allComponents, type Press } from "../../../src/playground/slack/users/components.ts";
import type { Filled, ViewActionResult } from "../../../src/playground/slack/users/view-actions.ts";
import { linesOf } from "../../../src/playground/transcript.ts";
import { readSettings } from "../../../src/settings.ts";
import type { Store } from "../../../src/storage/schema.ts";
import { systemRandom } from "../../../src/system-clock.ts";
import { en } from "../../../src/text/en/catalogue.ts";
import { zhCN } from "../../../src/text/zh-CN/catalogue.ts";
import { eventually, patienceMs } from "../../eventually.ts";
import { openLedgerPlace } from "../../storage/ledger-place.ts";
import { createMovableClock } from "./adjustable-clock.ts";
import { identity } from "./identity.ts";
import { inTurn } from "./serialize.ts";

/** `robot` is a bot user; `ghost` exists to be deactivated. */
export const people = { ...demoPeople, robot: "U0ROBOT001", ghost: "U0GHOST001" } as const;
export type Name = keyof typeof people;
const names = Object.keys(people) as Name[];

export interface StageOptions {
  mode?: "http" | "socket";
  /** Where the ledger is kept. Default: `sqlite`. */
  engine?: Store["engine"];
  /** Added to the bot's environment last. */
  environment?: Record<string, string> | ((playground: Playground) => Record<string, string>);
  slack?: LocalSlackOptions;
  /** What carol grants first. Default: `usualGrants`. */
  grants?: readonly (readonly [Name, Role])[];
  /** The test makes the bot fail, so log lines of level `error` are expected. */
  mayLogErrors?: boolean;
}

export const usualGrants = [
  ["ann", "requester"],
  ["bob", "approver"],
  ["dan", "approver"],
] as const satisfies StageOptions["grants"];

/** The address of a request's message. */
export interface Requested {
  channel: string;
  ts: string;
  number: string;
}

export interface LogLine extends Record<string, unknown> {
  level: number;
  msg: string;
}

export type Stage = Awaited<ReturnType<typeof openStage>>;

/** People do in a minute what takes a team a day, so only each channel's limit is Slack's own. */
const busyMinute = { 1: 1_000, 2: 1_000, 3: 1_000, 4: 1_000, special: 1_000 } as const;
const errorLevel = 50;
/** More than a bot on a busy machine errs about the time of a database server, in milliseconds. */
const clocksDifferMs = 1_000;

const slowNotes: readonly string[] = [en.answer.slow, zhCN.answer.slow];
const aboutRole = /(?:gave you the|changed your|revoked your) role|已(?:授予你|更改你的|收回你的)/;

let numbers = 0;

/** A sub-merchant number that nothing else uses, for which every call succeeds. */
export function freshNumber(): string {
  numbers += 1;
  return `191${String(process.pid % 1_000).padStart(3, "0")}${String(numbers).padStart(4, "0")}`;
}

/** One at a time, so that nobody on a stage waits for other stages to be set up. */
export function openStage(options: StageOptions = {}) {
  return inTurn(() => setUp(options));
}

async function setUp(options: StageOptions) {
  const clock = createMovableClock();
  const { LOCALE } = typeof options.environment === "object" ? options.environment : {};
  const playground = await startPlayground({
    clock,
    identity,
    mode: options.mode ?? "http",
    slack: {
      locale: LOCALE === "zh-CN" ? LOCALE : "en",
      ...options.slack,
      rateLimits: { perMinute: busyMinute, ...options.slack?.rateLimits },
    },
  });
  const { slack, weChatPay } = playground;
  // What stays open would keep the process of the tests alive for ever.
  const ledger = await openLedgerPlace(options.engine ?? "sqlite").catch(async (error: unknown) => {
    await playground.close();
    throw error;
  });
  const isInOrganization = slack.state.workspace.enterprise !== undefined;
  /** Their user id; another one in an organization. */
  const idOf = (who: Name): string => (isInOrganization && who !== "sam" ? gridId(people[who]) : people[who]);
  for (const name of ["robot", "ghost"] as const)
    slack.state.people.set(idOf(name), { id: idOf(name), name, realName: name, isBot: name === "robot" });
  const own = typeof options.environment === "function" ? options.environment(playground) : options.environment;
  const environment: Record<string, string> = {
    ...playground.environment,
    RECEIPT_ADMINS: idOf("carol"),
    DATABASE_URL: ledger.url.href,
    ...own,
  };
  /** As written, each with its line feed. */
  const logged: string[] = [];
  let app: RunningApp = await startBot().catch(async (error: unknown) => {
    await Promise.all([playground.close(), ledger.close()]);
    throw error;
  });

  async function startBot(): Promise<RunningApp> {
    const read = readSettings(environment);
    assert.ok(read.ok, `the stage's settings are wrong: ${JSON.stringify(read.ok || read.problems)}`);
    const { settings } = read;
    const log = createLog({
      level: settings.LOG_LEVEL,
      secrets: settings.secrets,
      destination: { write: (line) => void logged.push(line) },
    });
    const started = await startApp({ settings, env: {}, log, linesLost: () => 0, clock, random: systemRandom });
    // Over HTTP nothing arrives before; a socket may be refused by the test itself.
    if (options.mode !== "socket") await started.listening;
    return started;
  }

  /** A new public channel with everyone and the bot in it. */
  let channels = 0;
  function newChannel(members: readonly string[] = [...names.map(idOf), slack.app.botUserId]): string {
    channels += 1;
    const id = `C0STAGE${String(channels).padStart(3, "0")}`;
    const name = `stage-${channels}`;
    slack.state.conversations.set(id, { id, name, kind: "public", isArchived: false, members: new Set(members) });
    return id;
  }
  const adminsChannel = newChannel();

  async function type(
    who: Name,
    words: string,
    channel = newChannel(),
    more: Partial<Typed> = {},
  ): Promise<ActionResult> {
    const posted = slack.messages(channel).length;
    const result = await slack.type({ user: idOf(who), channel, text: `/receipt ${words}`, ...more });
    const { ephemeral: note, ...others } = result;
    if (!note || !slowNotes.includes(note.text)) return result;
    // A test that moves the clock beside this one looks like a bot that takes long. What follows is the answer.
    const followed = await slack.until(() => {
      const replies = repliesTo(who, channel);
      const ephemeral = replies[replies.indexOf(note) + 1];
      if (ephemeral) return { ephemeral };
      return slack.messages(channel).length > posted ? {} : undefined;
    });
    return { ...others, ...followed };
  }

  /** Types a command that is answered privately. Resolves to that answer as plain text. */
  async function typeAndRead(who: Name, words: string, channel?: string, more?: Partial<Typed>): Promise<string> {
    const result = await type(who, words, channel, more);
    assert.ok(result.ephemeral, `@${who} got no answer to "${words.slice(0, 200)}": ${result.errorText ?? "nothing"}`);
    return textOf(result.ephemeral);
  }

  async function grant(who: Name, role: Role): Promise<void> {
    const answer = await typeAndRead("carol", `grant @${who} ${role}`, adminsChannel);
    assert.match(answer, new RegExp(`@${who} (now|already) (has|had) the role ${role}`));
  }

  async function revoke(who: Name, role: Role): Promise<void> {
    const answer = await typeAndRead("carol", `revoke @${who} ${role}`, adminsChannel);
    assert.match(answer, new RegExp(`@${who} no longer has the role ${role}`));
  }

  /** Types `open 1900000109 …` and waits for the request's message. */
  async function request(
    who: Name,
    words: string,
    channel = newChannel(),
    more: Partial<Typed> = {},
  ): Promise<Requested> {
    const known = new Set(slack.messages(channel).map(({ ts }) => ts));
    const result = await type(who, words, channel, more);
    assert.ok(result.acknowledged, `"${words}" was not acknowledged: ${result.errorText}`);
    assert.equal(result.ephemeral && textOf(result.ephemeral), undefined, `"${words}" was refused`);
    const message = await slack.until(() => slack.messages(channel).find(({ ts }) => !known.has(ts)));
    return { channel, ts: message.ts, number: /[0-9]+/.exec(textOf(message))?.[0] ?? "" };
  }

  function messageOf({ channel, ts }: Requested): Message {
    const message = slack.state.find(channel, ts);
    assert.ok(message, `the message ${ts} is gone`);
    return message;
  }

  /** Presses a button or an entry of the overflow menu by its label, on the current message or an older copy. */
  function press(who: Name, on: Requested | Message, label: string): Promise<ActionResult> {
    const message = "versions" in on ? on : messageOf(on);
    return slack.clickStale(message, { user: idOf(who), ...componentOf(message, label) });
  }

  /** Presses, and waits for the private answer. */
  async function pressAndRead(who: Name, on: Requested | Message, label: string): Promise<string> {
    const before = privateReplies(who, on.channel).length;
    const result = await press(who, on, label);
    assert.ok(result.acknowledged, `the click was not acknowledged: ${result.errorText}`);
    return slack.until(() => privateReplies(who, on.channel)[before]);
  }

  /** Presses Reject, and waits for the form that asks for a reason. */
  function openRejection(who: Name, on: Requested | Message): Promise<{ form: string; click: ActionResult }> {
    return openForm(who, on, "reject");
  }

  /** Presses a button that opens a form, and waits for it. `form` is a text that only this form contains. */
  async function openForm(
    who: Name,
    on: Requested | Message,
    actionId: "reject" | "leave-out",
  ): Promise<{ form: string; click: ActionResult }> {
    const message = "versions" in on ? on : messageOf(on);
    const button = allComponents(message.blocks).find(({ element }) => element["action_id"] === actionId);
    const form = String(button?.element["value"]);
    const click = await slack.clickStale(message, { user: idOf(who), actionId });
    assert.ok(click.acknowledged, `the click was not acknowledged: ${click.errorText}`);
    await slack.until(() => slack.modalWith(idOf(who), form));
    return { form, click };
  }

  /** Submits the form that contains `form`, or the one in front of this person. */
  async function submit(who: Name, filled: Filled = {}, form?: string): Promise<ViewActionResult> {
    const result = await slack.submitView(idOf(who), filled, form);
    assert.ok(result.acknowledged, result.errorText);
    assert.equal(result.error, undefined);
    return result;
  }

  /** Rejects with a reason. */
  async function reject(who: Name, on: Requested | Message, reason = "wrong shop"): Promise<ViewActionResult> {
    const { form } = await openRejection(who, on);
    return submit(who, { reason }, form);
  }

  /** Excludes sub-merchants, from up to a hundred options. */
  async function leaveOut(who: Name, on: Requested | Message, numbers: readonly string[]): Promise<ViewActionResult> {
    const { form } = await openForm(who, on, "leave-out");
    return submit(who, { numbers }, form);
  }

  /** The text of the modal in front of the person; empty if there is none. */
  function modalText(who: Name): string {
    const modal = slack.modal(idOf(who));
    return modal ? textOf({ text: "", blocks: objectsIn(modal, "blocks") }) : "";
  }

  /** The private answers to this person in a channel, oldest first. */
  function privateReplies(who: Name, channel: string): string[] {
    return repliesTo(who, channel).map(textOf);
  }

  function repliesTo(who: Name, channel: string): Message[] {
    return slack.ephemerals(idOf(who)).filter((message) => message.channel === channel);
  }

  /** The bot's direct messages to this person, oldest first, without those about changes of their roles. */
  function directMessages(who: Name): Message[] {
    return allDirectMessages(who).filter((message) => !aboutRole.test(message.text));
  }

  /** The bot's direct messages to this person about changes of their roles, oldest first. */
  function roleNotices(who: Name): string[] {
    return allDirectMessages(who)
      .filter((message) => aboutRole.test(message.text))
      .map(textOf);
  }

  function allDirectMessages(who: Name): Message[] {
    const isTheirs = ({ kind, members }: { kind: string; members: ReadonlySet<string> }) =>
      kind === "im" && members.has(idOf(who));
    return [...slack.state.conversations.values()].filter(isTheirs).flatMap(({ id }) => slack.messages(id));
  }

  /** The request's message as everyone reads it, with buttons in brackets. */
  function shown(request: Requested): string {
    return textOf(messageOf(request));
  }

  /** Waits until the request's message contains `words`. Resolves to the whole text. */
  function untilShown(request: Requested, words: string | RegExp, timeoutMs = patienceMs): Promise<string> {
    return slack
      .until(() => (hasWords(shown(request), words) ? shown(request) : undefined), { timeoutMs })
      .catch((error: Error) => {
        throw new Error(`never "${words}", but:\n${shown(request)}\n${error.message}`);
      });
  }

  /** Slack has a request's message shortly before the ledger records its address, which links need. */
  async function untilKnown({ channel, ts }: Requested): Promise<void> {
    const known = "select 1 from posts where channel_id = ? and kind = 'message' and ts = ?";
    await eventually(async () => (await ledger.rows(known, channel, ts)).length > 0);
  }

  /** Waits for the `n`th message in the request's thread. */
  async function untilReply(request: Requested, n = 1, timeoutMs = patienceMs): Promise<Message> {
    const { channel, ts } = request;
    return slack.until(() => slack.thread(channel, ts)[n - 1], { timeoutMs });
  }

  function textOf(message: Pick<Message, "blocks" | "text">): string {
    return linesOf(message, slack.state).join("\n");
  }

  /** The audit trail of a sub-merchant's requests, oldest first, as `what by actor`. */
  async function eventsOf(number: string): Promise<string[]> {
    const found = await ledger.rows(
      "select what, actor from events where request_id in (select request_id from operations where sub_mchid = ?) order by seq",
      number,
    );
    return found.map(({ what, actor }) => `${what} by ${nameOf(String(actor))}`);
  }

  /** Advances every clock: the ledger's, the bot's, Slack's and WeChat Pay's, to a second after `ms` from now. */
  async function later(ms: number): Promise<void> {
    const aheadMs = ms + clocksDifferMs;
    await ledger.later(aheadMs);
    clock.moveOn(aheadMs);
  }

  /** @param meanwhile runs while the bot is down */
  async function restart(meanwhile: () => void | Promise<void> = () => {}): Promise<void> {
    await app.stop();
    await meanwhile();
    app = await startBot();
    await untilReachable();
  }

  /** In Socket Mode Slack can deliver once the bot has connected; over HTTP the bot listens already. */
  async function untilReachable(): Promise<void> {
    if (options.mode === "socket") await slack.until(() => slack.socketCount() > 0);
  }

  async function end(): Promise<void> {
    await app.stop();
    await Promise.all([playground.close(), ledger.close()]);
  }

  /** Stops everything, and then checks for effects that no test may have. */
  async function close(): Promise<void> {
    await end();
    assert.deepEqual(slack.warnings, [], "Slack tolerates this, and a good app does not do it");
    const malformed = slack.log.filter(
      ({ outcome }) => outcome.kind === "refused" && /^(invalid_(?!trigger_id)|no_text|msg_)/.test(outcome.error),
    );
    assert.deepEqual(
      malformed.map(({ method, outcome }) => [method, outcome]),
      [],
    );
    // An outcome on which the operator has to act is logged at this level, too.
    const failures = logLines(logged).filter((line) => line.level >= errorLevel && !("result" in line));
    if (!options.mayLogErrors) assert.deepEqual(failures, []);
  }

  const stage = {
    slack: slack as LocalSlack,
    weChatPay: weChatPay as LocalWeChatPay,
    environment,
    idOf,
    logged: logged as readonly string[],
    newChannel,
    type,
    typeAndRead,
    grant,
    revoke,
    request,
    messageOf,
    press,
    pressAndRead,
    openRejection,
    openForm,
    submit,
    reject,
    leaveOut,
    modalText,
    privateReplies,
    directMessages,
    roleNotices,
    shown,
    untilShown,
    untilKnown,
    untilReply,
    textOf,
    /** Queries the ledger over a separate read-only connection. */
    rows: ledger.rows,
    eventsOf,
    later,
    restart,
    /** Every call to WeChat Pay for a sub-merchant, oldest first, as `OPEN 200`. */
    callsFor: (number: string): string[] =>
      weChatPay.calls
        .filter(({ subMchid }) => subMchid === number)
        .map(({ operationType, answered }) => `${operationType} ${answered}`),
    close,
  };
  try {
    await untilReachable();
    for (const [who, role] of options.grants ?? usualGrants) await grant(who, role);
  } catch (error) {
    await end();
    throw error;
  }
  return stage;
}

function componentOf(message: Message, label: string): Press {
  for (const { element } of allComponents(message.blocks)) {
    const actionId = String(element["action_id"]);
    if (labelOf(element) === label) return { actionId };
    const option = objectsIn(element, "options").find((one) => labelOf(one) === label);
    if (option) return { actionId, option: String(option["value"]) };
  }
  throw new Error(`there is no "${label}" to press in: ${JSON.stringify(message.blocks)}`);
}

/** The labels that can be pressed in a message. */
export function buttonsOf(message: Message): string[] {
  return allComponents(message.blocks).flatMap(({ element }) => {
    const options = objectsIn(element, "options").map(labelOf);
    return options.length > 0 ? options : [labelOf(element)];
  });
}

function labelOf(part: JsonObject): string {
  return String((part["text"] as JsonObject | undefined)?.["text"] ?? "");
}

export function nameOf(id: string): string {
  return names.find((name) => people[name] === id || gridId(people[name]) === id) ?? id;
}

/** Who was notified by a message when it was posted: people by name, everything else by kind. */
export function pingedBy(message: Message): string[] {
  return [...new Set(message.pings.map(({ kind, id }) => (kind === "user" ? nameOf(id ?? "") : kind)))];
}

export function logLines(logged: readonly string[]): LogLine[] {
  return logged.map((line) => JSON.parse(line) as LogLine);
}

export interface RawPost {
  body?: string;
  contentType?: string;
  secret?: string;
  /** Seconds since 1970. */
  timestamp?: number;
  headers?: Record<string, string>;
}

/** Posts to the bot what Slack itself would not send. Signed by default. */
export async function postRaw(
  stage: Stage,
  given: RawPost,
  limitMs = 6_000,
): Promise<{ status: number; text: string }> {
  const { body = "", timestamp = Math.floor(Date.now() / 1_000) } = given;
  const response = await fetch(`http://127.0.0.1:${stage.environment["PORT"]}/slack/events`, {
    method: "POST",
    headers: {
      "content-type": given.contentType ?? "application/x-www-form-urlencoded",
      "x-slack-request-timestamp": String(timestamp),
      "x-slack-signature": slackSignature(given.secret ?? stage.slack.app.signingSecret, timestamp, body),
      ...given.headers,
    },
    body,
    signal: AbortSignal.timeout(limitMs),
  });
  return { status: response.status, text: await response.text() };
}

/** Posts a payload as Slack encodes it, from any sender. */
export function postPayload(stage: Stage, kind: Delivery["kind"], payload: JsonObject) {
  return postRaw(stage, encodeDelivery({ kind, id: "raw", payload }));
}

/** The fields of a command as Slack sends them, with unused handles. */
export function commandFields(user: string, channel: string, text: string): Record<string, string> {
  const trigger = createHash("sha256").update(`${user} ${channel} ${text} ${numbers++}`).digest("hex");
  return {
    command: "/receipt",
    text,
    user_id: user,
    channel_id: channel,
    team_id: "T0DEMO0001",
    trigger_id: `1.2.${trigger}`,
    response_url: "http://127.0.0.1:9/commands/none",
  };
}

function hasWords(text: string, words: string | RegExp): boolean {
  return typeof words === "string" ? text.includes(words) : words.test(text);
}
