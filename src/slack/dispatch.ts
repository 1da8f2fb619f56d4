/** Parses, authorizes and handles every payload from Slack. Every failure becomes a sentence for the person. */
import type { z } from "zod";
import type { InteractionResult } from "../domain/telemetry/metrics.ts";
import { CommitUncertain, isStoreAway } from "../storage/store-errors.ts";
import type { Texts } from "../text/en/catalogue.ts";
import { parseClick } from "./actions/actions.ts";
import { isForOperator } from "./api/token/scopes.ts";
import { SlackAway } from "./api/workspace.ts";
import { type Answer, privateMessage } from "./blocks/elements.ts";
import { type FormAnswer, notice } from "./blocks/modal.ts";
import { parseTyped } from "./commands/commands.ts";
import type { Intent, SlackParts } from "./context.ts";
import { type Interaction, pressedButton, submittedForm, typedCommand, usedShortcut } from "./interaction-names.ts";
import { decisionSubmission, submissionPayload } from "./payloads/forms.ts";
import { clickPayload, commandPayload, homePayload, shortcutPayload, userIdIn } from "./payloads/payloads.ts";
import { doneInHome } from "./replies/done-in-home.ts";
import { refuse } from "./replies/refuse.ts";
import { createAppHome } from "./views/app-home.ts";
import { parseShortcut } from "./views/shortcuts.ts";
import { parseSubmission } from "./views/views.ts";

/** Resolves to a message that only one person sees; undefined if something else shows the result. Never rejects. */
export type Handler<Reply = Answer | undefined> = (body: unknown) => Promise<Reply>;

/** One handler for each kind of payload, however it was delivered. */
export interface Handlers {
  command: Handler;
  click: Handler;
  /** Opens a form. */
  shortcut: Handler;
  submission: Handler<FormAnswer>;
  /**
   * Publishes a person's home when they open it, and after a click in it, with the answer at the top. Never rejects.
   */
  home: (body: unknown, told?: Answer) => Promise<void>;
  /** Publishes it again after a form that was opened in it, with what the form decided. Never rejects. */
  homeAfterForm: (body: unknown, answer: FormAnswer) => Promise<void>;
}

/**
 * The messages for a person when Slack or the ledger fails before anything is written, and when the outcome is unknown.
 */
interface Apologies {
  slackAway: string;
  ledgerAway: string;
  ledgerUnsure: string;
}

const typing = ({ answer: { slackAway, ledgerAway, ledgerUnsure } }: Texts): Apologies => ({
  slackAway,
  ledgerAway,
  ledgerUnsure,
});
const requesting = (texts: Texts): Apologies => ({ ...typing(texts), slackAway: texts.answer.slackAwayAtForm });
const clicking = ({ answer }: Texts): Apologies => ({
  slackAway: answer.slackAwayAtClick,
  ledgerAway: answer.ledgerAwayAtClick,
  ledgerUnsure: answer.ledgerUnsureAtClick,
});

