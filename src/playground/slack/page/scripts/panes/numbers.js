/** The pane with the numbers to try, and what the local WeChat Pay answers to each. */
import { words } from "../language.js";
import { view } from "../store.js";
import { el } from "../text.js";

const by = (id) => document.getElementById(id);

/** The notes never change while the page is open, so they are listed once. */
export function listNotes(putIntoLine) {
  const { notes } = view.snapshot;
  const rows = notes.map(({ title: plays, text }) => {
    const number = text.split(" ").at(-1);
    const button = el(
      "button",
      { type: "button", className: "number", title: words.putIntoLine(text) },
      el("code", {}, number),
      el("span", {}, words.numberTitles[number] ?? plays),
    );
    button.addEventListener("click", () => putIntoLine(text));
    return el("li", {}, button);
  });
  by("numbers-list").replaceChildren(...rows);
  by("numbers-filter").addEventListener("input", ({ target }) => {
    const words = target.value.toLowerCase().split(/\s+/);
    for (const row of rows) row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
  });
}
