/** Slack's payloads -> answers: parsed here, answered by the parts, and every failure becomes a sentence. */
import type { z } from "zod";
import { CommitUncertain, isStoreAway } from "../storage/store-errors.ts";
import type { Texts } from "../text/en/catalogue.ts";
import { createClickAnswerer } from "./actions/actions.ts";
import { SlackAway } from "./api/workspace.ts";
import { type Answer, privateMessage } from "./blocks/elements.ts";
import { type FormAnswer, notice } from "./blocks/modal.ts";
import { createCommandAnswerer } from "./commands/commands.ts";
import type { BotParts } from "./context.ts";
import {
  clickPayload,
  commandPayload,
  decisionSubmission,
  homePayload,
  shortcutPayload,
  submissionPayload,
} from "./payloads/payloads.ts";
import { createHome } from "./views/app-home.ts";
import { createShortcutAnswerer } from "./views/shortcuts.ts";
import { createFormAnswerer } from "./views/views.ts";

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

/** Whether a form decides on a request, rather than asks for one. */
export function isDecision(body: unknown): boolean {
  return decisionSubmission.safeParse(body).success;
}

/** A sentence on top of a form, which leaves what was filled in as it is. */
export function onTop(text: string, texts: Texts): FormAnswer {
  return { response_action: "push", view: notice(text, texts.form.back, texts) };
}
