/** People at work: they submit, decide and watch for the outcome, and try again if no instance answered. */
import { setTimeout as delay } from "node:timers/promises";
import type { Action } from "../../src/domain/attempt-result.ts";
import type { Decision as AnyDecision } from "../../src/ledger/decisions.ts";
import { demoPeople as people } from "../../src/playground/playground.ts";
import { objectsIn } from "../../src/playground/slack/json.ts";
import type { LocalSlack } from "../../src/playground/slack/server.ts";
import type { Message } from "../../src/playground/slack/state.ts";
import type { ActionResult } from "../../src/playground/slack/users/action-result.ts";
import type { Press } from "../../src/playground/slack/users/components.ts";
import type { ViewActionResult } from "../../src/playground/slack/users/view-actions.ts";
import { requestIdsIn, type Submission } from "./records.ts";
import type { Dice } from "./seeded-random.ts";
import type { Board } from "./slack-messages.ts";

/** One sub-merchant in a separate channel, because Slack accepts one message a second in each. */
export interface Desk {
  subMchid: string;
  channel: string;
}

/** What the bot, or Slack on its behalf, showed a person at once. */
export interface Recipients {
  isAcknowledged: boolean;
  /** Empty if the bot acknowledged without a text, which promises that the request is recorded. */
  words: string;
}

export interface Crowd {
  /** Everything that people submitted, in order for each sub-merchant. */
  submissions: readonly Submission[];
  /** What people waited for in vain. */
  stuck: readonly string[];
  /** Statements to people that were not true. */
  untrue: readonly string[];
  openDesk(): Desk;
  /** @carol grants the roles, and tries again until she gets an answer. */
  grant(): Promise<void>;
  /** Notes that a person starts to submit this. */
  noteSubmission(desk: Desk, action: Action): Submission;
  /** Types the command once. Resolves to the answer. */
  type(submission: Submission): Promise<Recipients>;
  /**
   * Submits until it is recorded. Resolves to the request's message with its buttons, or undefined if it never
   * appeared.
   */
  submit(desk: Desk, action: Action): Promise<Message | undefined>;
  /** Presses until the message shows a decision. */
  decide(desk: Desk, message: Message, decision: Decision): Promise<boolean>;
  /** Waits until the message and the thread show how it ended. */
  untilEnded(desk: Desk, message: Message): Promise<boolean>;
  /** Presses Retry and waits for the end. Resolves to false if Retry is not offered. */
  retry(desk: Desk, message: Message): Promise<boolean>;
  /**
   * Submits, decides and waits for the end, repeatedly while `more()` returns true, opening and closing in turn. Most
   * requests are approved; some are rejected or withdrawn.
   */
  work(desk: Desk, dice: Dice, more: () => Promise<boolean>): Promise<void>;
}

export interface CrowdNeeds {
  slack: LocalSlack;
  board: Board;
  /** How long people wait for one thing, in milliseconds. */
  patienceMs: number;
  /** How often a person presses again who sees no change, in milliseconds. */
  pressAgainMs: number;
}

/** Break glass is not used here. */
export type Decision = Exclude<AnyDecision, "break-glass">;

const betweenTriesMs = 150;
const everybody = Object.values(people);
const grants = ["@ann requester", "@bob approver", "@dan approver", "@carol approver"];
const deciders = { approve: people.bob, reject: people.dan, withdraw: people.ann } as const satisfies Record<
  Decision,
  string
>;
const endWords =
  /(Receipts|点金计划) (not )?(opened|closed)|Not certain|Rejected by|Withdrawn by|Expired without a decision/;

let desks = 0;

/** What to press in a request's message for a decision. */
export function pressOf(decision: Decision, requestId: string): Press {
  return decision === "withdraw" ? { actionId: "more", option: requestId } : { actionId: decision };
}

