/** The page's small JSON API under /playground/: what one person sees, what they do, and a stream of changes. */
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { answer, answerJson, isLoopbackHost, readBody } from "../http.ts";
import { isArray, isObject, type Json, type JsonObject, objectIn, parseJson, stringIn } from "../json.ts";
import type { Message, State } from "../state.ts";
import type { ActionResult, UserActions } from "../users/actions.ts";
import type { createViewActions, Filled } from "../users/view-actions.ts";
import type { Files } from "../web-api/files.ts";
import type { Views } from "../web-api/views.ts";

/** A row of the page's list: a description, and the command that it puts into the composer. */
export type Note = { readonly title: string; readonly text: string };

export type PageNeeds = {
  readonly state: State;
  readonly userActions: UserActions;
  readonly viewActions: ReturnType<typeof createViewActions>;
  readonly views: Views;
  readonly files: Files;
  readonly notes: readonly Note[];
};

const types: Readonly<Record<string, string>> = { html: "text/html", css: "text/css", js: "text/javascript" };
/** The files of the page. No other file is served. */
const statics: ReadonlySet<string> = new Set([
  "page.html",
  "page.css",
  "panes.css",
  "messages.css",
  "blocks.css",
  "controls.css",
  "scripts/page.js",
  "scripts/blocks.js",
  "scripts/composer.js",
  "scripts/dialogs.js",
  "scripts/message.js",
  "scripts/people.js",
  "scripts/side.js",
  "scripts/store.js",
  "scripts/text.js",
  "scripts/timeline.js",
  "scripts/views.js",
]);

const policy = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src https: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
};

/** Answers requests for the page. Resolves to false if the path is not one of its own. */
export async function answerPage(
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
  needs: PageNeeds,
): Promise<boolean> {
  const file = url.pathname === "/" ? "page.html" : url.pathname.slice(1);
  const isPage = request.method === "GET" && statics.has(file);
  if (!isPage && !url.pathname.startsWith("/playground/")) return false;
  const { origin, host } = request.headers;
  if (!isLoopbackHost(host) || (origin !== undefined && origin !== `http://${host}`)) {
    answer(response, 403, "text/plain", "only from this machine");
    return true;
  }
  if (isPage) {
    const type = `${types[file.slice(file.lastIndexOf(".") + 1)]}; charset=utf-8`;
    answer(response, 200, type, await readFile(new URL(file, import.meta.url)), policy);
    return true;
  }
  await answerOwn(url, request, response, needs);
  return true;
}

async function answerOwn(
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
  needs: PageNeeds,
): Promise<void> {
  const path = url.pathname.slice("/playground/".length);
  if (request.method === "GET") {
    if (path === "state") return answerJson(response, 200, personView(url.searchParams.get("user") ?? "", needs));
    if (path === "events") return stream(request, response, needs.state);
    const file = path.startsWith("files/") ? needs.files.get(path.slice("files/".length)) : undefined;
    if (file?.content === undefined) return answer(response, 404, "text/plain", "not found");
    const headers = { "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}` };
    return answer(response, 200, "application/octet-stream", file.content, headers);
  }
  // A form of another site cannot send this content type without a preflight request.
  if (request.headers["content-type"]?.startsWith("application/json") !== true) {
    return answer(response, 415, "text/plain", "application/json only");
  }
  const body = parseJson((await readBody(request)).toString());
  try {
    if (!isObject(body)) throw new Error("the body must be a JSON object");
    answerJson(response, 200, { result: await act(path, body, needs) });
  } catch (error) {
    // The page shows the person what went wrong; it has no other source for it.
    answerJson(response, 400, { error: error instanceof Error ? error.message : String(error) });
  }
}

async function act(path: string, body: JsonObject, needs: PageNeeds): Promise<Json> {
  const { userActions, viewActions } = needs;
  const word = (key: string): string => stringIn(body, key) ?? "";
  const some = (key: string): Record<string, string> => (word(key) === "" ? {} : { [key]: word(key) });
  const press = { actionId: word("actionId"), ...some("blockId"), ...some("value"), ...some("option") };
  const user = word("user");
  switch (path) {
    case "type":
      return plainResult(await userActions.type({ user, channel: word("channel"), text: word("text") }));
    case "say":
      userActions.say(
        user,
        word("channel"),
        escaped(word("text")),
        word("threadTs") === "" ? undefined : word("threadTs"),
      );
      return null;
    case "click":
      return plainResult(await userActions.click({ ...press, user, channel: word("channel"), ts: word("ts") }));
    case "home":
      return plainResult(await viewActions.openHome(user));
    case "press": {
      const where = word("where") === "home" ? "home" : "modal";
      return plainResult(await viewActions.clickInView(user, where, press, filled(body)));
    }
    case "submit": {
      const result = await viewActions.submitView(user, filled(body));
      return { ...plainResult(result), errors: result.errors };
    }
    case "close":
      return plainResult(await viewActions.closeView(user, word("by") === "x" ? "x" : "cancel"));
    default:
      throw new Error(`no action ${path}`);
  }
}

/** Slack escapes what people type: `<!channel>` in a message is plain text. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function filled(body: JsonObject): Filled {
  const values: Record<string, string | readonly string[]> = {};
  for (const [key, value] of Object.entries(objectIn(body, "values") ?? {})) {
    if (typeof value === "string") values[key] = value;
    else if (isArray(value)) values[key] = value.filter((one) => typeof one === "string");
  }
  return values;
}

function plainResult(result: ActionResult): JsonObject {
  const { acknowledged, afterMs, error, errorText } = result;
  return { acknowledged, afterMs, error, errorText };
}

/** Everything that this person sees, in one object. The page redraws it after each change. */
function personView(user: string, needs: PageNeeds): JsonObject {
  const { state, views } = needs;
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
    people: [...state.people.values()].map((person) => ({ ...person, isStranger: state.isStranger(person) })),
    groups: [...state.groups.values()].map(({ id, handle }) => ({ id, handle })),
    notes: needs.notes,
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

/** Server-sent events: at most one `change` per turn of the event loop. */
function stream(request: IncomingMessage, response: ServerResponse, state: State): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.write("event: change\ndata: {}\n\n");
  let due = false;
  const tell = (): void => {
    if (due) return;
    due = true;
    setImmediate(() => {
      due = false;
      response.write("event: change\ndata: {}\n\n");
    });
  };
  state.changes.on("change", tell);
  request.on("close", () => state.changes.off("change", tell));
}
