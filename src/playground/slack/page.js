/** The local Slack's page: shows what one person sees, and does what they do, over /playground/. */
import { drawBlock } from "/page-blocks.js";
import { field, filledIn, pressWith } from "/page-dialogs.js";
import { el, mrkdwn } from "/page-text.js";

const by = (id) => document.getElementById(id);
const colours = ["#1264a3", "#007a5a", "#8f4700", "#7c3085", "#b3093c", "#3d5a00", "#46505a"];

let sight;
let you = sessionStorage.getItem("you") ?? "";
let place = sessionStorage.getItem("place") ?? "";
let thread;
const read = new Map();
const history = [];
let recalled = 0;

async function look() {
  const response = await fetch(`/playground/state?user=${encodeURIComponent(you)}`);
  sight = await response.json();
  you = sight.you;
  const places = [...sight.conversations.map(({ id }) => id), "home"];
  if (!places.includes(place)) place = places[0];
  draw();
}

async function act(path, body) {
  by("trouble").textContent = "";
  const response = await fetch(`/playground/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ user: you, ...body }),
  });
  const { seen, error } = await response.json();
  by("trouble").textContent = error ?? seen?.errorText ?? "";
  return seen;
}

const person = (id) => sight.people.find((one) => one.id === id);

function seeing(press) {
  return {
    you,
    person: (id) => person(id)?.realName,
    channel: (id) => sight.conversations.find((one) => one.id === id)?.name,
    group: (id) => sight.groups.find((one) => one.id === id)?.handle,
    press,
    follow,
  };
}

/** A permalink of this workspace leads to the message on this page. */
function follow(url) {
  const found = new RegExp(`^https://${sight.domain}\\.slack\\.com/archives/([A-Z0-9]+)/p(\\d{10})(\\d{6})`).exec(url);
  if (!found) return false;
  go(found[1]);
  const parent = new URL(url).searchParams.get("thread_ts");
  if (parent) openThread(parent);
  document.getElementById(`m${found[2]}.${found[3]}`)?.scrollIntoView({ block: "center" });
  return true;
}

function go(where) {
  place = where;
  thread = undefined;
  sessionStorage.setItem("place", where);
  draw();
  if (where === "home") act("home", {});
  by("line").focus();
}

function openThread(ts) {
  thread = ts;
  draw();
}

function draw() {
  by("team").textContent = sight.team;
  drawSide();
  const here = sight.conversations.find(({ id }) => id === place);
  const isHome = here === undefined;
  by("place").textContent = isHome ? "Receipts · Home" : title(here);
  by("about").textContent = here === undefined ? "" : about(here);
  by("composer").hidden = isHome;
  by("line").placeholder = isHome ? "" : `Message ${title(here)}, or ${sight.command} help`;
  keepingPlace(by("messages"), () =>
    isHome
      ? drawHome()
      : timeline(
          here.messages.filter((one) => !one.threadTs || one.broadcast),
          here,
        ),
  );
  if (here) read.set(`${you} ${here.id}`, here.messages.length);
  const parent = here?.messages.find(({ ts }) => ts === thread);
  by("thread").hidden = parent === undefined;
  if (parent) {
    const replies = here.messages.filter((one) => one.threadTs === thread);
    keepingPlace(by("replies"), () => [parent, ...replies].map((one) => drawMessage(one, here, true)));
  }
  drawModal();
}

function title(conversation) {
  if (conversation.kind !== "im") return `${conversation.kind === "private" ? "🔒" : "#"}${conversation.name}`;
  const other = conversation.members.find((id) => id !== you);
  return person(other)?.realName ?? other;
}

function about(conversation) {
  const names = conversation.members.map((id) => person(id)?.realName ?? id).join(", ");
  return conversation.withApp ? names : `${names} · the app is not in this channel`;
}

/** Redraws a list; whoever is at its end stays there, and the focus stays on the same component. */
function keepingPlace(box, make) {
  const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 60;
  const focused = box.contains(document.activeElement)
    ? [...box.querySelectorAll("button, summary, select")].indexOf(document.activeElement)
    : -1;
  box.replaceChildren(...make());
  if (atEnd) box.scrollTop = box.scrollHeight;
  if (focused >= 0) box.querySelectorAll("button, summary, select")[focused]?.focus();
}

function drawSide() {
  const options = sight.people
    .filter((one) => !one.isBot)
    .map((one) => {
      const kind = one.deleted
        ? " (deactivated)"
        : one.isGuest
          ? " (guest)"
          : one.isStranger
            ? " (other workspace)"
            : "";
      return el(
        "option",
        { value: one.id, selected: one.id === you, disabled: one.deleted === true },
        `${one.realName}${kind}`,
      );
    });
  by("you").replaceChildren(...options);
  const entry = (label, where, isUnread) => {
    const button = el(
      "button",
      { type: "button", className: isUnread ? "unread" : "", "aria-current": String(where === place) },
      label,
    );
    button.addEventListener("click", () => go(where));
    return el("li", {}, button);
  };
  const entries = (direct) =>
    sight.conversations
      .filter(({ kind }) => (kind === "im" || kind === "mpim") === direct)
      .map((one) => entry(title(one), one.id, one.messages.length > (read.get(`${you} ${one.id}`) ?? 0)));
  by("channels").replaceChildren(...entries(false));
  by("directs").replaceChildren(entry("Receipts · Home", "home", false), ...entries(true));
  by("notes").hidden = sight.notes.length === 0;
  const notes = sight.notes.map((note) => {
    const button = el(
      "button",
      { type: "button", title: "Put into the message line", className: "note" },
      el("code", { className: "note-title" }, note.title),
      el("span", { className: "note-text" }, note.text),
    );
    button.addEventListener("click", () => putIntoLine(note.title));
    return el("li", {}, button);
  });
  by("notes")
    .querySelector("ul")
    .replaceChildren(...notes);
}

function putIntoLine(text) {
  const line = by("line");
  const empty = line.value.trim() === "";
  if (text.startsWith("/")) line.value = text;
  else line.value = empty ? `${sight.command} open ${text}` : `${line.value.trimEnd()} ${text}`;
  line.focus();
}

function timeline(messages, conversation) {
  if (messages.length > 0) return messages.map((one) => drawMessage(one, conversation, false));
  return [el("p", { className: "small", style: "padding: 0 20px" }, `Nothing here yet. Try ${sight.command} help`)];
}

function drawMessage(message, conversation, inThread) {
  const author = person(message.author);
  const press = (block, component, option) =>
    pressWith(
      component,
      (values) => act("click", { ...values, channel: conversation.id, ts: message.ts, blockId: block.block_id }),
      option,
    );
  const see = seeing(press);
  const at = new Date(Number(message.ts) * 1000);
  const head = el(
    "div",
    {},
    el("span", { className: "by" }, author?.realName ?? message.author),
    author?.isBot ? el("span", { className: "badge" }, "APP") : null,
    el(
      "time",
      { className: "when", dateTime: at.toISOString(), title: at.toLocaleString() },
      at.toLocaleTimeString(undefined, { hour: "numeric", minute: "2-digit" }),
    ),
    message.edited ? el("span", { className: "small" }, " (edited)") : null,
  );
  const body =
    message.blocks.length > 0 ? message.blocks.map((block) => drawBlock(block, see)) : [mrkdwn(message.text, see)];
  const attached = message.attachments.flatMap(
    (one) => one.blocks?.map((block) => drawBlock(block, see)) ?? [mrkdwn(one.text ?? one.fallback ?? "", see)],
  );
  const files = message.files.map((file) =>
    el("div", {}, "📄 ", el("a", { href: `/playground/files/${file.id}`, download: file.name }, file.title)),
  );
  const said = el(
    "div",
    { className: "said" },
    message.onlyFor ? el("p", { className: "eye" }, "👁 Only visible to you") : null,
    head,
    ...body,
    ...attached,
    ...files,
  );
  const replies = conversation.messages.filter((one) => one.threadTs === message.ts);
  if (!inThread && replies.length > 0) {
    const more = el(
      "button",
      { type: "button", className: "thread" },
      `${replies.length} ${replies.length === 1 ? "reply" : "replies"}`,
    );
    more.addEventListener("click", () => openThread(message.ts));
    said.append(more);
  }
  const name = author?.realName ?? "?";
  const face = el("div", { className: "face", "aria-hidden": "true" }, author?.isBot ? "🧾" : name[0]);
  face.style.background =
    colours[[...message.author].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % colours.length];
  const aria = `${name}: ${message.text}`;
  return el(
    "article",
    { id: `${inThread ? "t" : "m"}${message.ts}`, className: message.onlyFor ? "only" : "", "aria-label": aria },
    face,
    said,
  );
}

function drawHome() {
  const press = (block, component, option) =>
    pressWith(component, (values) => act("press", { ...values, where: "home", blockId: block.block_id }), option);
  const blocks = sight.home?.blocks.map((block) => drawBlock(block, seeing(press)));
  return [
    el(
      "div",
      { style: "padding: 0 20px" },
      ...(blocks ?? [el("p", { className: "small" }, "The app has not put anything here.")]),
    ),
  ];
}

function drawModal() {
  const dialog = by("modal");
  if (!sight.modal) return dialog.open ? dialog.close() : undefined;
  // Redrawing on each change would lose what was typed.
  if (dialog.open && dialog.dataset.shown === JSON.stringify(sight.modal)) return undefined;
  dialog.dataset.shown = JSON.stringify(sight.modal);
  const { modal } = sight;
  const press = (block, component, option) =>
    pressWith(
      component,
      (values) => act("press", { ...values, where: "modal", blockId: block.block_id, values: filledIn(dialog) }),
      option,
    );
  const parts = modal.blocks.map((block) =>
    block.type === "input" ? field(block, sight.people) : drawBlock(block, seeing(press)),
  );
  const cancel = el("button", { type: "button" }, modal.close?.text ?? "Close");
  cancel.addEventListener("click", () => act("close", { by: "cancel" }));
  const submit = modal.submit ? el("button", { type: "submit", className: "primary" }, modal.submit.text) : null;
  const wrong = el("p", { className: "wrong", role: "alert" });
  const form = el("form", {}, ...parts, wrong, el("div", { className: "buttons" }, cancel, submit));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const seen = await act("submit", { values: filledIn(dialog) });
    wrong.textContent = [by("trouble").textContent, ...Object.values(seen?.errors ?? {})].join(" ");
  });
  dialog.replaceChildren(el("h2", { id: "modal-title", className: "dialog-title" }, modal.title.text), form);
  dialog.oncancel = () => act("close", { by: "x" });
  if (!dialog.open) dialog.showModal();
  return undefined;
}

by("you").addEventListener("change", (event) => {
  you = event.target.value;
  sessionStorage.setItem("you", you);
  thread = undefined;
  look();
});
by("thread-close").addEventListener("click", () => openThread(undefined));
by("composer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = by("line").value;
  if (text.trim() === "") return;
  by("line").value = "";
  history.push(text);
  recalled = history.length;
  await act(text.startsWith("/") ? "type" : "say", { channel: place, text });
});
by("line").addEventListener("keydown", (event) => {
  if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
  recalled = Math.min(history.length, Math.max(0, recalled + (event.key === "ArrowUp" ? -1 : 1)));
  by("line").value = history[recalled] ?? "";
  event.preventDefault();
});

let looking = false;
let again = false;
/** One look at a time; changes that come meanwhile cause one more. */
async function refresh() {
  if (looking) {
    again = true;
    return;
  }
  looking = true;
  do {
    again = false;
    await look();
  } while (again);
  looking = false;
}

await refresh();
new EventSource("/playground/events").addEventListener("change", refresh);
