/** Answers payloads from Bolt within the time that Slack allows, and lets started work run to its end. */
import { randomUUID } from "node:crypto";
import type { App } from "@slack/bolt";
import type { Texts } from "../text/en/catalogue.ts";
import { type Answer, privateMessage } from "./blocks/elements.ts";
import { foreign } from "./blocks/mrkdwn.ts";
import type { SlackParts } from "./context.ts";
import { type Handlers, isDecision, onTop } from "./dispatch.ts";
import { formIds, shortcutIds } from "./payloads/ids.ts";
import { askedIn, choiceIds, clickIds, clickInHome, userIdIn } from "./payloads/payloads.ts";
import { createPrivateAnswers, type Respond } from "./replies/private-answer.ts";
import { showLate, working } from "./views/late-answer.ts";

/** Slack waits 3 seconds for an acknowledgement; a slower answer is replaced by a sentence that says so. */
const answerWithinMs = 2_500;

export interface Listener {
  /** Resolves once everything that arrived so far has been answered. */
  settled(): Promise<void>;
}

/** Registers the listeners: commands and forms are answered in the acknowledgement, clicks and shortcuts after it. */
export function listen(
  app: App,
  handlers: Handlers,
  { settings, slack, languages, clock, log }: Pick<SlackParts, "settings" | "slack" | "languages" | "clock" | "log">,
): Listener {
  const underWay = new Set<Promise<unknown>>();
  const { tell } = createPrivateAnswers({ slack, clock, log });

  /** Acknowledged work runs to its end, even if the bot is stopped in the meantime. */
  function tracked<T>(work: Promise<T>): Promise<T> {
    const running = work.finally(() => underWay.delete(running));
    underWay.add(running);
    return running;
  }

  /** The answer, or its replacement if Slack would wait too long; the answer then has to follow (`isLate`). */
  async function inTime<T>(answer: Promise<T>, tooLate: () => T): Promise<{ first: T; isLate: boolean }> {
    const isAnswered = new AbortController();
    const { signal } = isAnswered;
    const answered = tracked(answer).then((first) => ({ first, isLate: false }));
    const late = clock
      .sleep(answerWithinMs, signal)
      .then(() => (signal.aborted ? answered : { first: tooLate(), isLate: true }));
    const result = await Promise.race([answered, late]);
    // Passing a reason avoids creating an error with a stack for each command.
    isAnswered.abort("answered");
    return result;
  }

  // Most payloads are commands: Bolt would try every listener below for each of them, which takes longer than the rest
  // of its work. The app's manifest decides which commands come.
  app.use(async (args) => {
    if (!("command" in args)) return args.next();
    const { ack, body, respond } = args;
    // Phones begin a message with a capital letter.
    if (body.command.toLowerCase() !== settings.SLACK_COMMAND.toLowerCase()) return ack(await otherCommand(body));
    const answer = handlers.command(body);
    const slow = () => privateMessage(languages.known(body.user_id).answer.slow);
    const { first, isLate } = await inTime<Answer | undefined>(answer, slow);
    const isTaken = await ack(first === undefined ? undefined : { response_type: "ephemeral", ...first }).then(
      () => true,
      (error: unknown) => {
        log.warn({ err: error }, "a command could not be acknowledged; its answer follows");
        return false;
      },
    );
    if (isLate || !isTaken) void tracked(answer.then((message) => message && tell(askedIn(body), respond, message)));
  });

  app.view({ type: "view_submission", callback_id: oneOf(Object.values(formIds)) }, async ({ ack, body }) => {
    const texts = () => languages.known(userIdIn(body));
    const externalId = randomUUID();
    const answer = handlers.submission(body);
    const { first, isLate } = await inTime(answer, () =>
      working(externalId, body.view.callback_id, { texts: texts() }),
    );
    await ack(first);
    if (isLate)
      void tracked(answer.then((found) => showLate({ slack, texts: texts(), clock, log }, externalId, found)));
    if (isDecision(body)) await tracked(answer.then((given) => handlers.homeAfterForm(body, given)));
  });

  app.action({ type: "block_actions", action_id: oneOf(clickIds) }, async ({ ack, body, respond }) => {
    const answered = tracked(handlers.click(body).then(tellerFor(body, respond)));
    await ack();
    await answered;
  });

  app.action({ type: "block_actions", action_id: oneOf(choiceIds) }, ({ ack }) => ack());

  // While two versions of the bot run, or after a return to an older one, Slack still shows what the other one made.
  app.view({ type: "view_submission", callback_id: noneOf(Object.values(formIds)) }, async ({ ack, body }) => {
    const texts = await textsFor(body);
    await ack(onTop(otherVersion(texts), texts));
  });

  app.action(
    { type: "block_actions", action_id: noneOf([...clickIds, ...choiceIds]) },
    async ({ ack, body, respond }) => {
      await ack();
      // A form has no place for an answer, and says it when it is submitted.
      if (body.view?.type === "modal") return;
      const answered = textsFor(body).then((texts) => tellerFor(body, respond)(privateMessage(otherVersion(texts))));
      await tracked(answered);
    },
  );

  app.event("app_home_opened", async ({ body }) => {
    await tracked(handlers.home(body));
  });

  app.shortcut({ callback_id: oneOf(Object.values(shortcutIds)) }, async ({ ack, body, respond }) => {
    const teller = tellerAfter(body, respond);
    const answered = tracked(handlers.shortcut(body).then((answer) => answer && teller(answer)));
    await ack();
    await answered;
  });

  app.shortcut({ callback_id: noneOf(Object.values(shortcutIds)) }, async ({ ack, body, respond }) => {
    await ack();
    log.warn({ shortcut: body.callback_id }, "a shortcut was used that this version of the bot does not know");
    const sentence = async () => (await textsFor(body)).answer.otherShortcut(settings.SLACK_COMMAND);
    await tracked(sentence().then((text) => tellerAfter(body, respond)(privateMessage(text))));
  });

  app.error(async (error) => {
    log.error({ err: error }, "a listener failed");
  });

  /** The app's manifest and the settings can name the command differently. */
  async function otherCommand(body: { command: string }) {
    const { command } = body;
    log.warn({ command }, "a command was typed that SLACK_COMMAND does not name: the Slack app's manifest names it");
    const { answer } = await textsFor(body);
    const message = privateMessage(answer.otherCommand(foreign(command), settings.SLACK_COMMAND));
    return { response_type: "ephemeral", ...message } as const;
  }

  async function textsFor(body: unknown): Promise<Texts> {
    const userId = userIdIn(body);
    return userId === undefined ? languages.channel : languages.of(userId);
  }

  function otherVersion({ answer }: Texts): string {
    log.warn("a button or form of another version of the bot was used");
    return answer.otherVersion;
  }

  /** Answers the person who used a shortcut; only one on a message has a response URL. */
  function tellerAfter(body: { type: string }, respond: Respond): (answer: Answer) => Promise<void> {
    return (answer) => tell(askedIn(body), body.type === "message_action" ? respond : undefined, answer);
  }

  /** Answers the person who clicked: below the message, or in their home, which is published again in any case. */
  function tellerFor(body: unknown, respond: Respond): (answer: Answer | undefined) => Promise<void> {
    if (clickInHome.safeParse(body).success) return (answer) => handlers.home(body, answer);
    return async (answer) => answer && tell(askedIn(body), respond, answer);
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

function noneOf(ids: readonly string[]): RegExp {
  return new RegExp(`^(?!(${ids.join("|")})$)`);
}
