/** An index of Slack's messages: a campaign's channels hold thousands, and many people poll them at once. */
import { setTimeout as delay } from "node:timers/promises";
import type { LocalSlack } from "../../src/playground/slack/server.ts";
import type { Message } from "../../src/playground/slack/state.ts";
import { linesOf } from "../../src/playground/transcript.ts";

export interface Board {
  /** The bot's messages outside threads, oldest first. */
  messages(channel: string): readonly Message[];
  /** The bot's messages in threads, oldest first. */
  replies(channel: string): readonly Message[];
  /** The bot's ephemeral messages to one person, oldest first. */
  privateReplies(channel: string, user: string): readonly Message[];
  /** As people read it, with buttons in brackets. */
  textOf(message: Message): string;
  /** Polls until there is a value. Resolves to undefined after `withinMs`. */
  until<T>(what: () => T | undefined | false, withinMs: number): Promise<T | undefined>;
}

/** Polling interval of one person, in milliseconds. Everyone who polls within that time shares one read. */
const lookMs = 25;

export function createBoard(slack: LocalSlack): Board {
  const texts = new WeakMap<Message, string>();
  let byPlace = new Map<string, Message[]>();
  let lookedAt = Number.NEGATIVE_INFINITY;

  function at(place: string): readonly Message[] {
    if (performance.now() - lookedAt > lookMs) {
      byPlace = Map.groupBy(slack.state.all(), placeOf);
      lookedAt = performance.now();
    }
    return byPlace.get(place) ?? [];
  }

  return {
    messages: (channel) => at(channel),
    replies: (channel) => at(`${channel} thread`),
    privateReplies: (channel, user) => at(`${channel} ${user}`),
    textOf(message) {
      let text = texts.get(message);
      if (text === undefined) {
        text = linesOf(message, slack.state).join("\n");
        texts.set(message, text);
      }
      return text;
    },
    async until(what, withinMs) {
      const end = performance.now() + withinMs;
      for (;;) {
        const found = what();
        if (found !== undefined && found !== false) return found;
        if (performance.now() > end) return undefined;
        await delay(lookMs);
      }
    },
  };
}

function placeOf({ channel, onlyFor, threadTs }: Message): string {
  if (onlyFor !== undefined) return `${channel} ${onlyFor}`;
  return threadTs === undefined ? channel : `${channel} thread`;
}
