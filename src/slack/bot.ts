/** Bolt's listeners: payloads are parsed here, answered by the parts, and every failure becomes a sentence. */
import type { App } from "@slack/bolt";
import type { Logger } from "pino";
import type { z } from "zod";
import type { Clock } from "../receipt/clock.ts";
import type { Ledger } from "../receipt/ledger.ts";
import type { Roles } from "../receipt/roles.ts";
import type { Settings } from "../settings.ts";
import { isStoreAway } from "../storage/open.ts";
import type { Texts } from "../text/en.ts";
import { clickPayload, createClickAnswerer } from "./actions.ts";
import { privateMessage } from "./blocks/parts.ts";
import { actionIds } from "./blocks/request.ts";
import { commandPayload, createCommandAnswerer } from "./commands.ts";
import type { People } from "./people.ts";
import { SlackAway, type Workspace } from "./workspace.ts";

export interface BotParts {
  settings: Pick<Settings, "SLACK_COMMAND" | "RECEIPT_CHANNELS" | "REQUEST_TTL" | "APPROVAL_POLICY">;
  ledger: Ledger;
  roles: Roles;
  people: People;
  workspace: Workspace;
  texts: Texts;
  clock: Clock;
  log: Logger;
  /** Called after every change that Slack has to show. */
  changed(): void;
  /** Called when there is something to execute. */
  approved(): void;
}

/** Slack waits 3 seconds for an acknowledgement; who is not answered by then is told so. */
const answerWithinMs = 2_500;
/** Uses of a response URL for one answer; Slack allows five in all. */
const answerTries = 3;

export function listen(app: App, parts: BotParts): void {
  const { settings, texts, clock, log } = parts;
  const answerCommand = createCommandAnswerer(parts);
  const answerClick = createClickAnswerer(parts);

  app.command(settings.SLACK_COMMAND, async ({ ack, body }) => {
    const answered = answer(commandPayload, body, answerCommand, texts.answer.ledgerAway);
    const inTime = new AbortController();
    const tooLate = clock.sleep(answerWithinMs, inTime.signal).then(() => texts.answer.slow);
    const words = await Promise.race([answered, tooLate]);
    inTime.abort();
    await ack(words === undefined ? undefined : { response_type: "ephemeral", ...privateMessage(words) });
  });

  app.action(
    { type: "block_actions", action_id: new RegExp(`^(${Object.values(actionIds).join("|")})$`) },
    async ({ ack, body, respond }) => {
      await ack();
      const words = await answer(clickPayload, body, answerClick, texts.answer.ledgerAwayAtClick);
      if (words === undefined) return;
      await tell(() => respond({ response_type: "ephemeral", replace_original: false, ...privateMessage(words) }));
    },
  );

  app.error(async (error) => {
    log.error({ err: error }, "a listener failed");
  });

  /** Parses a payload and has it answered; whatever goes wrong becomes a sentence too. */
  async function answer<T>(
    schema: z.ZodType<T>,
    body: unknown,
    answerer: (payload: T) => Promise<string | undefined>,
    ledgerAway: string,
  ): Promise<string | undefined> {
    try {
      return await answerer(schema.parse(body));
    } catch (error) {
      return apology(error, ledgerAway);
    }
  }

  /** Slack may put an answer off for a second or two; who pressed is still there then. */
  async function tell(send: () => Promise<unknown>): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await send();
        return;
      } catch (error) {
        log.warn({ err: error, tries }, "Slack did not take an answer to one person");
        if (tries === answerTries) return;
      }
      await clock.sleep(tries * 1_000);
    }
  }

  function apology(error: unknown, ledgerAway: string): string {
    if (error instanceof SlackAway) {
      log.warn({ err: error }, "Slack did not answer a question");
      return texts.answer.slackAway;
    }
    if (isStoreAway(error)) {
      log.error({ err: error }, "the ledger is away");
      return ledgerAway;
    }
    log.error({ err: error }, "a payload could not be answered");
    return texts.answer.failed;
  }
}
