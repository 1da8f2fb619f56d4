/** A person's actions in Slack and what they see: typing a command, pressing a button, posting a message. */
import { randomUUID } from "node:crypto";
import type { Delivery, Receipt, Retry } from "../delivery/http.ts";
import {
  channelOf,
  commandPayload,
  interactivePayload,
  messageShortcutPayload,
  messageSource,
} from "../delivery/payloads.ts";
import { messageJson } from "../shapes/message.ts";
import type { Conversation, Message, State } from "../state.ts";
import type { Triggers } from "../triggers.ts";
import type { ContentRules } from "../web-api/message-content.ts";
import type { ResponseSource, ResponseUrls } from "../web-api/response-url.ts";
import type { Person } from "../workspace.ts";
import { type ActionResult, commandResult } from "./action-result.ts";
import { type Press, pressIn } from "./components.ts";
import { invite } from "./invite.ts";
import { namesFor, sentText } from "./typed-text.ts";

export type Typed = {
  readonly user: string;
  readonly channel: string;
  /** The line as typed, `/receipt open 1900000109`, or only the part after the command. */
  readonly text?: string;
  /** The payload's `text`, bypassing all transformations. */
  readonly rawText?: string;
  /** Mobile clients turn long numbers into telephone links. */
  readonly mobile?: boolean;
};

export type Click = Press & {
  readonly user: string;
  readonly channel: string;
  readonly ts: string;
  /** Cancel the confirmation dialog, so that nothing is sent. */
  readonly dismiss?: boolean;
};

export type UserActionNeeds = {
  readonly state: State;
  readonly triggers: Triggers;
  readonly responseUrls: ResponseUrls;
  readonly labels: boolean;
  readonly rules: ContentRules;
  readonly deliver: (delivery: Delivery, retry?: Retry) => Promise<Receipt>;
};

export type UserActions = ReturnType<typeof createUserActions>;

