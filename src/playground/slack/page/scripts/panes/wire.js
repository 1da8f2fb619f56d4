/** The pane "Wire": the calls to WeChat Pay, the ledger's events and the outbox, all or those of one message. */
import { words } from "../language.js";
import { nameOf, placeName } from "../people.js";
import { loader, showLinesOf, view } from "../store.js";
import { el } from "../text.js";
import { settle } from "../timeline.js";
import { exchangeItem, secondTime } from "./exchange.js";

const by = (id) => document.getElementById(id);
/** Brings the pane up to date. */
export const drawWire = loader("wire", () => `wire?${new URLSearchParams(view.linesOf)}`, show);

function show({ request, calls, events, outbox }) {
  const message = view.linesOf;
  by("wire-all").hidden = message === undefined;
  by("wire-about").textContent =
    message === undefined
      ? words.wire.about
      : request === null
        ? words.wire.aboutNothing
        : words.wire.aboutRequest(request);
  fill("wire-calls", calls.map(exchangeItem));
  fill("wire-events", events.map(eventItem));
  fill("wire-outbox", outbox.map(outboxItem));
}

function fill(id, items) {
  const empty = { id: "none", drawnFrom: "", draw: () => el("p", { className: "small" }, words.wire.none) };
  // The newest line is at the top, so the list does not follow its end.
  const top = by(id).scrollTop;
  settle(by(id), view.linesOf?.ts ?? "all", items.length > 0 ? items : [empty]);
  by(id).scrollTop = top;
}

/** The names of events and posts are stored values, which the ledger and its documentation use in every language. */
function eventItem({ seq, at, actor, what, request, subMchid }) {
  return {
    id: `event-${seq}`,
    drawnFrom: "",
    draw: () =>
      el(
        "p",
        { className: "wire-line" },
        el("time", { className: "small" }, secondTime(at)),
        el("b", {}, el("code", {}, what)),
        subMchid === null ? null : el("code", {}, subMchid),
        request === null ? null : el("span", {}, `#${request}`),
        el("span", { className: "small" }, actor === "bot" ? words.page.theBot : nameOf(actor)),
      ),
  };
}

function outboxItem({ id, kind, channel, wanted, shown, tries, refused, request }) {
  const state =
    refused !== null
      ? words.wire.refused(refused)
      : shown < wanted
        ? words.wire.waiting(tries)
        : words.wire.shown(shown);
  return {
    id: `post-${id}`,
    drawnFrom: state,
    draw: () =>
      el(
        "p",
        { className: "wire-line" },
        el("b", {}, el("code", {}, kind)),
        request === null ? null : el("span", {}, `#${request}`),
        el("span", { className: "small" }, placeName(channel)),
        el("span", {}, state),
      ),
  };
}

by("wire-all").addEventListener("click", () => {
  showLinesOf(undefined);
  by("wire-close").focus();
});

// Their content cannot take the focus, and without it the keyboard could not scroll them.
for (const id of ["wire-events", "wire-outbox"]) by(id).tabIndex = 0;
