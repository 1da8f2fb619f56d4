/** The state of the workspace: people, conversations and messages. Every change is announced. */
import { EventEmitter } from "node:events";
import type { JsonObject } from "./json.ts";
import { type Mention, mentionsIn } from "./mentions.ts";
import type { Person, SlackApp, UserGroup, Workspace } from "./workspace.ts";

/** The content of a message, as the app sent it. */
export type Content = {
  readonly text: string;
  readonly blocks: readonly JsonObject[];
  readonly attachments: readonly JsonObject[];
  readonly linkNames: boolean;
  readonly parse: string;
  readonly metadata?: JsonObject;
};

export type Message = Content & {
  /** `seconds.6digits`, unique in the channel: the message's id. */
  readonly ts: string;
  readonly channel: string;
  readonly author: string;
  /** The parent's ts, in replies. */
  readonly threadTs?: string;
  readonly broadcast: boolean;
  /** The only person who sees it. */
  readonly onlyFor?: string;
  /** The id that a person's own Slack gave it. Only messages that people type have one. */
  readonly clientMsgId?: string;
  readonly files: readonly string[];
  /** Mentions that notified people when it was posted; edits notify nobody. */
  readonly pings: readonly Mention[];
  /** Mentions that are active in it now. */
  readonly mentions: readonly Mention[];
  readonly edited?: { readonly user: string; readonly ts: string };
  /** Its earlier content, oldest first. */
  readonly versions: readonly (Content & { readonly until: number })[];
  /** A deleted message, or an ephemeral one that was removed through its response URL. */
  readonly deleted: boolean;
};

export type Conversation = {
  readonly id: string;
  readonly name: string;
  readonly kind: "public" | "private" | "im" | "mpim";
  readonly isArchived: boolean;
  readonly members: Set<string>;
};

export type SharedFile = {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  /** The announced size in bytes. */
  readonly length: number;
  readonly content: Buffer | undefined;
  readonly shared: boolean;
  /** The person who uploaded it in a form, or the app's own user. */
  readonly user: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** The address of its private content, up to the file's name. */
  readonly folder: string;
};

export type Draft = Content & {
  readonly channel: string;
  readonly author: string;
  readonly threadTs?: string;
  readonly broadcast?: boolean;
  readonly onlyFor?: string;
  readonly clientMsgId?: string;
  readonly files?: readonly string[];
};

export type State = ReturnType<typeof openState>;

export function openState(workspace: Workspace, app: SlackApp, clock: { now(): number }) {
  const changes = new EventEmitter();
  changes.setMaxListeners(0);
  const people = new Map(workspace.people.map((person): [string, Person] => [person.id, person]));
  people.set(app.botUserId, { id: app.botUserId, name: "receipt", realName: "Receipts", isBot: true });
  const conversations = new Map(
    workspace.channels.map((channel): [string, Conversation] => [
      channel.id,
      {
        id: channel.id,
        name: channel.name,
        kind: channel.isPrivate === true ? "private" : "public",
        isArchived: channel.isArchived === true,
        members: new Set([...channel.members, ...(channel.botIsMember ? [app.botUserId] : [])]),
      },
    ]),
  );
  const messages = new Map<string, Message>();
  const files = new Map<string, SharedFile>();
  const groups = new Map(workspace.userGroups.map((group): [string, UserGroup] => [group.id, group]));
  let lastMicros = 0;
  let opened = 0;

  const changed = (): void => void changes.emit("change");

  function nextTs(): string {
    lastMicros = Math.max(lastMicros + 1, clock.now() * 1000);
    return `${Math.floor(lastMicros / 1e6)}.${String(lastMicros % 1e6).padStart(6, "0")}`;
  }

  /** The workspaces that a person is in. */
  function teamsOf({ teams, teamId }: Person): readonly string[] {
    return teams ?? [teamId ?? workspace.teamId];
  }

  function put(message: Message): Message {
    messages.set(key(message.channel, message.ts), message);
    changed();
    return message;
  }

  function openWith(kind: "im" | "mpim", users: readonly string[]): { conversation: Conversation; isNew: boolean } {
    const members = [...new Set([...users, app.botUserId])];
    for (const conversation of conversations.values()) {
      const same = conversation.members.size === members.length && members.every((id) => conversation.members.has(id));
      if (conversation.kind === kind && same) return { conversation, isNew: false };
    }
    opened += 1;
    const id = `${kind === "im" ? "D" : "G"}0LOCAL${String(opened).padStart(3, "0")}`;
    const conversation: Conversation = {
      id,
      name: kind === "im" ? "directmessage" : `mpdm-${opened}`,
      kind,
      isArchived: false,
      members: new Set(members),
    };
    conversations.set(id, conversation);
    changed();
    return { conversation, isNew: true };
  }

  return {
    workspace,
    app,
    clock,
    changes,
    changed,
    nextTs,
    people,
    conversations,
    groups,
    files,
    openWith,

    post(draft: Draft): Message {
      const { channel, author, threadTs, onlyFor, clientMsgId } = draft;
      const mentions = mentionsIn(draft);
      return put({
        ...content(draft),
        ts: nextTs(),
        channel,
        author,
        ...(threadTs === undefined ? {} : { threadTs }),
        ...(onlyFor === undefined ? {} : { onlyFor }),
        ...(clientMsgId === undefined ? {} : { clientMsgId }),
        broadcast: draft.broadcast === true,
        files: draft.files ?? [],
        // A mention in an ephemeral message is shown, but notifies nobody.
        pings: onlyFor === undefined ? mentions : [],
        mentions,
        versions: [],
        deleted: false,
      });
    },

    /** Replaces the content. The old one is kept in `versions`. */
    edit(message: Message, next: Content, marked: boolean): Message {
      return put({
        ...message,
        ...content(next),
        mentions: mentionsIn(next),
        ...(marked ? { edited: { user: message.author, ts: nextTs() } } : {}),
        versions: [...message.versions, { ...content(message), until: clock.now() }],
      });
    },

    remove(message: Message): void {
      put({ ...message, deleted: true });
    },

    /** The current message; undefined if it was deleted. */
    find(channel: string, ts: string): Message | undefined {
      const message = messages.get(key(channel, ts));
      return message === undefined || message.deleted ? undefined : message;
    },

    /** Every message in the channel that is not deleted, oldest first. */
    all(channel?: string): readonly Message[] {
      return [...messages.values()].filter(
        (message) => !message.deleted && (channel === undefined || message.channel === channel),
      );
    },

    teamsOf,
    /** Somebody of another workspace, through Slack Connect or of the same organization. */
    isStranger: (person: Person): boolean => !teamsOf(person).includes(workspace.teamId),
    /** Whether the workspace's organization, if it has one, is theirs too. */
    isOfOrganization: ({ teams, teamId }: Person): boolean =>
      workspace.enterprise !== undefined && (teams !== undefined || teamId === undefined),
  };
}

function key(channel: string, ts: string): string {
  return `${channel} ${ts}`;
}

function content(from: Content): Content {
  const { text, blocks, attachments, linkNames, parse, metadata } = from;
  return { text, blocks, attachments, linkNames, parse, ...(metadata === undefined ? {} : { metadata }) };
}
