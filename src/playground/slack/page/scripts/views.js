/** The app's own views: its home, and the modal that it has opened for this person. */
import { drawBlock } from "./blocks.js";
import { field, filledIn, pressWith } from "./dialogs.js";
import { words } from "./language.js";
import { seeing } from "./message.js";
import { act, view } from "./store.js";
import { el } from "./text.js";
import { settle } from "./timeline.js";

export function drawHome(box) {
  const { home, you } = view.snapshot;
  settle(box, "home", [{ id: "home", drawnFrom: JSON.stringify([you, home]), draw: () => homeView(home) }]);
}

function homeView(home) {
  const box = el("div", { className: "home" });
  const see = seeing((component, block, option) =>
    pressWith(
      component,
      (values) => act("press", { ...values, where: "home", blockId: block.block_id, values: filledIn(box) }),
      option,
    ),
  );
  const blocks = home?.blocks.map((block) => drawBlock(block, see));
  box.append(...(blocks ?? [words.emptyHome]));
  return box;
}

export function drawModal() {
  const dialog = document.getElementById("modal");
  const { modal } = view.snapshot;
  if (!modal) {
    if (dialog.open) dialog.close();
    return;
  }
  // Redrawing on every change would lose typed text.
  if (dialog.open && dialog.dataset.shown === JSON.stringify(modal)) return;
  dialog.dataset.shown = JSON.stringify(modal);
  const see = seeing((component, block, option) =>
    pressWith(
      component,
      (values) => act("press", { ...values, where: "modal", blockId: block.block_id, values: filledIn(dialog) }),
      option,
    ),
  );
  const parts = modal.blocks.map((block) =>
    block.type === "input" ? field(block, view.snapshot.people) : drawBlock(block, see),
  );
  const cancel = el("button", { type: "button", className: "press" }, modal.close?.text ?? words.close);
  cancel.addEventListener("click", () => act("close", { by: "cancel" }));
  const submit = modal.submit ? el("button", { type: "submit", className: "press primary" }, modal.submit.text) : null;
  const wrong = el("p", { className: "wrong", role: "alert" });
  const form = el("form", {}, ...parts, wrong, el("div", { className: "buttons" }, cancel, submit));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const result = await act("submit", { values: filledIn(dialog) });
    wrong.textContent = [view.trouble, ...Object.values(result?.errors ?? {})].join(" ");
  });
  dialog.replaceChildren(el("h2", { id: "modal-title", className: "dialog-title" }, modal.title.text), form);
  dialog.oncancel = () => act("close", { by: "x" });
  if (!dialog.open) dialog.showModal();
}
