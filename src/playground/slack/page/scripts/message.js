/** One message: its author and time, blocks, files, and a link to its thread. */
import { drawBlock } from "./blocks.js";
import { pressWith } from "./forms/dialogs.js";
import { dateLocale, words } from "./language.js";
import { face, nameOf, person } from "./people.js";
import { act, follow, openThread, showLinesOf, view } from "./store.js";
import { clockTime, dayWord, el, mrkdwn } from "./text.js";

/** @param given `isMore`: it follows a message of the same author and has no header; `replies`: those in its thread */
export function drawMessage(message, conversation, { id, isMore, replies }) {
  const see = seeing((component, block, option) =>
    pressWith(
      component,
      (values) => act("click", { ...values, channel: conversation.id, ts: message.ts, blockId: block.block_id }),
      option,
    ),
  );
  const attached = message.attachments.flatMap(
    (one) => one.blocks?.map((block) => drawBlock(block, see)) ?? [mrkdwn(one.text ?? one.fallback ?? "", see)],
  );
  const content = el(
    "div",
    { className: "said" },
    message.onlyFor ? el("p", { className: "eye" }, `👁 ${words.onlyYou}`) : null,
    isMore ? null : head(message),
    ...(message.blocks.length > 0 ? message.blocks.map((block) => drawBlock(block, see)) : [mrkdwn(message.text, see)]),
    ...attached,
    ...message.files.map(file),
    replies.length > 0 ? threadLine(message, replies) : null,
  );
  const at = new Date(Number(message.ts) * 1000);
  const short = clockTime(at).replace(/\s?[AP]M$/, "");
  const left = isMore ? el("time", { className: "when aside", dateTime: at.toISOString() }, short) : undefined;
  return el(
    "article",
    {
      id,
      tabIndex: -1,
      className: `message ${message.onlyFor ? "only" : ""} ${isMore ? "more" : ""}`,
      "aria-label": `${nameOf(message.author)}: ${mrkdwn(message.text, see).textContent}`,
    },
    left ?? face(message.author),
    content,
    hasLines(message) ? linesButton(message, conversation) : null,
  );
}

/** What blocks need from the page: names and actions. */
export function seeing(press) {
  const { snapshot, you } = view;
  return {
    you,
    people: snapshot.people,
    person: (id) => person(id)?.realName,
    channel: (id) => snapshot.conversations.find((one) => one.id === id)?.name,
    group: (id) => snapshot.groups.find((one) => one.id === id)?.handle,
    press: (block, component, option) => press(component, block, option),
    follow,
  };
}

function head({ author, ts, edited }) {
  const at = new Date(Number(ts) * 1000);
  return el(
    "div",
    { className: "head" },
    el("span", { className: "by" }, nameOf(author)),
    person(author)?.isBot ? el("span", { className: "badge" }, words.app) : null,
    el("time", { className: "when", dateTime: at.toISOString(), title: at.toLocaleString(dateLocale) }, clockTime(at)),
    edited ? el("span", { className: "small" }, words.edited) : null,
  );
}

function file({ id, name, title }) {
  return el("div", { className: "file" }, "📄 ", el("a", { href: `/playground/files/${id}`, download: name }, title));
}

function hasLines({ author, onlyFor }) {
  return view.snapshot.panes.includes("wire") && author === view.snapshot.app && !onlyFor;
}

/** Leads to the message's lines on the wire, in the ledger and in the outbox. */
function linesButton({ ts }, { id: channel }) {
  const button = el(
    "button",
    { type: "button", className: "press lines-of", title: words.wire.linesOf },
    words.page.wire,
  );
  button.dataset.press = "wire";
  button.addEventListener("click", () => {
    showLinesOf({ channel, ts });
    document.getElementById("wire-close").focus();
  });
  return button;
}

function threadLine(message, replies) {
  const authors = [...new Set(replies.map(({ author }) => author))];
  const last = new Date(Number(replies.at(-1).ts) * 1000);
  const button = el(
    "button",
    { type: "button", className: "thread-line" },
    ...authors.slice(0, facesMost).map((id) => face(id, "small")),
    el("b", {}, words.replyCount(replies.length)),
    el("span", { className: "small" }, words.lastReply(dayWord(last).toLowerCase(), clockTime(last))),
  );
  button.dataset.press = "thread";
  button.addEventListener("click", () => {
    openThread(message.ts);
    document.getElementById("thread-close").focus();
  });
  return button;
}

const facesMost = 5;
