/** Response URLs: up to five answers to one command or click, within half an hour (slack-rules.md 2.5). */
import { randomBytes, randomInt } from "node:crypto";
import { flagIn, isObject, type Json, type JsonObject, parseJson } from "../json.ts";
import type { Rates } from "../rate-limits.ts";
import { Refusal } from "../refusal.ts";
import type { Message, State } from "../state.ts";
import { threadOf } from "./chat.ts";
import { type ContentRules, newContent, readContent, updatedContent } from "./message-content.ts";

export type ResponseUrls = ReturnType<typeof createResponseUrls>;

/** Where a response URL comes from: a command, a click (`actions`) or a message shortcut (`app`), as its path says. */
export const responseSources = ["commands", "actions", "app"] as const;

export type ResponseSource = {
  readonly from: (typeof responseSources)[number];
  readonly channel: string;
  readonly user: string;
  /** The clicked message. A command has none. */
  readonly message?: { readonly channel: string; readonly ts: string };
};

const usesMax = 5;
const lifeMs = 30 * 60_000;

export function createResponseUrls(state: State, rates: Rates, base: () => string) {
  const issued = new Map<string, ResponseSource & { at: number; uses: number }>();

  function use(path: string, contentType: string | undefined, body: string, rules: ContentRules): JsonObject {
    const url = issued.get(path);
    if (url === undefined) throw new Refusal("no_such_url");
    if (state.clock.now() - url.at > lifeMs) throw new Refusal("expired_url");
    if (url.uses >= usesMax) throw new Refusal("used_url");
    const given = contentType?.toLowerCase().startsWith("application/json") === true ? parseJson(body) : undefined;
    // A payload that Slack does not understand counts as a use: the strict reading.
    if (!isObject(given)) {
      url.uses += 1;
      throw new Refusal("invalid_payload");
    }
    try {
      respond(given, url, rules);
    } catch (error) {
      if (error instanceof Refusal) url.uses += 1;
      throw error;
    }
    url.uses += 1;
    return given;
  }

  function respond(given: JsonObject, source: ResponseSource, rules: ContentRules): void {
    const read = readContent(given, rules);
    const says = read.text !== undefined || read.blocks !== undefined || read.attachments !== undefined;
    const original = source.message === undefined ? undefined : state.find(source.message.channel, source.message.ts);
    const fresh = (): void => {
      post(
        given,
        source,
        () => newContent(read, rules),
        (channel) => rates.post(channel),
      );
    };

    if (flagIn(given, "delete_original") === true) {
      if (source.message === undefined) rules.warn("delete_original: the line with the command cannot be deleted");
      else if (original === undefined) throw new Refusal("message_not_found");
      else state.remove(original);
      if (says) fresh();
      return;
    }
    const replaces = flagIn(given, "replace_original");
    if (source.message === undefined) {
      if (replaces === true) rules.warn("replace_original: the line with the command cannot be replaced");
      fresh();
      return;
    }
    if (replaces === false) {
      fresh();
      return;
    }
    if (original === undefined) throw new Refusal("message_not_found");
    // Without `replace_original:false`, the clicked message is replaced and keeps its visibility.
    const requested = given["response_type"];
    const isEphemeral = original.onlyFor !== undefined;
    if (requested !== undefined && (requested === "ephemeral") !== isEphemeral) {
      rules.warn(
        `replaced the clicked message although response_type is ${String(requested)}: say replace_original:false`,
      );
    }
    if (original.author !== state.app.botUserId) throw new Refusal("cant_update_message");
    state.edit(original, updatedContent(original, read, rules), read.blocks === undefined);
  }

  function post(
    given: JsonObject,
    source: ResponseSource,
    read: () => ReturnType<typeof newContent>,
    take: (channel: string) => void,
  ): Message {
    const type = given["response_type"];
    if (type !== undefined && type !== "ephemeral" && type !== "in_channel") throw new Refusal("invalid_arguments");
    const conversation = state.conversations.get(source.channel);
    if (conversation === undefined) throw new Refusal("channel_not_found");
    const content = read();
    const threadTs = threadOf(state, conversation, given);
    take(source.channel);
    return state.post({
      ...content,
      channel: source.channel,
      author: state.app.botUserId,
      ...(type === "in_channel" ? {} : { onlyFor: source.user }),
      ...(threadTs === undefined ? {} : { threadTs }),
    });
  }

  return {
    /** Creates a URL for one payload. */
    issue(source: ResponseSource): string {
      const path = `${source.from}/${state.workspace.teamId}/${randomInt(1e12)}/${randomBytes(12).toString("hex")}`;
      issued.set(path, { ...source, at: state.clock.now(), uses: 0 });
      return `${base()}${path}`;
    },

    /**
     * Answers one POST. New messages count against the channel's rate limit, and a rate-limited call does not count as
     * a use.
     * @throws Refusal `used_url`, `expired_url`, `invalid_payload` and those of a message; RateLimited
     */
    use,

    /** Shows the message in a command's acknowledgement. It uses no URL and counts against no rate limit. */
    answer(value: Json, source: ResponseSource, rules: ContentRules): Message | undefined {
      if (!isObject(value)) throw new Refusal("invalid_payload");
      const alone = Object.keys(value).every((key) => key === "response_type");
      if (alone) return undefined;
      return post(
        value,
        source,
        () => newContent(readContent(value, rules), rules),
        () => {},
      );
    },
  };
}
