/** Slack's payloads -> answers: parsed here, answered by the parts, and every failure becomes a sentence. */
import type { App } from "@slack/bolt";
import { z } from "zod";
import { CommitUncertain, isStoreAway } from "../storage/store-errors.ts";
import type { Texts } from "../text/en.ts";
import { type FormAnswer, notice } from "./blocks/modal.ts";
import { type Answer, type Message, privateMessage } from "./blocks/parts.ts";
import type { BotParts } from "./bot-parts.ts";
import { createClickAnswerer } from "./clicks.ts";
import { createCommandAnswerer } from "./commands.ts";
import { createFormAnswerer } from "./forms.ts";
import { createHome } from "./home.ts";
import {
  choiceIds,
  clickIds,
  clickInHome,
  clickPayload,
  commandPayload,
  decisionSubmission,
  formIds,
  homePayload,
  shortcutIds,
  shortcutPayload,
  submissionPayload,
} from "./payloads.ts";
import { createShortcutAnswerer } from "./shortcuts.ts";
import { SlackAway } from "./workspace.ts";

/** What one person alone is told; nothing where something else shows it. Never rejects. */
export type Answerer<Told = Answer | undefined> = (body: unknown) => Promise<Told>;

/** The bot as Slack's payloads meet it, whichever way they come. */
export interface Answerers {
  command: Answerer;
  click: Answerer;
  /** Opens a form. */
  shortcut: Answerer;
  submission: Answerer<FormAnswer>;
  /**
   * Shows somebody their home: when they open it, and after a click in it, with what that is answered on top. Never
   * rejects.
   */
  home: (body: unknown, told?: Answer) => Promise<void>;
}

/** What is told where Slack or the ledger fails before anything is written, and where nobody knows. */
interface Apologies {
  slackAway: string;
  ledgerAway: string;
  ledgerUnsure: string;
}

export function createAnswerers(parts: BotParts): Answerers {
  const { texts, log } = parts;
  const showHome = createHome(parts);

  function answerer<T, Told>(
    schema: z.ZodType<T>,
    answer: (payload: T) => Promise<string | Told>,
    tell: (text: string) => Told,
    apologies: (body: unknown) => Apologies,
  ): Answerer<Told> {
    return async (body) => {
      try {
        const answered = await answer(schema.parse(body));
        return typeof answered === "string" ? tell(answered) : answered;
      } catch (error) {
        return tell(apology(error, apologies(body)));
      }
    };
  }

  function apology(error: unknown, { slackAway, ledgerAway, ledgerUnsure }: Apologies): string {
    if (error instanceof SlackAway) {
      log.warn({ err: error }, "Slack did not answer a question");
      return slackAway;
    }
    if (error instanceof CommitUncertain) {
      log.error({ err: error }, "the ledger was lost during a commit");
      return ledgerUnsure;
    }
    if (isStoreAway(error)) {
      log.error({ err: error }, "the ledger is away");
      return ledgerAway;
    }
    log.error({ err: error }, "a payload could not be answered");
    return texts.answer.failed;
  }

  const { ledgerAway, ledgerUnsure, slackAway } = texts.answer;
  const typing = () => ({ slackAway, ledgerAway, ledgerUnsure });
  const asking = () => ({ slackAway: texts.answer.slackAwayAtForm, ledgerAway, ledgerUnsure });
  const clicking = () => ({
    slackAway: texts.answer.slackAwayAtClick,
    ledgerAway: texts.answer.ledgerAwayAtClick,
    ledgerUnsure: texts.answer.ledgerUnsureAtClick,
  });
  const submitting = (body: unknown) => (isDecision(body) ? clicking() : asking());
  const toOne = (text: string): Answer | undefined => privateMessage(text);
  return {
    command: answerer(commandPayload, createCommandAnswerer(parts), toOne, typing),
    click: answerer(clickPayload, createClickAnswerer(parts), toOne, clicking),
    shortcut: answerer(shortcutPayload, createShortcutAnswerer(parts), toOne, asking),
    submission: answerer(submissionPayload, createFormAnswerer(parts), (text) => onTop(text, texts), submitting),
    async home(body, told) {
      try {
        const userId = homePayload.parse(body);
        if (userId !== undefined) await showHome(userId, told);
      } catch (error) {
        log.error({ err: error }, "a payload could not be answered");
      }
    },
  };
}

function isDecision(body: unknown): boolean {
  return decisionSubmission.safeParse(body).success;
}

/** A sentence on top of a form, which leaves what was filled in as it is. */
function onTop(text: string, texts: Texts): FormAnswer {
  return { response_action: "push", view: notice(text, texts.form.back, texts) };
}

