/** Whether Slack accepts every message and form that the bot can send: validated with samples that nobody sees. */
import type { KnownBlock } from "@slack/types";
import { z } from "zod";
import type { Clock } from "../../domain/clock.ts";
import type { Settings } from "../../settings.ts";
import { connectionFailure } from "../../slack/api/outbound.ts";
import { refusalOf, retryAfterMsOf, type SlackApi } from "../../slack/api/web-api.ts";
import { textsOf } from "../../text/texts.ts";
import { type Check, type CheckResult, failed, ok, unseen } from "./check.ts";
import type { DoctorContext } from "./context.ts";
import { withSlack } from "./remote-checks.ts";
import { type SampleMessage, sampleMessages } from "./samples/messages.ts";
import { sampleViews } from "./samples/views.ts";
import type { SlackAccess } from "./slack-access.ts";

export const slackMessageCheck: Check = {
  name: "slack-messages",
  run: (context) => withSlack(context, (slack, settings) => checkMessages(slack, settings, context)),
};

/** Concurrent queries, and how often a rate-limited query is repeated. */
const atOnce = 4;
const triesMax = 5;
/** Refusals that are printed. */
const shownMax = 10;

/** A query to Slack, and its name. */
interface Question {
  name: string;
  args: { blocks: readonly KnownBlock[] } | { view: object };
}

type Answer =
  | { kind: "accepted" }
  | { kind: "refused"; name: string; why: string }
  | { kind: "unanswered"; why: string };

async function checkMessages(slack: SlackAccess, settings: Settings, context: DoctorContext): Promise<CheckResult> {
  const { messages } = context.texts.doctor;
  const questions = questionsFor(settings);
  const answers: Answer[] = [];
  const waiting = questions.values();
  const work = async () => {
    for (const question of waiting) {
      // If Slack cannot answer, the other queries are pointless.
      if (answers.some(({ kind }) => kind === "unanswered")) return;
      answers.push(await ask(slack.withoutToken, question, context.clock));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const refused = answers.filter((answer) => answer.kind === "refused");
  const [unanswered] = answers.filter((answer) => answer.kind === "unanswered");
  if (refused.length > 0)
    return failed(
      messages.refused(refused.length),
      ...refused.slice(0, shownMax).map(({ name, why }) => `${name}: ${why}`),
    );
  return unanswered ? unseen(messages.unanswered(unanswered.why)) : ok(messages.accepted(questions.length));
}

async function ask(slack: SlackApi, { name, args }: Question, clock: Clock): Promise<Answer> {
  for (let left = triesMax; ; left -= 1) {
    try {
      await slack("blocks.validate", { ...args });
      return { kind: "accepted" };
    } catch (error) {
      const [code, waitMs] = [refusalOf(error), retryAfterMsOf(error)];
      if (code?.startsWith("invalid_")) return { kind: "refused", name, why: problemsIn(error) ?? code };
      if (waitMs === undefined || left === 1) return { kind: "unanswered", why: code ?? connectionFailure(error) };
      await clock.sleep(waitMs);
    }
  }
}

const refusal = z.object({
  data: z.object({ errors: z.array(z.object({ message: z.string(), pointer: z.string().optional() })) }),
});

/** The errors that Slack reports, each with its location; undefined if it reports none. */
function problemsIn(error: unknown): string | undefined {
  const errors = refusal.safeParse(error).data?.data.errors ?? [];
  if (errors.length === 0) return undefined;
  return errors.map(({ message, pointer }) => (pointer ? `${message} (${pointer})` : message)).join("; ");
}

/** Uses the current settings, because their language, command and rules appear in the messages. */
function questionsFor({
  LOCALE,
  SLACK_COMMAND: command,
  REASON: reason,
  GOLDPLAN: goldplan,
  tickets,
}: Settings): Question[] {
  const typing = { texts: textsOf(LOCALE), command, reason, goldplan, ticket: tickets.shown };
  return [
    ...together(sampleMessages(typing)).map(({ name, blocks }) => ({ name, args: { blocks } })),
    ...sampleViews(typing).map(({ name, view }) => ({ name, args: { view } })),
  ];
}

/** See "blocks" of chat.postMessage; and Slack refuses larger messages with msg_blocks_too_long. */
const [blocksMax, charactersMax] = [50, 12_000];

/** Messages without buttons, whose IDs must be unique, are validated together, because Slack limits the rate. */
function together(messages: readonly SampleMessage[]): SampleMessage[] {
  const joined: SampleMessage[] = [];
  let open: SampleMessage | undefined;
  for (const message of messages) {
    const characters = JSON.stringify([...(open?.blocks ?? []), ...message.blocks]).length;
    const fits = (open?.blocks.length ?? 0) + message.blocks.length <= blocksMax && characters <= charactersMax;
    if (JSON.stringify(message.blocks).includes('"action_id"')) joined.push(message);
    else if (open && fits) {
      const [first = ""] = open.name.split(" … ");
      open = { name: `${first} … ${message.name}`, blocks: [...open.blocks, ...message.blocks] };
    } else {
      if (open) joined.push(open);
      open = message;
    }
  }
  return open ? [...joined, open] : joined;
}
