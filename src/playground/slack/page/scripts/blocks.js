/** Draws Block Kit's blocks as DOM nodes. Content from outside is set as text, never as HTML. */
import { words } from "./language.js";
import { date, el, emoji, link, mention, mrkdwn } from "./text.js";

/**
 * Draws one block. `see` provides names (`person`, `people`, `channel`, `group`, `you`) and actions (`press`,
 * `follow`).
 */
export function drawBlock(block, see) {
  const draw = blocks[block.type] ?? unknown;
  const node = draw(block, see);
  node.classList.add("block");
  node.dataset.block = block.block_id ?? "";
  return node;
}

function textObject(text, see) {
  if (text.type === "mrkdwn") return mrkdwn(text.text, see, text.verbatim === true);
  return el("span", { className: "text" }, emoji(text.text));
}

const styles = { bold: "b", italic: "i", strike: "s", code: "code" };

function richInline(part, see) {
  const drawn = {
    text: () => document.createTextNode(part.text),
    link: () => link(part.url, part.text ?? part.url, see),
    user: () => mention(`@${see.person(part.user_id) ?? part.user_id}`, part.user_id === see.you ? "you" : ""),
    usergroup: () => mention(`@${see.group(part.usergroup_id) ?? part.usergroup_id}`, ""),
    channel: () => mention(`#${see.channel(part.channel_id) ?? part.channel_id}`, ""),
    broadcast: () => mention(`@${part.range}`, "all"),
    emoji: () => document.createTextNode(emoji(`:${part.name}:`)),
    date: () => date(`!date^${part.timestamp}^${part.format}`, part.fallback, see),
  };
  let node = drawn[part.type]?.() ?? document.createTextNode(part.type);
  for (const [name, tag] of Object.entries(styles)) if (part.style?.[name]) node = el(tag, {}, node);
  return node;
}

function richPart(part, see) {
  const inside = () => part.elements.map((one) => richInline(one, see));
  if (part.type === "rich_text_list") {
    const items = part.elements.map((item) => el("li", {}, ...item.elements.map((one) => richInline(one, see))));
    return el(part.style === "ordered" ? "ol" : "ul", {}, ...items);
  }
  if (part.type === "rich_text_quote") return el("blockquote", { className: "text" }, ...inside());
  if (part.type === "rich_text_preformatted") return el("pre", {}, ...inside());
  return el("div", { className: "text" }, ...inside());
}

function image(one) {
  return el("img", { className: "picture", src: one.image_url ?? "", alt: one.alt_text });
}

function element(one, block, see) {
  if (one.type === "button") return button(one, block, see);
  if (one.type === "overflow") return overflow(one, block, see);
  if (one.type === "image") return image(one);
  if (one.type.endsWith("static_select") || one.type === "radio_buttons" || one.type === "users_select") {
    const options = choicesOf(one, see).map((option) => el("option", { value: option.value }, option.text.text));
    const menu = el(
      "select",
      { "aria-label": one.placeholder?.text ?? words.choose },
      el("option", { value: "" }, one.placeholder?.text ?? words.chooseHint),
      ...options,
    );
    menu.value = one.initial_option?.value ?? one.initial_user ?? "";
    menu.dataset.action = one.action_id;
    menu.addEventListener("change", () => see.press(block, one, menu.value));
    return menu;
  }
  return el("span", { className: "small" }, `(${one.type})`);
}

function choicesOf(one, see) {
  if (one.type === "users_select")
    return see.people.map(({ id, realName }) => ({ value: id, text: { text: realName } }));
  return one.options ?? one.option_groups.flatMap((group) => group.options);
}

function button(one, block, see) {
  const node = el(
    "button",
    { type: "button", className: `press ${one.style ?? ""}`, "aria-label": one.accessibility_label ?? one.text.text },
    emoji(one.text.text),
  );
  node.dataset.press = one.action_id;
  node.addEventListener("click", () => {
    if (one.url) window.open(one.url, "_blank", "noopener");
    see.press(block, one, undefined);
  });
  return node;
}

/** The ⋯ menu. The browser closes it on Escape or a click elsewhere, and restores the focus; so does Tab. */
function overflow(one, block, see) {
  const choices = one.options.map((option) => {
    const choice = el("button", { type: "button", role: "menuitem", className: "choice" }, option.text.text);
    choice.addEventListener("click", () => {
      menu.hidePopover();
      see.press(block, one, option.value);
    });
    return choice;
  });
  const menu = el("div", { className: "menu", popover: "auto", role: "menu", "aria-label": words.more }, ...choices);
  const button = el("button", { type: "button", className: "press", "aria-label": words.more }, "⋯");
  button.setAttribute("aria-haspopup", "menu");
  button.dataset.press = one.action_id;
  button.popoverTargetElement = menu;
  menu.addEventListener("toggle", ({ newState }) => {
    if (newState !== "open") return;
    const { left, top, bottom } = button.getBoundingClientRect();
    const fits = bottom + menu.offsetHeight + 8 < innerHeight;
    menu.style.left = `${Math.min(left, innerWidth - menu.offsetWidth - 8)}px`;
    menu.style.top = `${fits ? bottom + 4 : top - menu.offsetHeight - 4}px`;
    choices[0].focus();
  });
  menu.addEventListener("keydown", (event) => {
    // The focus returns to the button, and the key then takes it to the next control.
    if (event.key === "Tab") menu.hidePopover();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    choices.at((choices.indexOf(document.activeElement) + step) % choices.length).focus();
  });
  return el("span", {}, button, menu);
}

const blocks = {
  section: (block, see) => {
    const fields = block.fields?.map((field) => el("div", {}, textObject(field, see)));
    const body = el(
      "div",
      {},
      block.text && textObject(block.text, see),
      fields && el("div", { className: "fields" }, ...fields),
    );
    return el("div", { className: "section" }, body, block.accessory && element(block.accessory, block, see));
  },
  header: (block) =>
    el("div", { className: "block-header", role: "heading", "aria-level": "3" }, emoji(block.text.text)),
  divider: () => el("hr"),
  context: (block, see) =>
    el(
      "div",
      { className: "context" },
      ...block.elements.map((one) => (one.type === "image" ? image(one) : textObject(one, see))),
    ),
  actions: (block, see) =>
    el("div", { className: "actions" }, ...block.elements.map((one) => element(one, block, see))),
  image: (block) => el("figure", {}, image(block), block.title && el("figcaption", {}, block.title.text)),
  rich_text: (block, see) => el("div", {}, ...block.elements.map((part) => richPart(part, see))),
  markdown: (block) => el("div", { className: "text" }, block.text),
  table: (block, see) =>
    el(
      "table",
      {},
      ...block.rows.map((row) =>
        el("tr", {}, ...row.map((cell) => el("td", {}, cell.type === "rich_text" ? drawBlock(cell, see) : cell.text))),
      ),
    ),
};

function unknown(block) {
  return el("div", { className: "small" }, `(${block.type})`);
}