/** Slack waits 3 seconds for an acknowledgement; who is not answered by then is told so. */
const answerWithinMs = 2_500;
/** Uses of a response URL for one answer; Slack allows five in all. */
const answerTries = 3;

type Respond = (message: Message & { response_type: "ephemeral"; replace_original: boolean }) => Promise<unknown>;

const openedAnswer = z.object({ channel: z.object({ id: z.string() }) });

export interface Listener {
  /** Resolves once everything that arrived so far has been answered. */
  settled(): Promise<void>;
}

/** Has Bolt's payloads answered: a command and a form with the acknowledgement, a click and a shortcut afterwards. */
export function listen(
  app: App,
  answerers: Answerers,
  { settings, slack, texts, clock, log }: Pick<BotParts, "settings" | "slack" | "texts" | "clock" | "log">,
): Listener {
  const underWay = new Set<Promise<unknown>>();

  /** What has been acknowledged is seen through, also when the bot is told to end meanwhile. */
  function seenThrough<T>(work: Promise<T>): Promise<T> {
    const seen = work.finally(() => underWay.delete(seen));
    underWay.add(seen);
    return seen;
  }

  /** The answer, or what stands for it where Slack would wait too long. */
  async function inTime<T>(answer: Promise<T>, tooLate: T): Promise<T> {
    const isAnswered = new AbortController();
    const late = clock.sleep(answerWithinMs, isAnswered.signal).then(() => tooLate);
    const first = await Promise.race([seenThrough(answer), late]);
    // With a reason of our own no error is made, stack and all, for each command.
    isAnswered.abort("answered");
    return first;
  }

  app.command(settings.SLACK_COMMAND, async ({ ack, body }) => {
    const slow: Answer | undefined = privateMessage(texts.answer.slow);
    const message = await inTime(answerers.command(body), slow);
    await ack(message === undefined ? undefined : { response_type: "ephemeral", ...message });
  });

  app.view({ type: "view_submission", callback_id: oneOf(Object.values(formIds)) }, async ({ ack, body }) => {
    const slow = isDecision(body) ? texts.answer.slowToDecide : texts.answer.slow;
    await ack(await inTime(answerers.submission(body), onTop(slow, texts)));
    if (isDecision(body)) await seenThrough(answerers.home(body));
  });

  app.action({ type: "block_actions", action_id: oneOf(clickIds) }, async ({ ack, body, respond }) => {
    const answered = seenThrough(answerers.click(body).then(tellerFor(body, respond)));
    await ack();
    await answered;
  });

  app.action({ type: "block_actions", action_id: oneOf(choiceIds) }, ({ ack }) => ack());

  app.event("app_home_opened", async ({ body }) => {
    await seenThrough(answerers.home(body));
  });

  app.shortcut({ callback_id: oneOf(Object.values(shortcutIds)) }, async ({ ack, body, respond }) => {
    // Only a shortcut on a message has an address for answers.
    const toThem = body.type === "message_action" ? respond : directly(body.user.id);
    const answered = seenThrough(answerers.shortcut(body).then((answer) => answer && tellBelow(toThem, answer)));
    await ack();
    await answered;
  });

  app.error(async (error) => {
    log.error({ err: error }, "a listener failed");
  });

  /** How whoever pressed is told: below the message, or in their home, which is shown anew in any case. */
  function tellerFor(body: unknown, respond: Respond): (answer: Answer | undefined) => Promise<void> {
    if (clickInHome.safeParse(body).success) return (answer) => answerers.home(body, answer);
    return async (answer) => answer && tellBelow(respond, answer);
  }

  /** Slack may put an answer off for a second or two; who pressed is still there then. */
  async function tellBelow(respond: Respond, { replacesOriginal = false, ...message }: Answer): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await respond({ response_type: "ephemeral", replace_original: replacesOriginal, ...message });
        return;
      } catch (error) {
        log.warn({ err: error, tries }, "Slack did not take an answer to one person");
        if (tries === answerTries) return;
      }
      await clock.sleep(tries * 1_000);
    }
  }

  /** In the direct message with the bot. */
  function directly(userId: string): Respond {
    return async ({ text, blocks }) => {
      const { channel } = openedAnswer.parse(await slack("conversations.open", { users: userId }));
      await slack("chat.postMessage", { channel: channel.id, text, blocks });
    };
  }

  return {
    async settled() {
      await Promise.allSettled(underWay);
    },
  };
}

function oneOf(ids: readonly string[]): RegExp {
  return new RegExp(`^(${ids.join("|")})$`);
}