/** @dan presses Reject. Resolves to the result, and whether the form opened in time. */
export async function openRejection(
  slack: LocalSlack,
  message: Message,
  withinMs: number,
): Promise<ActionResult & { isOpen: boolean }> {
  const [id = ""] = requestIdsIn(message);
  const result = await slack.clickStale(message, { ...pressOf("reject", id), user: people.dan });
  const form = slack.until(() => slack.modalWith(people.dan, id), { timeoutMs: withinMs });
  const isOpen = await form.then(
    () => true,
    () => false,
  );
  return { ...result, isOpen };
}

/** @dan submits the form that is open for this message. */
export function submitRejection(slack: LocalSlack, message: Message): Promise<ViewActionResult> {
  const [id] = requestIdsIn(message);
  return slack.submitView(people.dan, { reason: "wrong shop" }, id);
}

/** The errors of a form that a submission did not close; empty if it closed. */
export function formErrors({ view }: ViewActionResult, board: Board): string {
  return view ? board.textOf({ text: "", blocks: objectsIn(view, "blocks") } as Message) : "";
}

export function createCrowd({ slack, board, patienceMs, pressAgainMs }: CrowdNeeds): Crowd {
  const submissions: Submission[] = [];
  const stuck: string[] = [];
  const untrue: string[] = [];

  async function grant(): Promise<void> {
    const { channel } = openDesk();
    for (const words of grants) {
      const end = performance.now() + patienceMs;
      for (;;) {
        const result = await slack.type({ user: people.carol, channel, text: `/receipt grant ${words}` });
        if (result.ephemeral && /now has the role|already had the role/.test(board.textOf(result.ephemeral))) break;
        if (performance.now() > end) throw new Error(`${words} could not be granted: ${answerText(result)}`);
        await delay(betweenTriesMs);
      }
    }
  }

  function answerText(result: ActionResult): string {
    return result.ephemeral ? board.textOf(result.ephemeral) : (result.errorText ?? "");
  }

  function openDesk(): Desk {
    desks += 1;
    const channel = `C0DESK${String(desks).padStart(5, "0")}`;
    const members = new Set([...everybody, slack.app.botUserId]);
    slack.state.conversations.set(channel, {
      id: channel,
      name: `desk-${desks}`,
      kind: "public",
      isArchived: false,
      members,
    });
    return { subMchid: `1920${String(desks).padStart(6, "0")}`, channel };
  }

  function noteSubmission({ subMchid, channel }: Desk, action: Action): Submission {
    const made: Submission = { subMchid, channel, action, submittedAtMs: performance.now(), isPromised: false };
    submissions.push(made);
    return made;
  }

  async function type(made: Submission): Promise<Recipients> {
    const { action, subMchid, channel } = made;
    const text = `/receipt ${action.toLowerCase()} ${subMchid}`;
    const result = await slack.type({ user: people.ann, channel, text });
    made.isPromised ||= result.acknowledged && !result.ephemeral;
    return { isAcknowledged: result.acknowledged, words: answerText(result) };
  }

  async function submit(desk: Desk, action: Action): Promise<Message | undefined> {
    const { subMchid, channel } = desk;
    const known = new Set(board.messages(channel).flatMap(requestIdsIn));
    const made = noteSubmission(desk, action);
    const end = performance.now() + patienceMs;
    let words = "";
    let isDenied = false;
    for (let tries = 0; performance.now() < end; tries++) {
      ({ words } = await type(made));
      if (made.isPromised) break;
      // An earlier try was recorded, although its answer was lost.
      if (words.includes("already has an open request")) {
        if (isDenied) untrue.push(`${subMchid}: the answer was "Nothing was recorded", but it was recorded`);
        break;
      }
      isDenied = (tries === 0 || isDenied) && words.includes("Nothing was recorded");
      await delay(betweenTriesMs);
    }
    const message = await board.until(() => fresh(channel, known), Math.max(betweenTriesMs, end - performance.now()));
    if (!message) stuck.push(`${subMchid}: no message appeared for the command; the answer was: ${words || "nothing"}`);
    return message;
  }

  function fresh(channel: string, known: ReadonlySet<string>): Message | undefined {
    return board.messages(channel).find((message) => requestIdsIn(message).some((id) => !known.has(id)));
  }

  async function press(message: Message, decision: Decision): Promise<ActionResult> {
    const [id = ""] = requestIdsIn(message);
    if (decision !== "reject") return slack.clickStale(message, { ...pressOf(decision, id), user: deciders[decision] });
    const opened = await openRejection(slack, message, pressAgainMs);
    return opened.isOpen ? submitRejection(slack, message) : opened;
  }

  async function decide({ channel, subMchid }: Desk, message: Message, decision: Decision): Promise<boolean> {
    const end = performance.now() + patienceMs;
    while (performance.now() < end) {
      const result = await press(message, decision);
      const isDecided = () => sameRequest(channel, message).some((one) => !board.textOf(one).includes("[ Approve ]"));
      if (await board.until(isDecided, result.acknowledged ? pressAgainMs : betweenTriesMs)) return true;
    }
    stuck.push(`${subMchid}: ${decision} was pressed for ${patienceMs} ms, and no decision was shown`);
    return false;
  }

  /** Its message and later ones in the channel: a copy, if the answer to the first post was lost. */
  function sameRequest(channel: string, { ts }: Message): readonly Message[] {
    return board.messages(channel).filter((one) => one.ts >= ts);
  }

  async function untilEnded({ channel, subMchid }: Desk, message: Message, tellings = 1): Promise<boolean> {
    const isEnded = () => {
      const ended = sameRequest(channel, message).find((one) => endWords.test(board.textOf(one)));
      if (!ended) return false;
      return /Withdrawn by/.test(board.textOf(ended)) || toldIn(channel, message) >= tellings;
    };
    const hasEnded = (await board.until(isEnded, patienceMs)) === true;
    if (!hasEnded) {
      const now = sameRequest(channel, message).map(board.textOf).join(" / ");
      stuck.push(`${subMchid}: the outcome was not shown within ${patienceMs} ms; the message is: ${now}`);
    }
    return hasEnded;
  }

  function toldIn(channel: string, { ts }: Message): number {
    return board.replies(channel).filter(({ threadTs = "" }) => threadTs >= ts).length;
  }

  async function retry(desk: Desk, message: Message): Promise<boolean> {
    const offer = () => sameRequest(desk.channel, message).find((one) => board.textOf(one).includes("[ Retry ]"));
    const offered = offer();
    if (!offered) return false;
    const before = toldIn(desk.channel, message);
    const isTaken = () => !offer() || toldIn(desk.channel, message) > before;
    const end = performance.now() + patienceMs;
    // An unacknowledged press may still count. The round in its value makes pressing again harmless.
    while (performance.now() < end) {
      const result = await slack.clickStale(offered, { user: people.bob, actionId: "retry" });
      if (await board.until(isTaken, result.acknowledged ? pressAgainMs : betweenTriesMs))
        return untilEnded(desk, message, before + 1);
    }
    stuck.push(`${desk.subMchid}: Retry was pressed for ${patienceMs} ms without effect`);
    return false;
  }

  async function work(desk: Desk, dice: Dice, more: () => Promise<boolean>): Promise<void> {
    let action: Action = "OPEN";
    while (await more()) {
      const message = await submit(desk, action);
      const decision: Decision = dice.happens(0.85) ? "approve" : dice.pick(["reject", "withdraw"]);
      if (!message || !(await decide(desk, message, decision)) || !(await untilEnded(desk, message))) return;
      if (decision === "approve") action = action === "OPEN" ? "CLOSE" : "OPEN";
    }
  }

  return { submissions, stuck, untrue, openDesk, grant, noteSubmission, type, submit, decide, untilEnded, retry, work };
}
