/** The panes that share the place beside the channel: which are offered, and which one is open. */
import { showPane, view } from "../store.js";

const by = (id) => document.getElementById(id);
const names = ["numbers", "wire", "mishaps", "tour"];

export function drawPanes(conversation) {
  const { snapshot, pane, thread } = view;
  for (const name of names) {
    // Without a conversation there is no composer to put a number into.
    const isOffered =
      name === "numbers" ? snapshot.notes.length > 0 && conversation !== undefined : snapshot.panes.includes(name);
    const isShown = isOffered && pane === name && thread === undefined;
    by(name).hidden = !isShown;
    by(`${name}-toggle`).hidden = !isOffered || isShown;
    by(`${name}-toggle`).setAttribute("aria-expanded", String(isShown));
  }
  // It is where a newcomer starts.
  by("tour-toggle").classList.toggle("primary", sessionStorage.getItem("tour seen") === null);
}

for (const name of names) {
  by(`${name}-toggle`).addEventListener("click", () => {
    if (name === "tour") sessionStorage.setItem("tour seen", "yes");
    showPane(name);
    (by(name).querySelector("[type=search]") ?? by(`${name}-close`)).focus();
  });
  by(`${name}-close`).addEventListener("click", () => close(name));
  by(name).addEventListener("keydown", ({ key, target }) => {
    // In a search field that is not empty, the browser clears it instead.
    const isClearing = target.type === "search" && target.value !== "";
    if (key === "Escape" && !isClearing) close(name);
  });
}

function close(name) {
  showPane(undefined);
  by(`${name}-toggle`).focus();
}
