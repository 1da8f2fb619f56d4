/** The page's frame around the messages: the sidebar and the channel header. */
import { words } from "./language.js";
import { nameOf, person, title } from "./people.js";
import { go, view } from "./store.js";
import { el } from "./text.js";

const by = (id) => document.getElementById(id);
const read = new Map();

export function drawSide() {
  const { snapshot, place, you } = view;
  const conversation = snapshot.conversations.find(({ id }) => id === place);
  if (conversation) read.set(`${you} ${place}`, conversation.messages.length);
  by("team").textContent = snapshot.team;
  const isUnread = ({ id, messages }) => messages.length > (read.get(`${you} ${id}`) ?? 0);
  const entries = (isDirect) =>
    snapshot.conversations
      .filter(({ kind }) => (kind === "im" || kind === "mpim") === isDirect)
      .map((one) => entry(title(one), one.id, isUnread(one)));
  redrawList(by("channels"), entries(false));
  const home = snapshot.hasHome ? [entry(words.home(nameOf(snapshot.app)), "home", false)] : [];
  const apps = [...home, ...entries(true)];
  redrawList(by("apps"), apps);
  by("apps-title").hidden = apps.length === 0;
}

/** Lists are short, so they are redrawn whole; the same entry keeps the focus. */
function redrawList(list, entries) {
  const focused = [...list.children].findIndex((one) => one.contains(document.activeElement));
  list.replaceChildren(...entries);
  list.children[focused]?.querySelector("button").focus();
}

function entry(label, where, isUnread) {
  const button = el(
    "button",
    { type: "button", className: isUnread ? "unread" : "", "aria-current": String(where === view.place) },
    label,
    isUnread ? el("span", { className: "unseen" }, words.unread) : null,
  );
  button.addEventListener("click", () => {
    go(where);
    by("line").focus();
  });
  return el("li", {}, button);
}

export function drawHead(conversation) {
  const { snapshot } = view;
  const name = conversation ? title(conversation) : words.home(nameOf(snapshot.app));
  document.title = `${name} · ${nameOf(view.you)}`;
  by("place").textContent = name;
  by("about").textContent = conversation ? about(conversation) : "";
}

function about(conversation) {
  const { app } = view.snapshot;
  const isApp = (id) => Number(id === app);
  const names = [...conversation.members]
    .sort((a, b) => isApp(b) - isApp(a))
    .map(nameOf)
    .join(", ");
  return conversation.withApp ? names : words.appIsMissing(names, person(app).name);
}
