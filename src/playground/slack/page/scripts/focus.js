/** Keeps the keyboard's focus where a person works, although what has it may be drawn again or be gone. */

const controls = "button:not(:disabled), input:not(:disabled), select, textarea, a[href], summary";
const boxes = "#messages, #replies, .wire-list, dialog, aside, nav, main";

/** What has the focus, and what leads to the same control once it was drawn again. */
export function focused() {
  const element = document.activeElement;
  return {
    element,
    name: nameOf(element),
    block: blockOf(element),
    item: element.closest("[data-item]")?.dataset.item,
    box: element.closest(boxes) ?? document.body,
  };
}

/**
 * Restores the focus to the same control or, if that is gone, to what contained it: a message, or the first control of
 * the home, of a form or of the box.
 */
export function refocus({ element, name, block, item, box }) {
  if (isOffered(element)) return element.focus({ preventScroll: true });
  const place = [...box.querySelectorAll("[data-item]")].find((one) => one.dataset.item === item) ?? box;
  const alike = [...place.querySelectorAll("[data-press], [data-action]")].filter((one) => nameOf(one) === name);
  const same = alike.find((one) => blockOf(one) === block);
  if (name !== undefined && same !== undefined) return same.focus({ preventScroll: true });
  if (place.matches("article")) return place.focus({ preventScroll: true });
  (firstIn(place) ?? firstIn(box) ?? box).focus();
  if (document.activeElement === document.body) document.getElementById("line").focus();
}

/** Opens a dialog. When it closes, the focus returns to where it was, also if that was drawn again meanwhile. */
export function openDialog(dialog) {
  const before = focused();
  dialog.showModal();
  // A control of the closed dialog can keep the focus until the page is next rendered.
  dialog.addEventListener("close", () => isOffered(document.activeElement) || refocus(before), { once: true });
}

/** The pane had the focus and is closed: the one in its place gets it, or the button that opens the pane again. */
export function leavePane(pane) {
  const close = document.querySelector("aside:not([hidden]) .close");
  const toggle = document.getElementById(`${pane.id}-toggle`);
  (close ?? (isOffered(toggle) ? toggle : document.getElementById("line"))).focus();
}

function nameOf({ dataset }) {
  return dataset.press ?? dataset.action;
}

function blockOf(element) {
  return element.closest("[data-block]")?.dataset.block;
}

function isOffered(element) {
  return element?.isConnected === true && element !== document.body && element.checkVisibility();
}

function firstIn(box) {
  return [...box.querySelectorAll(controls)].find(isOffered);
}