export function createHandlers(given: Omit<SlackParts, "refused">): Handlers {
  const parts: SlackParts = { ...given, refused: new WeakSet() };
  const { languages, log, metrics } = parts;
  const showHome = createAppHome(parts);

  function handler<T, Reply>(
    { type, nameOf }: Interaction<T>,
    schema: z.ZodType<T>,
    parse: (parts: SlackParts, payload: T) => Promise<Intent<string | Reply>>,
    tell: (text: string, texts: Texts) => Reply,
    apologies: (texts: Texts, body: unknown) => Apologies,
  ): Handler<Reply> {
    return async (body) => {
      const userId = userIdIn(body);
      const read = schema.safeParse(body);
      if (!read.success) return unread(read.error, userId);
      const name = nameOf(read.data);
      try {
        const intent = await parse(parts, read.data);
        const { reply, texts } = await carryOut(parts, intent, userId);
        metrics.interaction(type, name, resultOf(intent));
        return typeof reply === "string" ? tell(reply, texts) : reply;
      } catch (error) {
        metrics.interaction(type, name, failureOf(error));
        const texts = languages.known(userId);
        return tell(apology(error, apologies(texts, body), texts), texts);
      }
    };

    /** What Slack shows of a newer or older version of the bot can contain what this version does not know. */
    async function unread(error: z.ZodError, userId: string | undefined): Promise<Reply> {
      metrics.interaction(type, "", "failed");
      log.error({ err: error }, "a payload could not be answered");
      const texts = userId === undefined ? languages.channel : await languages.of(userId);
      return tell(type === "command" ? texts.answer.failed : texts.answer.otherVersion, texts);
    }
  }

  function resultOf(intent: Intent<unknown>): InteractionResult {
    if (intent.kind === "answered") return "not-understood";
    return parts.refused.has(intent.attempt) ? "refused" : "answered";
  }

  function apology(error: unknown, { slackAway, ledgerAway, ledgerUnsure }: Apologies, texts: Texts): string {
    if (error instanceof SlackAway) {
      log.warn({ err: error }, "Slack did not answer a query");
      return error.refused !== undefined && isForOperator(error.refused)
        ? texts.answer.slackRefusesBot(error.refused)
        : slackAway;
    }
    if (error instanceof CommitUncertain) {
      log.error({ err: error }, "the connection to the ledger was lost during a commit");
      return ledgerUnsure;
    }
    if (isStoreAway(error)) {
      log.error({ err: error }, "the ledger is unavailable");
      return ledgerAway;
    }
    log.error({ err: error }, "a payload could not be answered");
    return texts.answer.failed;
  }

  const submitting = (texts: Texts, body: unknown) => (isDecision(body) ? clicking : requesting)(texts);
  const toOne = (text: string): Answer | undefined => privateMessage(text);

  /** @param telling what stands at the top; read only for a payload of a home */
  async function publish(body: unknown, telling: () => Promise<Answer | undefined>): Promise<void> {
    try {
      const userId = homePayload.parse(body);
      if (userId !== undefined) await showHome(userId, await telling());
    } catch (error) {
      log.error({ err: error }, "a payload could not be answered");
    }
  }

  /** What a form in a home decided; undefined if the form is still open. */
  async function decidedInHome(body: unknown, answer: FormAnswer): Promise<Answer | undefined> {
    if (answer.response_action !== "clear") return undefined;
    const { user, view } = decisionSubmission.parse(body);
    const context = { ...parts, texts: await languages.of(user.id) };
    const done = await doneInHome(context, view.private_metadata.requestId, user.id);
    return done === undefined ? undefined : privateMessage(done);
  }

  return {
    command: handler(typedCommand, commandPayload, parseTyped, toOne, typing),
    click: handler(pressedButton, clickPayload, parseClick, toOne, clicking),
    shortcut: handler(usedShortcut, shortcutPayload, (_, shortcut) => parseShortcut(shortcut), toOne, requesting),
    submission: handler(submittedForm, submissionPayload, parseSubmission, onTop, submitting),
    home: (body, told) => publish(body, async () => told),
    homeAfterForm: (body, answer) => publish(body, () => decidedInHome(body, answer)),
  };
}

/** Why nothing came of a payload. */
function failureOf(error: unknown): InteractionResult {
  if (error instanceof SlackAway) return "slack-away";
  if (error instanceof CommitUncertain) return "ledger-unsure";
  return isStoreAway(error) ? "ledger-away" : "failed";
}

/**
 * Looks up the person and refuses strangers, for every kind of payload. Handlers use the policy to check everything
 * else. The same look-up returns the person's language.
 */
async function carryOut<Reply>(
  parts: SlackParts,
  intent: Intent<string | Reply>,
  userId: string | undefined,
): Promise<{ reply: string | Reply; texts: Texts }> {
  const { people, languages } = parts;
  if (intent.kind === "answered") {
    const texts = userId === undefined ? languages.channel : await languages.of(userId);
    return { reply: intent.reply(texts), texts };
  }
  const person = await people.find(intent.attempt.userId);
  const texts = languages.personal(person?.locale);
  const context = { ...parts, texts };
  if (person) return { reply: await intent.run(context, person), texts };
  const refusal = await refuse(context, { why: "standing", standing: "stranger" }, intent.attempt);
  return { reply: intent.showRefusal ? await intent.showRefusal(context, refusal) : refusal, texts };
}

/** Whether a form decides on a request, rather than submits one. */
export function isDecision(body: unknown): boolean {
  return decisionSubmission.safeParse(body).success;
}

/** A sentence on top of a form, which keeps its input. */
export function onTop(text: string, texts: Texts): FormAnswer {
  return { response_action: "push", view: notice(text, texts.form.back, texts) };
}
