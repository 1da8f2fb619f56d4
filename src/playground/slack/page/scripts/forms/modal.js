/** The modal that the app has opened for this person. What was typed belongs to its view, as in Slack's own clients. */
import { drawBlock } from "../blocks.js";
import { focused, openDialog, refocus } from "../focus.js";
import { words } from "../language.js";
import { seeing } from "../message.js";
import { act, view } from "../store.js";
import { el } from "../text.js";
import { carryOver, field, filledIn, pressWith } from "./dialogs.js";

const dialog = document.getElementById("modal");

/**
 * Every view drawn for a person whose modal is still open, by its id: `{ you, shown, fields, nodes, left }`. A view
 * below another one comes back with everything that was typed into it, and with the focus where it was left.
 */
const drawn = new Map();

export function drawModal() {
  const { modal, you } = view.snapshot;
  if (!modal) {
    for (const [id, one] of drawn) if (one.you === you) drawn.delete(id);
    if (dialog.open) dialog.close();
    return;
  }
  const shown = JSON.stringify(modal);
  const known = drawn.get(modal.id);
  // Redrawing on every change would lose the focus.
  if (dialog.open && dialog.dataset.view === modal.id && known?.shown === shown) return;
  const current = known?.shown === shown ? known : { you, shown, ...drawView(modal, known?.fields) };
  drawn.set(modal.id, current);
  const leaving = drawn.get(dialog.dataset.view);
  const focus = focused();
  if (dialog.open && leaving !== undefined) leaving.left = focus.element;
  dialog.dataset.view = modal.id;
  dialog.replaceChildren(...current.nodes);
  dialog.oncancel = () => act("close", { by: "x" });
  if (!dialog.open) openDialog(dialog);
  else if (document.activeElement === document.body)
    refocus({ ...focus, box: dialog, element: current.left ?? focus.element });
}

/** @param before the inputs of the same view before the app updated it, by the ids of their blocks */
function drawView(modal, before = new Map()) {
  const see = seeing((component, block, option) =>
    pressWith(
      component,
      (values) => act("press", { ...values, where: "modal", blockId: block.block_id, values: filledIn(dialog) }),
      option,
    ),
  );
  const fields = new Map();
  const parts = modal.blocks.map((block) => {
    if (block.type !== "input") return drawBlock(block, see);
    const node = field(block, view.snapshot.people);
    carryOver(before.get(block.block_id), node);
    fields.set(block.block_id, node);
    return node;
  });
  const title = el("h2", { id: "modal-title", className: "dialog-title" }, modal.title.text);
  return { fields, nodes: [title, formOf(modal, parts, fields)] };
}

/** The first input that has to be filled in and is not: Slack's clients name it and send nothing. */
function firstMissing({ blocks }, values) {
  return blocks.find(
    ({ type, optional, element }) => type === "input" && optional !== true && values[element.action_id] === undefined,
  );
}

function formOf(modal, parts, fields) {
  const cancel = el("button", { type: "button", className: "press" }, modal.close?.text ?? words.close);
  cancel.addEventListener("click", () => act("close", { by: "cancel" }));
  const submit = modal.submit ? el("button", { type: "submit", className: "press primary" }, modal.submit.text) : null;
  const wrong = el("p", { className: "wrong", role: "alert" });
  const form = el("form", {}, ...parts, wrong, el("div", { className: "buttons" }, cancel, submit));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const values = filledIn(dialog);
    const missing = firstMissing(modal, values);
    wrong.textContent = missing === undefined ? "" : words.required(missing.label.text);
    if (missing !== undefined) return fields.get(missing.block_id).querySelector("input, select, textarea").focus();
    const result = await act("submit", { values });
    wrong.textContent = [view.trouble, ...Object.values(result?.errors ?? {})].join(" ");
  });
  return form;
}
