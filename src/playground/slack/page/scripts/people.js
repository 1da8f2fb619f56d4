/** Names and avatars of people and conversations. */
import { view } from "./store.js";
import { el } from "./text.js";

export function person(id) {
  return view.snapshot.people.find((one) => one.id === id);
}

export function nameOf(id) {
  return person(id)?.realName ?? id;
}

export function title(conversation) {
  if (conversation.kind !== "im") return `${conversation.kind === "private" ? "🔒" : "#"} ${conversation.name}`;
  return nameOf(conversation.members.find((id) => id !== view.you));
}

/** A channel as its title, if this person is in it, and a person as their name; otherwise the ID. */
export function placeName(id) {
  const conversation = view.snapshot.conversations.find((one) => one.id === id);
  return conversation ? title(conversation) : nameOf(id);
}

/** The coloured square beside a name; the app has its own icon. */
export function face(id, size = "") {
  const isBot = person(id)?.isBot === true;
  const node = el(
    "span",
    { className: `face ${size} ${isBot ? "app" : ""}`, "aria-hidden": "true" },
    isBot ? "🧾" : nameOf(id)[0],
  );
  const people = view.snapshot.people.filter((one) => !one.isBot);
  const place = people.findIndex((one) => one.id === id);
  if (!isBot) node.style.background = colours[Math.max(0, place) % colours.length];
  return node;
}

const colours = ["#b3093c", "#1264a3", "#8f4700", "#7c3085", "#007a5a", "#46505a", "#3d5a00"];
