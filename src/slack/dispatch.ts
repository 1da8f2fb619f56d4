/** Slack's payloads -> answers: parsed here, answered by the parts, and every failure becomes a sentence. */
import type { z } from "zod";
import { CommitUncertain, isStoreAway } from "../storage/store-errors.ts";
import type { Texts } from "../text/en/catalogue.ts";
import { createActionHandler } from "./actions/actions.ts";
import { SlackAway } from "./api/workspace.ts";
import { type Answer, privateMessage } from "./blocks/elements.ts";
import { type FormAnswer, notice } from "./blocks/modal.ts";
import { createCommandHandler } from "./commands/commands.ts";
import type { SlackContext } from "./context.ts";
import {
  clickPayload,
  commandPayload,
  decisionSubmission,
  homePayload,
  shortcutPayload,
  submissionPayload,
} from "./payloads/payloads.ts";
import { createAppHome } from "./views/app-home.ts";
import { createShortcutHandler } from "./views/shortcuts.ts";
import { createViewHandler } from "./views/views.ts";

/** What one person alone is told; nothing where something else shows it. Never rejects. */
export type Handler<Recipients = Answer | undefined> = (body: unknown) => Promise<Recipients>;

/** The bot as Slack's payloads meet it, whichever way they come. */
export interface Handlers {
  command: Handler;
  click: Handler;
  /** Opens a form. */
  shortcut: Handler;
  submission: Handler<FormAnswer>;
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

export function createHandlers(context: SlackContext): Handlers {
  const { texts, log } = context;
  const showHome = createAppHome(context);

  function handler<T, Recipients>(
    schema: z.ZodType<T>,
    answer: (payload: T) => Promise<string | Recipients>,
    tell: (text: string) => Recipients,
    apologies: (body: unknown) => Apologies,
  ): Handler<Recipients> {
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
    command: handler(commandPayload, createCommandHandler(context), toOne, typing),
    click: handler(clickPayload, createActionHandler(context), toOne, clicking),
    shortcut: handler(shortcutPayload, createShortcutHandler(context), toOne, asking),
    submission: handler(submissionPayload, createViewHandler(context), (text) => onTop(text, texts), submitting),
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
