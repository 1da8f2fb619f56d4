/** The instances of the bot in the pane "Trouble": the state of each, and the buttons that kill and start it. */
import { words } from "../language.js";
import { el } from "../text.js";

const list = document.getElementById("instances");

/** @param change sends what a button asks for */
export function drawInstances(instances, change) {
  const all = instances.length;
  // The same buttons stay, so that they keep the focus.
  if (list.children.length !== all) list.replaceChildren(...instances.map((_, place) => line(place, all, change)));
  for (const [place, { state, carriedOut }] of instances.entries()) {
    const { sentence, kill, start } = parts(list.children[place]);
    const text = all === 1 ? words.mishaps.bot[state] : words.mishaps.instanceIs(place + 1, state, carriedOut);
    // It is announced when it changes.
    if (sentence.textContent !== text) sentence.textContent = text;
    kill.disabled = state !== "running";
    start.disabled = state !== "killed" && state !== "off";
  }
  document.getElementById("why-one").hidden = all > 1;
}

function line(place, all, change) {
  const { kill, start } = words.mishaps;
  const button = (name, className, label) => {
    const node = el("button", { type: "button", className }, label);
    node.addEventListener("click", () => change("bot", { do: name, instance: place }));
    return node;
  };
  return el(
    "li",
    {},
    el("p", { role: "status" }),
    button("kill", "press danger", kill(place + 1, all)),
    button("start", "press", start(place + 1, all)),
  );
}

function parts({ children: [sentence, kill, start] }) {
  return { sentence, kill, start };
}
