/** The page's state: what one person sees of the workspace, where they are, and how their actions are sent. */

import { words } from "./language.js";

export const view = {
  /** Everything that this person sees, as /playground/state returns it. */
  snapshot: undefined,
  you: sessionStorage.getItem("you") ?? "",
  /** A conversation's id, or `home`. */
  place: sessionStorage.getItem("place") ?? "",
  /** The parent's ts of the open thread. */
  thread: undefined,
  /** The pane beside the channel when no thread is open: `numbers`, `wire`, `mishaps`, `tour` or none. */
  pane: sessionStorage.getItem("pane") ?? (isNarrow() ? undefined : "numbers"),
  /** The message whose lines the wire shows, `{ channel, ts }`; undefined for all lines. */
  linesOf: undefined,
  /** The error of the last action. */
  trouble: "",
};

/** Whether a pane covers the channel instead of sitting beside it, as defined in panes.css. */
export function isNarrow() {
  return matchMedia("(max-width: 980px)").matches;
}

let redraw = () => {};
/** Registers the function that draws the view; it is called after each change. */
export function drawWith(draw) {
  redraw = () => {
    if (view.snapshot) draw();
  };
}

let isRefreshing = false;
let isStale = false;
/** One request at a time. Changes that arrive meanwhile, including a change of person, cause one more. */
export async function refresh() {
  isStale = true;
  if (isRefreshing) return;
  isRefreshing = true;
  try {
    while (isStale) {
      isStale = false;
      const person = view.you;
      const response = await fetch(`/playground/state?user=${encodeURIComponent(person)}`);
      const snapshot = await response.json();
      if (view.you === person) see(snapshot);
    }
  } catch (error) {
    report(words.unreachable(error.message));
  } finally {
    isRefreshing = false;
  }
}

function see(snapshot) {
  view.snapshot = snapshot;
  view.you = snapshot.you;
  const places = [...snapshot.conversations.map(({ id }) => id), ...(snapshot.hasHome ? ["home"] : [])];
  if (!places.includes(view.place)) {
    view.place = places[0];
    view.thread = undefined;
  }
  redraw();
  for (const check of [...waiting]) check();
}

const waiting = new Set();
/** Resolves once the page shows what `condition` asks for, or after 20 seconds without it. */
export function until(condition) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(limit);
      waiting.delete(check);
      resolve();
    };
    const check = () => condition() && end();
    const limit = setTimeout(end, 20_000);
    waiting.add(check);
    check();
  });
}

/** Performs an action as this person. An error ends up in `view.trouble`. */
export function act(path, body) {
  const headers = { "content-type": "application/json" };
  return send(path, { headers, body: JSON.stringify({ user: view.you, ...body }) });
}

/** Uploads a file into a form, and returns its id. An error ends up in `view.trouble`. */
export async function upload(file) {
  const headers = { "content-type": "application/octet-stream" };
  const query = new URLSearchParams({ user: view.you, name: file.name });
  return (await send(`upload?${query}`, { headers, body: file }))?.id;
}

async function send(path, request) {
  report("");
  try {
    const response = await fetch(`/playground/${path}`, { method: "POST", ...request });
    const { result, error } = await response.json();
    report(error ?? (result?.errorText === undefined ? "" : refusal(path, result)));
    return result ?? undefined;
  } catch (error) {
    report(words.unreachable(error.message));
    return undefined;
  }
}

/** The local Slack's sentence, in the language of the page where it is Slack itself that speaks to the person. */
function refusal(path, { error, errorText, about }) {
  const { refusals } = words;
  if (path === "submit") return refusals.notConnected;
  return path === "type" ? (refusals.typed[error]?.(about) ?? refusals.failed(about, error)) : errorText;
}

export function report(trouble) {
  if (view.trouble === trouble) return;
  view.trouble = trouble;
  document.getElementById("trouble").textContent = trouble;
}

export function become(person) {
  view.you = person;
  sessionStorage.setItem("you", person);
  report("");
  refresh();
  openHome();
}

/** Opens a conversation or the app's home, without a thread unless one is given. */
export function go(place, thread) {
  report("");
  view.place = place;
  view.thread = thread;
  sessionStorage.setItem("place", place);
  redraw();
  openHome();
}

/** If the app's home is open, tells the app so, as Slack does: it may have put nothing there for this person yet. */
export function openHome() {
  if (view.place === "home") act("home", {});
}

export function openThread(ts) {
  report("");
  view.thread = ts;
  redraw();
}

/** Shows a pane, which takes the place of the thread, or none. */
export function showPane(name) {
  report("");
  view.pane = name;
  sessionStorage.setItem("pane", name ?? "");
  if (name !== undefined) view.thread = undefined;
  redraw();
}

/** Shows the lines of one message on the wire, or all of them. */
export function showLinesOf(message) {
  view.linesOf = message;
  showPane("wire");
}

/**
 * Returns a function that loads what a pane shows and hands it to `show`. One request at a time; calls in the meantime
 * cause one more. Nothing is loaded while the pane is closed.
 */
export function loader(pane, path, show) {
  let isLoading = false;
  let isDue = false;
  return async () => {
    isDue = true;
    if (isLoading || document.getElementById(pane).hidden) return;
    isLoading = true;
    while (isDue) {
      isDue = false;
      const from = path();
      const loaded = await load(from);
      if (loaded !== undefined && from === path()) show(loaded);
    }
    isLoading = false;
  };
}

/** Reads what a pane shows; undefined, and an error in `view.trouble`, if the playground does not answer. */
async function load(path) {
  try {
    return await (await fetch(`/playground/${path}`)).json();
  } catch (error) {
    report(words.unreachable(error.message));
    return undefined;
  }
}

/** Follows a permalink of this workspace to the message on this page. Returns false for any other address. */
export function follow(url) {
  const { domain, conversations } = view.snapshot;
  const found = new RegExp(`^https://${domain}\\.slack\\.com/archives/([A-Z0-9]+)/p(\\d{10})(\\d{6})`).exec(url);
  if (!found) return false;
  const [, place, seconds, micros] = found;
  if (!conversations.some(({ id }) => id === place)) {
    report(words.elsewhere);
    return true;
  }
  const parent = new URL(url).searchParams.get("thread_ts") ?? undefined;
  go(place, parent);
  const ts = `${seconds}.${micros}`;
  const node = document.getElementById(`t${ts}`) ?? document.getElementById(`m${ts}`);
  if (!node) report(words.gone);
  node?.scrollIntoView({ block: "center" });
  node?.classList.add("sought");
  node?.addEventListener("animationend", () => node.classList.remove("sought"), { once: true });
  return true;
}
