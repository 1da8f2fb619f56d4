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
import type { Intent, SlackContext } from "./context.ts";
import { type Interaction, pressedButton, submittedForm, typedCommand, usedShortcut } from "./interactions.ts";
import {
  clickPayload,
  commandPayload,
  decisionSubmission,
  homePayload,
  shortcutPayload,
  submissionPayload,
} from "./payloads/payloads.ts";
import { refuse } from "./replies/refuse.ts";
import { createAppHome } from "./views/app-home.ts";
import { parseShortcut } from "./views/shortcuts.ts";
import { createSubmissionParser } from "./views/views.ts";

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
}

/**
 * The messages for a person when Slack or the ledger fails before anything is written, and when the outcome is unknown.
 */
interface Apologies {
  slackAway: string;
  ledgerAway: string;
  ledgerUnsure: string;
}

export function createHandlers(given: Omit<SlackContext, "refused">): Handlers {
  const context: SlackContext = { ...given, refused: new WeakSet() };
  const { texts, log, metrics } = context;
  const showHome = createAppHome(context);
  const parseSubmission = createSubmissionParser(context);

  function handler<T, Reply>(
    { type, nameOf }: Interaction<T>,
    schema: z.ZodType<T>,
    parse: (payload: T) => Promise<Intent<string | Reply>>,
    tell: (text: string) => Reply,
    apologies: (body: unknown) => Apologies,
  ): Handler<Reply> {
    return async (body) => {
      let name = "";
      try {
        const payload = schema.parse(body);
        name = nameOf(payload);
        const intent = await parse(payload);
        const reply = await carryOut(context, intent);
        metrics.interaction(type, name, resultOf(intent));
        return typeof reply === "string" ? tell(reply) : reply;
      } catch (error) {
        metrics.interaction(type, name, failureOf(error));
        return tell(apology(error, apologies(body)));
      }
    };
  }

  function resultOf(intent: Intent<unknown>): InteractionResult {
    if (intent.kind === "answered") return "not-understood";
    return context.refused.has(intent.attempt) ? "refused" : "answered";
  }

  function apology(error: unknown, { slackAway, ledgerAway, ledgerUnsure }: Apologies): string {
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

  const { ledgerAway, ledgerUnsure, slackAway } = texts.answer;
  const typing = () => ({ slackAway, ledgerAway, ledgerUnsure });
  const requesting = () => ({ slackAway: texts.answer.slackAwayAtForm, ledgerAway, ledgerUnsure });
  const clicking = () => ({
    slackAway: texts.answer.slackAwayAtClick,
    ledgerAway: texts.answer.ledgerAwayAtClick,
    ledgerUnsure: texts.answer.ledgerUnsureAtClick,
  });
  const submitting = (body: unknown) => (isDecision(body) ? clicking() : requesting());
  const toOne = (text: string): Answer | undefined => privateMessage(text);
  return {
    command: handler(typedCommand, commandPayload, (typed) => parseTyped(context, typed), toOne, typing),
    click: handler(pressedButton, clickPayload, (click) => parseClick(context, click), toOne, clicking),
    shortcut: handler(usedShortcut, shortcutPayload, (shortcut) => parseShortcut(context, shortcut), toOne, requesting),
    submission: handler(submittedForm, submissionPayload, parseSubmission, (text) => onTop(text, texts), submitting),
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

/** Why nothing came of a payload. */
function failureOf(error: unknown): InteractionResult {
  if (error instanceof SlackAway) return "slack-away";
  if (error instanceof CommitUncertain) return "ledger-unsure";
  return isStoreAway(error) ? "ledger-away" : "failed";
}

/**
 * Looks up the person and refuses strangers, for every kind of payload. Handlers use the policy to check everything
 * else.
 */
async function carryOut<Reply>(context: SlackContext, intent: Intent<string | Reply>): Promise<string | Reply> {
  if (intent.kind === "answered") return intent.reply;
  const person = await context.people.find(intent.attempt.userId);
  if (person) return intent.run(person);
  const refusal = await refuse(context, { why: "standing", standing: "stranger" }, intent.attempt);
  return intent.showRefusal ? intent.showRefusal(refusal) : refusal;
}

/** Whether a form decides on a request, rather than submits one. */
export function isDecision(body: unknown): boolean {
  return decisionSubmission.safeParse(body).success;
}

/** A sentence on top of a form, which keeps its input. */
function onTop(text: string, texts: Texts): FormAnswer {
  return { response_action: "push", view: notice(text, texts.form.back, texts) };
}
