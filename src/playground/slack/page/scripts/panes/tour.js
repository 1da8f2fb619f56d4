/** The pane "Tour": ten steps that a newcomer does, or lets the page do, each with what to look at. */
import { words } from "../language.js";
import { el } from "../text.js";
import { tourActions } from "./tour-actions.js";

const by = (id) => document.getElementById(id);
const { steps } = words.tour;
let step = Math.min(Number(sessionStorage.getItem("step") ?? 0), steps.length - 1);
let drawn;

export function drawTour() {
  if (by("tour").hidden || drawn === step) return;
  drawn = step;
  const { title, text, look, actions } = steps[step];
  by("tour-place").textContent = words.tour.place(step + 1, steps.length);
  by("tour-title").textContent = title;
  by("tour-text").textContent = text;
  by("tour-look").textContent = words.tour.look(look);
  by("tour-output").hidden = true;
  by("tour-actions").replaceChildren(...Object.entries(actions).map(actionButton));
  by("tour-back").disabled = step === 0;
  by("tour-next").disabled = step === steps.length - 1;
  suggest(0);
}

/** Emphasizes what comes next: the step's action at this place, or the next step after the last action. */
function suggest(place) {
  const all = [...by("tour-actions").children];
  for (const [at, one] of all.entries()) one.classList.toggle("primary", at === place);
  by("tour-next").classList.toggle("primary", place === all.length);
}

function actionButton([name, label]) {
  const button = el("button", { type: "button", className: "press" }, label);
  button.addEventListener("click", async () => {
    if (button.ariaDisabled === "true") return;
    const all = [...by("tour-actions").children];
    // A disabled button would lose the focus.
    for (const one of all) one.ariaDisabled = "true";
    const output = await tourActions[name]();
    for (const one of all) one.ariaDisabled = null;
    suggest(all.indexOf(button) + 1);
    if (output === undefined) return;
    by("tour-output").textContent = output;
    by("tour-output").hidden = false;
  });
  return button;
}

function goTo(next) {
  step = next;
  sessionStorage.setItem("step", String(step));
  drawTour();
  by("tour-title").focus();
}

by("tour-back").addEventListener("click", () => goTo(Math.max(0, step - 1)));
by("tour-next").addEventListener("click", () => goTo(Math.min(steps.length - 1, step + 1)));
