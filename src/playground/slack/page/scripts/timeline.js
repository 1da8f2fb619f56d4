/** Lists of messages by day and author. Only changes are redrawn, so that focus, menus and selections stay. */
import { focused, refocus } from "./focus.js";
import { words } from "./language.js";
import { drawMessage } from "./message.js";
import { view } from "./store.js";
import { dayWord, el } from "./text.js";

/** Messages of one author within this time share one header. */
const groupSeconds = 300;
/** A list scrolled to within this distance of its end stays at its end, in pixels. */
const nearEnd = 80;

export function drawTimeline(box, conversation) {
  const messages = conversation.messages.filter((one) => !one.threadTs || one.broadcast);
  const items = messages.flatMap((message, index) => {
    const before = messages[index - 1];
    const day = dayWord(new Date(Number(message.ts) * 1000));
    const isNewDay = before === undefined || dayWord(new Date(Number(before.ts) * 1000)) !== day;
    const replies = repliesTo(message, conversation);
    const isMore = !isNewDay && isFollowing(message, before) && repliesTo(before, conversation).length === 0;
    const item = messageItem("m", message, conversation, { isMore, replies });
    return isNewDay ? [{ id: `day ${day}`, drawnFrom: day, draw: () => divider(day) }, item] : [item];
  });
  const empty = { id: "empty", drawnFrom: "", draw: nothing };
  settle(box, conversation.id, items.length > 0 ? items : [empty]);
}

export function drawThread(box, conversation, parent) {
  const replies = repliesTo(parent, conversation);
  const count = countOf(replies);
  settle(box, parent.ts, [
    messageItem("t", parent, conversation, {}),
    { id: "count", drawnFrom: count, draw: () => el("div", { className: "count" }, count) },
    ...replies.map((reply, index) =>
      messageItem("t", reply, conversation, { isMore: index > 0 && isFollowing(reply, replies[index - 1]) }),
    ),
  ]);
}

function repliesTo(message, conversation) {
  return conversation.messages.filter((one) => one.threadTs === message.ts);
}

function countOf(replies) {
  return replies.length === 0 ? words.noReplies : words.replyCount(replies.length);
}

function isFollowing(message, before) {
  return (
    message.author === before.author &&
    message.onlyFor === before.onlyFor &&
    Number(message.ts) - Number(before.ts) < groupSeconds
  );
}

function messageItem(prefix, message, conversation, { isMore = false, replies = [] }) {
  const id = `${prefix}${message.ts}`;
  return {
    id,
    drawnFrom: JSON.stringify([view.you, isMore, message, replies.map(({ ts }) => ts)]),
    draw: () => drawMessage(message, conversation, { id, isMore, replies }),
  };
}

function divider(day) {
  return el("div", { className: "day" }, el("span", {}, day));
}

function nothing() {
  return el("p", { className: "nothing" }, words.nothing(view.snapshot.command));
}

const kept = new WeakMap();

/** Shows items in a box, each `{ id, drawnFrom, draw }`. A new `what` starts at the end of its list. */
export function settle(box, what, items) {
  const isOther = box.dataset.shown !== what;
  const isAtEnd = isOther || box.scrollHeight - box.scrollTop - box.clientHeight < nearEnd;
  const old = isOther ? new Map() : (kept.get(box) ?? new Map());
  const next = new Map();
  for (const { id, drawnFrom, draw } of items) {
    const known = old.get(id);
    if (known?.drawnFrom === drawnFrom) {
      next.set(id, known);
      continue;
    }
    const node = draw();
    node.dataset.item = id;
    next.set(id, { drawnFrom, node });
  }
  const focus = box.contains(document.activeElement) ? focused() : undefined;
  const nodes = [...next.values()].map(({ node }) => node);
  for (const child of [...box.childNodes]) if (!nodes.includes(child)) child.remove();
  for (const [index, node] of nodes.entries()) {
    if (box.childNodes[index] !== node) box.insertBefore(node, box.childNodes[index] ?? null);
  }
  box.dataset.shown = what;
  kept.set(box, next);
  if (isAtEnd) box.scrollTop = box.scrollHeight;
  if (focus && document.activeElement !== focus.element) refocus(focus);
}
