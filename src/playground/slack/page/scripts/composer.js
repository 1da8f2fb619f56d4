/** The composers: the channel's and the thread's. */
import { words } from "./language.js";
import { title } from "./people.js";
import { act, isNarrow, report, showPane, view } from "./store.js";

const by = (id) => document.getElementById(id);
const typed = [];
let recalled = 0;

export function drawComposer(conversation) {
  by("composer").hidden = conversation === undefined;
  if (conversation) by("line").placeholder = words.lineHint(title(conversation), view.snapshot.command);
  if (by("reply").dataset.thread !== view.thread) by("reply").value = "";
  by("reply").dataset.thread = view.thread;
}

/** Puts a command into the composer, and closes the list of numbers where it covers the composer. */
export function putIntoLine(text) {
  if (isNarrow()) showPane(undefined);
  by("line").value = text;
  by("line").focus();
}

/** Sends the text of a composer, and restores it if sending fails. */
async function send(line, run) {
  const text = line.value;
  if (text.trim() === "") return;
  line.value = "";
  typed.push(text);
  recalled = typed.length;
  await run(text);
  if (view.trouble !== "" && line.value === "") line.value = text;
}

by("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  send(by("line"), (text) => act(text.startsWith("/") ? "type" : "say", { channel: view.place, text }));
});

by("replier").addEventListener("submit", (event) => {
  event.preventDefault();
  send(by("reply"), (text) => {
    // Slack refuses commands in threads with these words.
    if (text.startsWith("/")) return report(words.notInThreads(text.split(/\s/)[0]));
    return act("say", { channel: view.place, threadTs: view.thread, text });
  });
});

by("line").addEventListener("keydown", (event) => {
  if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
  recalled = Math.min(typed.length, Math.max(0, recalled + (event.key === "ArrowUp" ? -1 : 1)));
  by("line").value = typed[recalled] ?? "";
  event.preventDefault();
});
