/** The page's small JSON API under /playground/: what one person sees, what they do, and a stream of changes. */
import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { answer, answerJson, isLoopbackHost, readBody } from "../http.ts";
import { isArray, isObject, type Json, type JsonObject, objectIn, parseJson, stringIn } from "../json.ts";
import type { State } from "../state.ts";
import type { ActionResult } from "../users/action-result.ts";
import type { UserActions } from "../users/actions.ts";
import type { createViewActions, Filled } from "../users/view-actions.ts";
import { personView, type ViewNeeds } from "./person-view.ts";

export type PageNeeds = ViewNeeds & {
  readonly userActions: UserActions;
  readonly viewActions: ReturnType<typeof createViewActions>;
  /** The language of the page until a person chooses another one on it. */
  readonly locale: "en" | "zh-CN";
};

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  woff2: "font/woff2",
};
/** The files of the page, by their paths. No other file is served. */
const statics: ReadonlySet<string> = new Set(globSync("**/*.{html,css,js,woff2}", { cwd: import.meta.dirname }));

const policy = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src https: data:; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
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
    const content = await readFile(new URL(file, import.meta.url));
    const inLanguage = (html: string): string => html.replace('<html lang="en">', `<html lang="${needs.locale}">`);
    const body = file === "page.html" ? inLanguage(content.toString()) : content;
    answer(response, 200, types[file.slice(file.lastIndexOf(".") + 1)] ?? "", body, policy);
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
    if (path === "state") return answerJson(response, 200, await personView(url.searchParams.get("user") ?? "", needs));
    const read = ownEntry(needs.extension().read, path);
    if (read !== undefined)
      return answer(response, 200, "application/json", JSON.stringify(await read(url.searchParams)));
    if (path === "events") return stream(request, response, needs.state);
    const file = path.startsWith("files/") ? needs.files.get(path.slice("files/".length)) : undefined;
    if (file?.content === undefined) return answer(response, 404, "text/plain", "not found");
    const headers = { "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}` };
    return answer(response, 200, "application/octet-stream", file.content, headers);
  }
  // A form of another site cannot send these content types without a preflight request.
  const type = request.headers["content-type"] ?? "";
  const isUpload = path === "upload" && type === "application/octet-stream";
  if (!isUpload && !type.startsWith("application/json")) {
    return answer(response, 415, "text/plain", "application/json only");
  }
  try {
    const sent = await readBody(request);
    answerJson(response, 200, { result: isUpload ? upload(url, sent, needs) : await actWith(path, sent, needs) });
  } catch (error) {
    // The page shows the person what went wrong; it has no other source for it.
    answerJson(response, 400, { error: error instanceof Error ? error.message : String(error) });
  }
}

/** Uploads a file into a form. */
function upload(url: URL, content: Buffer, { files, userActions }: PageNeeds): JsonObject {
  const { id: user } = userActions.personHere(url.searchParams.get("user") ?? "");
  return { id: files.choose(user, url.searchParams.get("name") ?? "", content) };
}

async function actWith(path: string, sent: Buffer, needs: PageNeeds): Promise<Json> {
  const body = parseJson(sent.toString());
  if (!isObject(body)) throw new Error("the body must be a JSON object");
  const extra = ownEntry(needs.extension().act, path);
  return extra === undefined ? act(path, body, needs) : extra(body);
}

function ownEntry<T>(entries: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return entries !== undefined && Object.hasOwn(entries, name) ? entries[name] : undefined;
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
  const { acknowledged, afterMs, error, errorText, about } = result;
  return { acknowledged, afterMs, error, errorText, about };
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
