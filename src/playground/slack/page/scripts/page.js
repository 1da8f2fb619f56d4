/** The local Slack's page: shows what one person sees and sends what they do, over /playground/. */
import { drawComposer, putIntoLine } from "./composer.js";
import { leavePane } from "./focus.js";
import { drawModal } from "./forms/modal.js";
import { drawHome } from "./home.js";
import { applyLanguage, words } from "./language.js";
import { drawMishaps } from "./panes/mishaps.js";
import { listNotes } from "./panes/numbers.js";
import { drawPanes } from "./panes/panes.js";
import { drawTour } from "./panes/tour.js";
import { drawWire } from "./panes/wire.js";
import { title } from "./people.js";
import { drawMe } from "./person-menu.js";
import { drawHead, drawSide } from "./sidebar.js";
import { act, drawWith, openHome, openThread, refresh, report, view } from "./store.js";
import { drawThread, drawTimeline } from "./timeline.js";

const by = (id) => document.getElementById(id);

function draw() {
  const { snapshot, place } = view;
  const conversation = snapshot.conversations.find(({ id }) => id === place);
  const pane = document.activeElement.closest("aside");
  const parent = conversation?.messages.find(({ ts }) => ts === view.thread);
  if (!parent) view.thread = undefined;
  document.body.dataset.you = view.you;
  drawSide();
  drawMe();
  drawHead(conversation);
  drawPanes(conversation);
  drawWire();
  drawMishaps();
  drawTour();
  drawComposer(conversation);
  by("thread").hidden = parent === undefined;
  by("stopped").hidden = !snapshot.isBotStopped;
  if (conversation) drawTimeline(by("messages"), conversation);
  else drawHome(by("messages"));
  if (parent) {
    by("thread-place").textContent = title(conversation);
    drawThread(by("replies"), conversation, parent);
  }
  if (pane?.hidden) leavePane(pane);
  drawModal();
}

function closeThread() {
  const line = document.getElementById(`m${view.thread}`)?.querySelector(".thread-line");
  openThread(undefined);
  (line ?? by("line")).focus();
}

by("thread-close").addEventListener("click", closeThread);
by("thread").addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.target.closest(":popover-open")) closeThread();
});

by("restart").addEventListener("click", async () => {
  // The button disappears with its sentence.
  by(by("composer").hidden ? "messages" : "line").focus();
  await act("bot", { do: "start" });
});

applyLanguage();
drawWith(draw);
await refresh();
openHome();
if (view.snapshot) listNotes(putIntoLine);
// Whoever was faster than the page keeps the focus.
if (document.activeElement === document.body) by("line").focus();
const changes = new EventSource("/playground/events");
changes.addEventListener("change", refresh);
changes.addEventListener("open", () => report(""));
changes.addEventListener("error", () => report(words.ended));
