/** Answers one person at the address that came with a payload, or by the Web API if that address does not work. */
import { readAnswer } from "../api/response-schemas.ts";
import { refusalOf } from "../api/web-api.ts";
import type { Answer, Message } from "../blocks/elements.ts";
import type { SlackParts } from "../context.ts";
import type { Asked } from "../payloads/payloads.ts";

/** Uses of a response URL for one answer; Slack allows five in total. */
const answerTries = 3;

/** Posts at a payload's response URL. */
export type Respond = (
  message: Message & { response_type: "ephemeral"; replace_original: boolean; thread_ts?: string },
) => Promise<unknown>;

export interface PrivateAnswers {
  /** Answers where the person typed or clicked; `respond` is undefined for a payload without such an address. */
  tell(asked: Asked, respond: Respond | undefined, answer: Answer): Promise<void>;
}

/** Never reject: who cannot be reached in any way is in the log. */
export function createPrivateAnswers({
  slack,
  clock,
  log,
}: Pick<SlackParts, "slack" | "clock" | "log">): PrivateAnswers {
  /** Slack may be unavailable for a second or two; the person is still there then. */
  async function withTries(post: () => Promise<unknown>): Promise<boolean> {
    for (let tries = 1; ; tries++) {
      try {
        await post();
        return true;
      } catch (error) {
        log.warn({ err: error, tries }, "Slack did not accept an answer to one person");
        if (tries === answerTries || refusalOf(error) !== undefined) return false;
      }
      await clock.sleep(tries * 1_000);
    }
  }

  async function directly(userId: string, { text, blocks }: Message): Promise<unknown> {
    const { channel } = readAnswer("conversations.open", await slack("conversations.open", { users: userId }));
    return slack("chat.postMessage", { channel: channel.id, text, blocks });
  }

  return {
    async tell({ userId, channelId, threadTs }, respond, { replacesOriginal = false, ...message }) {
      const place = threadTs === undefined ? {} : { thread_ts: threadTs };
      const given = { response_type: "ephemeral", replace_original: replacesOriginal, ...message, ...place } as const;
      if (respond && (await withTries(() => respond(given)))) return;
      if (userId === undefined) return;
      // Response URLs have a host of their own, `hooks.slack.com`, which a firewall can block alone.
      const { text, blocks } = message;
      const below = { channel: channelId, user: userId, text, blocks, ...place };
      if (respond && channelId !== undefined && !isDirect(channelId))
        if (await withTries(() => slack("chat.postEphemeral", below))) return;
      // The bot need not be in the channel of a command.
      await withTries(() => directly(userId, message));
    },
  };
}

/** Direct messages with the bot show no message to one person alone; it is not in those between people. */
function isDirect(channelId: string): boolean {
  return channelId.startsWith("D");
}
