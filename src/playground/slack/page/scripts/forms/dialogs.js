/** The page's confirmation dialog and the fields of modals. */

import { openDialog } from "../focus.js";
import { words } from "../language.js";
import { el } from "../text.js";
import { fileInput } from "./file-input.js";

/** Asks for confirmation if the component requires it, then sends the click. */
export async function pressWith(component, send, option) {
  if (component.confirm && !(await ask(component.confirm))) return;
  const value = component.value === undefined ? {} : { value: component.value };
  await send({ actionId: component.action_id, ...value, ...(option === undefined ? {} : { option }) });
}

function ask(confirm) {
  const dialog = document.getElementById("confirm");
  const no = el("button", { type: "button", className: "press" }, confirm.deny.text);
  const yes = el(
    "button",
    { type: "button", className: `press ${confirm.style === "danger" ? "danger" : "primary"}` },
    confirm.confirm.text,
  );
  const buttons = el("div", { className: "buttons" }, no, yes);
  dialog.replaceChildren(
    el("h2", { id: "confirm-title", className: "dialog-title" }, confirm.title.text),
    el("p", { className: "text" }, confirm.text.text),
    buttons,
  );
  return new Promise((resolve) => {
    no.addEventListener("click", () => dialog.close("no"));
    yes.addEventListener("click", () => dialog.close("yes"));
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    dialog.returnValue = "";
    openDialog(dialog);
    yes.focus();
  });
}

export function field(block, people) {
  const { element } = block;
  if (element.type === "file_input") return fileInput(block, element);
  const options = element.options ?? element.option_groups?.flatMap((group) => group.options);
  const listed = element.type.includes("users_select")
    ? people.map((one) => ({ value: one.id, text: { text: one.realName } }))
    : undefined;
  const choices = options ?? listed;
  const hint = block.hint ? el("p", { className: "small" }, block.hint.text) : null;
  if (choices && (element.type.startsWith("multi_") || element.type === "checkboxes"))
    return el("div", {}, severalOf(choices, element, block.label.text), hint);
  const control = choices
    ? el(
        "select",
        {},
        el("option", { value: "" }, words.chooseHint),
        ...choices.map((one) => el("option", { value: one.value }, one.text.text)),
      )
    : el(element.multiline ? "textarea" : "input", { value: element.initial_value ?? "" });
  if (element.initial_option) control.value = element.initial_option.value;
  control.dataset.action = element.action_id;
  return el("div", {}, el("label", {}, block.label.text, control), hint);
}

/** Several choices from a list, filtered by the text typed above it. */
function severalOf(choices, element, label) {
  const initial = new Set((element.initial_options ?? []).map(({ value }) => value));
  const rows = choices.map((one) => {
    const box = el("input", { type: "checkbox", value: one.value, checked: initial.has(one.value) });
    return el("label", { className: "check" }, box, one.text.text);
  });
  const find = el("input", { type: "search", placeholder: element.placeholder?.text ?? "", "aria-label": words.find });
  find.addEventListener("input", () => {
    for (const row of rows) row.hidden = !row.textContent.includes(find.value.trim());
  });
  // Otherwise the key would submit the form.
  find.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  const list = el("div", { className: "checks" }, ...rows);
  list.dataset.action = element.action_id;
  return el("fieldset", {}, el("legend", {}, label), find, list);
}

/**
 * Puts what was chosen or typed in one field into the field that replaces it. Slack keeps the input of an updated view
 * where the ids of the block and of its element stay the same.
 */
export function carryOver(before, after) {
  const [from, to] = [before, after].map((one) => one?.querySelector("[data-action]"));
  if (!from || from.dataset.action !== to?.dataset.action) return;
  if (to.options) to.value = [...to.options].some(({ value }) => value === from.value) ? from.value : to.value;
  else if (to.value !== undefined) to.value = from.value;
  else if (to.matches(".files")) to.replaceChildren(...from.children);
  else {
    const chosen = new Set([...from.querySelectorAll(":checked")].map(({ value }) => value));
    for (const box of to.querySelectorAll("[type=checkbox]")) box.checked = chosen.has(box.value);
  }
}

export function filledIn(dialog) {
  const values = {};
  for (const control of dialog.querySelectorAll("[data-action]")) {
    const chosen = control.value ?? [...control.querySelectorAll(":checked")].map((one) => one.value);
    if (chosen.length > 0) values[control.dataset.action] = chosen;
  }
  return values;
}
