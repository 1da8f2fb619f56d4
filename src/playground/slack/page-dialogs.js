/** The page's confirm dialog and the fields of modals. */
import { el } from "/page-text.js";

/** Asks first where the component says so, then sends the press. */
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
    dialog.showModal();
    yes.focus();
  });
}

export function field(block, people) {
  const { element } = block;
  const options = element.options ?? element.option_groups?.flatMap((group) => group.options);
  const listed = element.type.includes("users_select")
    ? people.map((one) => ({ value: one.id, text: { text: one.realName } }))
    : undefined;
  const choices = options ?? listed;
  const many = element.type.startsWith("multi_") || element.type === "checkboxes";
  const control = choices
    ? el(
        "select",
        { multiple: many },
        ...(many ? [] : [el("option", { value: "" }, "Choose…")]),
        ...choices.map((one) => el("option", { value: one.value }, one.text.text)),
      )
    : el(element.multiline ? "textarea" : "input", { value: element.initial_value ?? "" });
  if (!many && element.initial_option) control.value = element.initial_option.value;
  control.dataset.action = element.action_id;
  return el(
    "div",
    {},
    el("label", {}, block.label.text, control),
    block.hint ? el("p", { className: "small" }, block.hint.text) : null,
  );
}

export function filledIn(dialog) {
  const values = {};
  for (const control of dialog.querySelectorAll("[data-action]")) {
    const chosen = control.multiple ? [...control.selectedOptions].map((one) => one.value) : control.value;
    if (chosen.length > 0) values[control.dataset.action] = chosen;
  }
  return values;
}
