/** What one person sees of the workspace, as the page draws it. */
import type { JsonObject } from "../json.ts";
import type { Message, State } from "../state.ts";
import type { Files } from "../web-api/files.ts";
import type { Views } from "../web-api/views.ts";
import type { Note, PageExtension } from "./page-extension.ts";

export type ViewNeeds = {
  readonly state: State;
  readonly views: Views;
  readonly files: Files;
  readonly notes: readonly Note[];
  /** What else the page offers. */
  readonly extension: () => PageExtension;
};

/** Everything that this person sees, in one object. The page redraws it after each change. */
export async function personView(user: string, needs: ViewNeeds): Promise<JsonObject> {
  const { state, views } = needs;
  const roles = await needs.extension().roles?.();
  const { app, workspace } = state;
  const you = state.people.get(user) ?? workspace.people[0];
  if (you === undefined) throw new Error("the workspace has no people");
  const conversations = [...state.conversations.values()].filter(({ members }) => members.has(you.id));
  const modal = views.open(you.id);
  const home = views.home(you.id);
  return {
    team: workspace.name,
    domain: workspace.domain,
    command: app.command,
    you: you.id,
    app: app.botUserId,
    hasHome: app.homeTab,
    people: [...state.people.values()].map((person) => ({
      ...person,
      isStranger: state.isStranger(person),
      roles: roles === undefined ? undefined : (roles.get(person.id) ?? []),
    })),
    groups: [...state.groups.values()].map(({ id, handle }) => ({ id, handle })),
    notes: needs.notes,
    isBotStopped: needs.extension().hasBot?.() === false,
    panes: needs.extension().panes ?? [],
    conversations: conversations.map((conversation) => ({
      id: conversation.id,
      name: conversation.name,
      kind: conversation.kind,
      withApp: conversation.members.has(app.botUserId),
      members: [...conversation.members],
      messages: state
        .all(conversation.id)
        .filter((message) => message.onlyFor === undefined || message.onlyFor === you.id)
        .map((message) => messageView(message, needs.files)),
    })),
    modal: modal === undefined ? null : { id: modal.id, ...modal.json },
    home: home === undefined ? null : { id: home.id, ...home.json },
  };
}

function messageView(message: Message, files: Files): JsonObject {
  const { ts, author, text, blocks, attachments, threadTs, broadcast, onlyFor, edited } = message;
  const named = message.files.map((id) => ({ id, name: files.get(id)?.name ?? id, title: files.get(id)?.title ?? id }));
  return { ts, author, text, blocks, attachments, threadTs, broadcast, onlyFor, edited: edited?.ts, files: named };
}
