/** Who you are, in every view: a menu of the workspace's people, and what the chosen one may do. */
import { words } from "./language.js";
import { face, person } from "./people.js";
import { become, view } from "./store.js";
import { el } from "./text.js";

const by = (id) => document.getElementById(id);

export function drawMe() {
  const { snapshot, you } = view;
  by("card").textContent = cardOf(person(you), snapshot.command);
  const people = JSON.stringify([snapshot.people.map((one) => [one.id, one.realName, kind(one)]), you]);
  // Redrawing would close an open menu of people under the mouse.
  if (by("you").dataset.shown === people) return;
  by("you").dataset.shown = people;
  by("you-face").replaceChildren(face(you, "small"));
  const options = snapshot.people
    .filter((one) => !one.isBot)
    .map((one) =>
      el(
        "option",
        { value: one.id, selected: one.id === you, disabled: one.deleted === true },
        `${one.realName}${kind(one)}`,
      ),
    );
  by("you").replaceChildren(...options);
}

function kind({ deleted, isGuest, isStranger }) {
  if (deleted) return words.kinds.deactivated;
  if (isGuest) return words.kinds.guest;
  return isStranger ? words.kinds.stranger : "";
}

/** What this person may do; nothing if the page does not know the roles. */
function cardOf({ name, isGuest, isStranger, roles }, command) {
  if (isGuest || isStranger) return words.cards.never;
  if (roles === undefined) return "";
  return roles.length === 0
    ? words.cards.none(name, command)
    : roles.map((role) => words.cards[role]).join(words.cards.between);
}

by("you").addEventListener("change", ({ target }) => become(target.value));
