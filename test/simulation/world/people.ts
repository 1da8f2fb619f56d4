/** People's actions in a history and their private answers: commands, and button presses, also on old copies. */
import type { KnownBlock } from "@slack/types";
import type { Bot } from "../../../src/bot.ts";
import type { Message } from "../../../src/slack/blocks/elements.ts";
import type { FormAnswer } from "../../../src/slack/blocks/modal.ts";
import { actionIds, formIds } from "../../../src/slack/payloads/ids.ts";
import type { LedgerRequest, LedgerWatch } from "../judges/ledger-watch.ts";
import { untrueToPresser, untrueToRequester } from "../judges/private-replies.ts";
import type { Button, Plan, PlannedPress, PlannedRequest } from "../plans/planned.ts";
import { dayMs } from "../plans/scene.ts";
import type { Life, Schedule } from "./schedule.ts";
import type { SlackInMemory, SlackMessage } from "./slack-in-memory.ts";
import type { Delivery, Press, Submission } from "./user-actions.ts";

export interface Instance {
  life: Life;
  bot: Bot;
}

export interface Crowd {
  submissions: readonly Submission[];
  presses: readonly Press[];
  /** Untrue answers. */
  untrueAnswers: readonly string[];
  /** Whether everyone has done what they intended and got an answer, as far as an instance lives to give it. */
  isDone(): boolean;
}

export interface CrowdNeeds {
  plan: Plan;
  schedule: Schedule;
  slack: SlackInMemory;
  watch: LedgerWatch;
  /** The instance that receives a payload: the intended one if it is alive, otherwise the other. */
  instance(nth: number): Instance | undefined;
  /** Called when somebody presses a button. */
  pressed(button: Button): void;
}

/** Slack shows an answer to a command until then, in milliseconds. */
const answerLimitMs = 3_000;

export function gatherCrowd({ plan, schedule, slack, watch, instance, pressed: tell }: CrowdNeeds): Crowd {
  const submissions: Submission[] = [];
  const presses: Press[] = [];
  const untrueAnswers: string[] = [];
  /** People who wait for a button, which may never appear. */
  let waiting: { planned: PlannedPress; submission: Submission }[] = [];
  let busy = 0;

  function later(inMs: number, what: string, act: () => void): void {
    busy++;
    schedule.add({
      dueAt: schedule.now() + inMs,
      rim: "world",
      what,
      act() {
        busy--;
        act();
      },
    });
  }

  /** Delivers a payload. `check` says what in an answer contradicts the ledger as it was at one moment. */
  function deliver(
    nth: number,
    send: (bot: Bot) => Promise<Message | undefined>,
    limitMs: number,
    check: (
      text: string | undefined,
      requests: readonly LedgerRequest[],
      before: readonly LedgerRequest[],
    ) => string | undefined,
  ): Delivery | undefined {
    const met = instance(nth);
    if (!met) return undefined;
    const { life, bot } = met;
    const delivery: Delivery = { on: life.name, at: schedule.now() };
    void send(bot).then((message) => {
      if (!life.isAlive || schedule.now() - delivery.at > limitMs) return;
      delivery.answer = { at: schedule.now(), text: message?.text };
      const doubts = watch
        .since(delivery.at)
        .map((requests, nth, all) => check(message?.text, requests, all[nth + 1] ?? requests));
      const [contradiction] = doubts;
      if (contradiction && !doubts.includes(undefined))
        untrueAnswers.push(`${contradiction}; the answer was: ${message?.text ?? "(nothing)"}`);
    });
    return delivery;
  }

  function submit(planned: PlannedRequest, nth: number): void {
    const [first = 0] = planned.subMerchants;
    const subMchids = planned.subMerchants.map((subMerchant) => String(1_900_000_001 + subMerchant));
    const submission: Submission = { name: `submission ${nth}`, by: planned.by, at: 0, subMchids, deliveries: [] };
    submissions.push(submission);
    const object = planned.object === undefined || planned.object === "receipt" ? "" : `${planned.object} `;
    const body = {
      text: `${object}${planned.action.toLowerCase()} ${subMchids.join(" ")} ${submission.name}`,
      user_id: planned.by,
      channel_id: first % 2 === 0 ? "COPS" : "CPAY",
      trigger_id: `trigger ${nth}`,
      response_url: `https://hooks.slack.com/${nth}`,
    };
    const check = (text: string | undefined, requests: readonly LedgerRequest[]) =>
      untrueToRequester(text, submission, { by: planned.by, plan, requests });
    const send = (on: number) => {
      const delivery = deliver(on, (bot) => bot.handlers.command(body), answerLimitMs, check);
      if (delivery) submission.deliveries.push(delivery);
    };
    later(planned.atMs, `${planned.by} types ${body.text}`, () => {
      submission.at = schedule.now();
      send(planned.on);
      if (planned.again) later(planned.again.afterMs, `${body.text} is delivered again`, () => send(1 - planned.on));
      waiting.push(...planned.presses.map((press) => ({ planned: press, submission })));
    });
  }

  /** Presses the button some time after it becomes visible. */
  function pressOnceVisible(planned: PlannedPress, submission: Submission): boolean {
    const { following } = planned;
    const isFirst = ({ submission: name, button }: Press) => name === submission.name && button === following;
    if (following !== undefined && !presses.some(isFirst)) return false;
    const copy = copyWith(slack.messages, submission.name, planned);
    if (!copy) return false;
    // A day's wait begins with the request: if the button appears only after it, another day of polls would be too
    // long.
    const waitedMs = planned.afterMs < dayMs ? 0 : schedule.now() - submission.at;
    const inMs = Math.max(0, planned.afterMs - waitedMs);
    later(inMs, `${planned.by} presses ${planned.button} of ${submission.name}`, () =>
      press(planned, submission, copyWith(slack.messages, submission.name, planned) ?? copy),
    );
    return true;
  }

  slack.onChange(() => {
    waiting = waiting.filter(({ planned, submission }) => !pressOnceVisible(planned, submission));
  });

  function press(planned: PlannedPress, submission: Submission, { ts, channel, value }: Copy): void {
    const { button, by } = planned;
    const leaves = (planned.leaves ?? []).flatMap((place) => submission.subMchids[place] ?? []);
    // Slack does not submit a form without a selection.
    if (button === "leave-out" && leaves.length === 0) return;
    const round = Number(value.split(":")[1] ?? 0);
    const pressed: Press = { submission: submission.name, button, by, round, leaves, deliveries: [] };
    presses.push(pressed);
    tell(button);
    const answered = answerOf(button);

    /** A button that opens a form does only that; the form's submission counts. */
    function answerOf(button: Button) {
      if (button === "reject") return form(formIds.reject, { reason: { reason: { value: "wrong shop" } } });
      if (button !== "leave-out") return click();
      const selected_options = leaves.map((value) => ({ value }));
      return form(formIds.leaveOut, { numbers: { numbers: { selected_options } } });
    }

    function click() {
      const action = button === "withdraw" ? { selected_option: { value } } : { value };
      const container = { message_ts: ts, channel_id: channel };
      const body = { user: { id: by }, container, actions: [{ action_id: actionIdOf[button], ...action }] };
      return (bot: Bot) => bot.handlers.click(body);
    }

    function form(callback_id: string, values: object) {
      const private_metadata = JSON.stringify({ requestId: value, channelId: channel });
      const body = { user: { id: by }, view: { callback_id, private_metadata, state: { values } } };
      return async (bot: Bot) => wordsOf(await bot.handlers.submission(body));
    }

    const check = (text: string | undefined, requests: readonly LedgerRequest[], before: readonly LedgerRequest[]) =>
      untrueToPresser(text, pressed, { by, plan, requests, before });
    const send = (on: number) => {
      const delivery = deliver(on, answered, Number.POSITIVE_INFINITY, check);
      if (delivery) pressed.deliveries.push(delivery);
    };
    send(planned.on);
    for (let time = 1; time < planned.times; time++)
      later(time * 3, `${by} presses ${button} of ${submission.name} again`, () => send((planned.on + time) % 2));
  }

  plan.requests.forEach(submit);
  return { submissions, presses, untrueAnswers, isDone: () => busy === 0 };
}