export function createUserActions(needs: UserActionNeeds) {
  const { state, triggers, responseUrls, rules } = needs;
  /** How to interpret the acknowledgement of each delivery, kept for redeliveries. */
  const meanings = new Map<string, (receipt: Receipt) => ActionResult>();

  async function send(
    delivery: Delivery,
    meaning: (receipt: Receipt) => ActionResult,
    retry?: Retry,
  ): Promise<ActionResult> {
    meanings.set(delivery.id, meaning);
    const receipt = await needs.deliver(delivery, retry);
    const result = meaning(receipt);
    state.changed();
    return { ...result, delivery };
  }

  /** @throws Error if this person could not do it in the real Slack either */
  function actor(user: string, channel: string): { person: Person; conversation: Conversation } {
    const person = personHere(user);
    const conversation = state.conversations.get(channel);
    if (conversation === undefined) throw new Error(`no channel ${channel}`);
    if (!conversation.members.has(user)) throw new Error(`${person.name} is not in ${conversation.name}`);
    return { person, conversation };
  }

  function personHere(user: string): Person {
    const person = state.people.get(user);
    if (person === undefined) throw new Error(`no person ${user}`);
    if (person.deleted === true) throw new Error(`${person.name} is deactivated and cannot act`);
    return person;
  }

  /** People of other workspaces cannot use the app's commands or shortcuts. */
  function memberHere(user: string): Person {
    const person = personHere(user);
    if (state.isStranger(person)) throw new Error(`${person.name} is of another workspace`);
    return person;
  }

  async function type(typed: Typed): Promise<ActionResult> {
    const { person, conversation } = actor(typed.user, typed.channel);
    const { command, shouldEscape } = state.app;
    const line = typed.text ?? "";
    const [, name = command, rest = line] = /^(\/\S*)(?:\s([\s\S]*))?$/.exec(line) ?? [];
    if (name === "/invite") return invite(state, person, conversation, rest);
    // People of other workspaces see the app's messages but cannot use its commands.
    if (name !== command || state.isStranger(person)) {
      const errorText = `${name} is not a valid command`;
      return { acknowledged: false, afterMs: 0, error: "not_a_command", errorText, about: name };
    }
    const words = line.startsWith("/") && rest === line ? "" : rest;
    const typing = { shouldEscape, labels: needs.labels, mobile: typed.mobile === true };
    const text = typed.rawText ?? sentText(words, namesFor(state, person), typing);
    const source: ResponseSource = { from: "commands", channel: conversation.id, user: person.id };
    const handles = { triggerId: triggers.issue(person.id), responseUrl: responseUrls.issue(source) };
    const delivery = commandPayload(state, person, conversation, text, handles);
    const typedLine = `${command} ${words}`.trim();
    return send(delivery, (receipt) => commandResult(receipt, { source, line: typedLine, ...needs }));
  }

  function click(given: Click): Promise<ActionResult> {
    const message = messageFor(given.user, given.channel, given.ts);
    return pressOn(message, given);
  }

  async function pressOn(message: Message, given: Click): Promise<ActionResult> {
    const { person, conversation } = actor(given.user, message.channel);
    const attached = message.attachments.flatMap((one) => (Array.isArray(one["blocks"]) ? one["blocks"] : []));
    const { action, confirm } = pressIn([...message.blocks, ...attached], given, actionTs());
    const shown = confirm === undefined ? {} : { confirm };
    if (given.dismiss === true) return { acknowledged: false, afterMs: 0, ...shown };
    const source: ResponseSource = {
      from: "actions",
      channel: conversation.id,
      user: person.id,
      message: { channel: message.channel, ts: message.ts },
    };
    const handles = { triggerId: triggers.issue(person.id), responseUrl: responseUrls.issue(source) };
    const fields = { ...messageSource(state, conversation, message, handles), actions: [action] };
    const result = await send(interactivePayload(state, person, fields), plainResult);
    return { ...result, ...shown };
  }

  /** An accepted click shows nothing. A failed one shows a warning sign beside the component. */
  function plainResult(receipt: Receipt): ActionResult {
    const { afterMs } = receipt;
    if (receipt.kind === "failed")
      return { acknowledged: false, afterMs, error: receipt.why, errorText: `⚠ ${receipt.why}` };
    if (receipt.body.kind !== "empty") rules.warn("an acknowledgement with a body where Slack expects none");
    return { acknowledged: true, afterMs };
  }

  function messageFor(user: string, channel: string, ts: string): Message {
    const message = state.find(channel, ts);
    if (message === undefined) throw new Error(`no message ${ts} in ${channel}`);
    if (message.onlyFor !== undefined && message.onlyFor !== user)
      throw new Error(`only ${message.onlyFor} sees ${ts}`);
    return message;
  }

  function actionTs(): string {
    return (state.clock.now() / 1000).toFixed(6);
  }

  return {
    type,
    click,
    send,
    actor,
    personHere,
    memberHere,
    plainResult,
    actionTs,

    /** Presses a button of `snapshot`, like a person whose screen is outdated. */
    clickStale(snapshot: Message, given: Omit<Click, "channel" | "ts">): Promise<ActionResult> {
      return pressOn(snapshot, { ...given, channel: snapshot.channel, ts: snapshot.ts });
    },

    /** Uses a shortcut of the app on a message. */
    async useMessageShortcut(user: string, message: Message, callbackId: string): Promise<ActionResult> {
      const { person, conversation } = actor(memberHere(user).id, message.channel);
      const responseUrl = responseUrls.issue({ from: "app", channel: conversation.id, user: person.id });
      const shortcut = {
        callback_id: callbackId,
        trigger_id: triggers.issue(person.id),
        response_url: responseUrl,
        message_ts: message.ts,
        action_ts: actionTs(),
        channel: channelOf(conversation),
        message: messageJson(state, message),
      };
      return send(messageShortcutPayload(state, person, shortcut), plainResult);
    },

    /** Delivers the same payload again, over the next connection in turn. Events carry their retry number. */
    redeliver(delivery: Delivery, retry?: Retry): Promise<ActionResult> {
      return send(
        delivery,
        meanings.get(delivery.id) ?? plainResult,
        delivery.kind === "events_api" ? retry : undefined,
      );
    },

    /** Posts a message that is not a command. */
    say(user: string, channel: string, text: string, threadTs?: string): Message {
      const { person, conversation } = actor(user, channel);
      const content = { text, blocks: [], attachments: [], linkNames: true, parse: "default" };
      const thread = threadTs === undefined ? {} : { threadTs };
      return state.post({
        ...content,
        channel: conversation.id,
        author: person.id,
        clientMsgId: randomUUID(),
        ...thread,
      });
    },
  };
}
