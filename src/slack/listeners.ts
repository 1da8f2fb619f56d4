/** Has what comes through Bolt answered within Slack's time: acknowledged, told to one person alone, and seen through. */
import type { App } from "@slack/bolt";
import { z } from "zod";
import { type Answer, type Message, privateMessage } from "./blocks/elements.ts";
import type { SlackContext } from "./context.ts";
import { type Handlers, isDecision, onTop } from "./dispatch.ts";
import { formIds, shortcutIds } from "./payloads/ids.ts";
import { choiceIds, clickIds, clickInHome } from "./payloads/payloads.ts";

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
  handlers: Handlers,
  { settings, slack, texts, clock, log }: Pick<SlackContext, "settings" | "slack" | "texts" | "clock" | "log">,
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
    const message = await inTime(handlers.command(body), slow);
    await ack(message === undefined ? undefined : { response_type: "ephemeral", ...message });
  });

  app.view({ type: "view_submission", callback_id: oneOf(Object.values(formIds)) }, async ({ ack, body }) => {
    const slow = isDecision(body) ? texts.answer.slowToDecide : texts.answer.slow;
    await ack(await inTime(handlers.submission(body), onTop(slow, texts)));
    if (isDecision(body)) await seenThrough(handlers.home(body));
  });

  app.action({ type: "block_actions", action_id: oneOf(clickIds) }, async ({ ack, body, respond }) => {
    const answered = seenThrough(handlers.click(body).then(tellerFor(body, respond)));
    await ack();
    await answered;
  });

  app.action({ type: "block_actions", action_id: oneOf(choiceIds) }, ({ ack }) => ack());

  app.event("app_home_opened", async ({ body }) => {
    await seenThrough(handlers.home(body));
  });

  app.shortcut({ callback_id: oneOf(Object.values(shortcutIds)) }, async ({ ack, body, respond }) => {
    // Only a shortcut on a message has an address for answers.
    const toThem = body.type === "message_action" ? respond : directly(body.user.id);
    const answered = seenThrough(handlers.shortcut(body).then((answer) => answer && tellBelow(toThem, answer)));
    await ack();
    await answered;
  });

  app.error(async (error) => {
    log.error({ err: error }, "a listener failed");
  });

  /** How whoever pressed is told: below the message, or in their home, which is shown anew in any case. */
  function tellerFor(body: unknown, respond: Respond): (answer: Answer | undefined) => Promise<void> {
    if (clickInHome.safeParse(body).success) return (answer) => handlers.home(body, answer);
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