/** The form's errors after a submission; undefined if it closed. */
function wordsOf(answer: FormAnswer): Message | undefined {
  if ("errors" in answer) return { text: Object.values(answer.errors).join("\n"), blocks: [] };
  if (!("view" in answer)) return undefined;
  const words = (answer.view.blocks as KnownBlock[]).flatMap((block) =>
    block.type === "section" && block.text ? [block.text.text] : [],
  );
  return { text: words.join("\n"), blocks: [] };
}

const actionIdOf = {
  approve: actionIds.approve,
  reject: actionIds.reject,
  "leave-out": actionIds.leaveOut,
  withdraw: actionIds.more,
  retry: actionIds.retry,
  stop: actionIds.stop,
  "carry-out": actionIds.carryOut,
  "cancel-held": actionIds.cancelHeld,
} as const;

interface Copy {
  ts: string;
  channel: string;
  value: string;
}

/** A copy of the request's message that has the button: the newest or, for an outdated screen, the oldest. */
function copyWith(
  messages: readonly SlackMessage[],
  submission: string,
  { button, isStale }: PlannedPress,
): Copy | undefined {
  const own = messages.filter(({ threadTs, versions }) => threadTs === undefined && isAbout(versions[0], submission));
  const copies = own.flatMap(({ ts, channel, versions }) =>
    (isStale ? versions : versions.slice(-1)).map(({ blocks }) => ({
      ts,
      channel,
      value: buttonValue(blocks, button),
    })),
  );
  const pressable = copies.filter((copy): copy is Copy => copy.value !== undefined);
  return isStale ? pressable[0] : pressable.at(-1);
}

export function isAbout(version: { blocks: string } | undefined, submission: string): boolean {
  return version?.blocks.includes(`"${submission}"`) ?? false;
}

function buttonValue(blocks: string, button: Button): string | undefined {
  const id = actionIdOf[button];
  const element = elementsOf(blocks).find(({ action_id }) => action_id === id);
  return element?.value ?? element?.options?.[0]?.value;
}

/** Everyone reads everything repeatedly. */
const parsed = new Map<string, readonly Element[]>();
const parsedMax = 500;

function elementsOf(blocks: string): readonly Element[] {
  let elements = parsed.get(blocks);
  if (!elements) {
    elements = (JSON.parse(blocks) as { elements?: Element[] }[]).flatMap((block) => block.elements ?? []);
    if (parsed.size >= parsedMax) parsed.clear();
    parsed.set(blocks, elements);
  }
  return elements;
}

interface Element {
  action_id?: string;
  value?: string;
  options?: { value: string }[];
}
