/** The composers: the channel's, with a menu to choose the person, and the thread's. */
import { face, title } from "./people.js";
import { act, become, isNarrow, listNumbers, report, view } from "./store.js";
import { el } from "./text.js";

const by = (id) => document.getElementById(id);
const typed = [];
let recalled = 0;

export function drawComposer(conversation) {
  by("composer").hidden = conversation === undefined;
  const { snapshot, you } = view;
  if (conversation) by("line").placeholder = `Message ${title(conversation)}, or ${snapshot.command} help`;
  if (by("reply").dataset.thread !== view.thread) by("reply").value = "";
  by("reply").dataset.thread = view.thread;
  const people = JSON.stringify([snapshot.people, you]);
  // Redrawing would close an open menu of people under the mouse.
  if (by("you").dataset.shown === people) return;
  by("you").dataset.shown = people;
  by("you-face").replaceChildren(face(you, "small"));
  by("you").replaceChildren(
    ...snapshot.people
      .filter((one) => !one.isBot)
      .map((one) =>
        el(
          "option",
          { value: one.id, selected: one.id === you, disabled: one.deleted === true },
          `${one.realName}${kind(one)}`,
        ),
      ),
  );
}

function kind({ deleted, isGuest, isStranger }) {
  if (deleted) return " (deactivated)";
  if (isGuest) return " (guest)";
  return isStranger ? " (other workspace)" : "";
}

/** Puts a command into the composer, and closes the list of numbers where it covers the composer. */
export function putIntoLine(text) {
  if (isNarrow()) listNumbers(false);
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

by("you").addEventListener("change", ({ target }) => become(target.value));

by("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  send(by("line"), (text) => act(text.startsWith("/") ? "type" : "say", { channel: view.place, text }));
});

by("replier").addEventListener("submit", (event) => {
  event.preventDefault();
  send(by("reply"), (text) => {
    // Slack refuses commands in threads with these words.
    if (text.startsWith("/")) return report(`${text.split(/\s/)[0]} is not supported in threads. Sorry!`);
    return act("say", { channel: view.place, threadTs: view.thread, text });
  });
});

by("line").addEventListener("keydown", (event) => {
  if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
  recalled = Math.min(typed.length, Math.max(0, recalled + (event.key === "ArrowUp" ? -1 : 1)));
  by("line").value = typed[recalled] ?? "";
  event.preventDefault();
});
