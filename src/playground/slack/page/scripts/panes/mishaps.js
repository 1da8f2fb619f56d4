/** The pane "Trouble": switches for what can go wrong, and a count of what was injected, lost and done twice. */
import { words } from "../language.js";
import { placeName } from "../people.js";
import { act, loader } from "../store.js";
import { el } from "../text.js";
import { secondTime } from "./exchange.js";
import { drawInstances } from "./instances.js";

const by = (id) => document.getElementById(id);

/** Rises when a change begins and when it ends, so that what was loaded before does not turn a switch back. */
let changes = 0;

/** Brings the pane up to date. */
export const drawMishaps = loader("mishaps", () => `mishaps?change=${changes}`, show);

async function change(path, body) {
  changes += 1;
  await act(path, body);
  changes += 1;
  drawMishaps();
}

function show({ weChatPay, slack, clock, lies, instances, injected, underWay, lost, twice, repeated, postedAgain }) {
  if (by("mishap-wechatpay").length === 0) fillMenus(lies);
  by("mishap-wechatpay").value = weChatPay;
  by("mishap-slack").value = slack;
  by("mishap-clock").checked = clock;
  drawInstances(instances, change);
  const kept = { lost: lost.length, twice: twice.length, repeated, postedAgain: postedAgain.length, ...underWay };
  by("results").tBodies[0].replaceChildren(...rowsOf(kept));
  by("injected").tBodies[0].replaceChildren(...rowsOf(injected));
  const sentences = [...lost, ...twice, ...postedAgain].map((one) => el("li", {}, sentence(one)));
  by("findings").replaceChildren(...sentences);
}

function rowsOf(counts) {
  return Object.entries(counts).map(([name, count]) => {
    const isBad = (name === "lost" || name === "twice") && count > 0;
    const number = el("td", { className: isBad ? "count-of wrong" : "count-of" }, String(count));
    const row = el("tr", {}, number, el("th", { scope: "row" }, words.mishaps.tally[name]));
    row.dataset.count = name;
    return row;
  });
}

/** A message is named by its channel and its time. */
function sentence({ kind, about }) {
  const [channel, ts] = about.split(" ");
  const named = ts === undefined ? about : `${placeName(channel)} ${secondTime(Number(ts) * 1000)}`;
  return words.mishaps.findings[kind](named);
}

function fillMenus(lies) {
  const { weChatPay, slack, lies: lying } = words.mishaps;
  const option = ([value, text]) => el("option", { value }, text);
  const group = el("optgroup", { label: lying });
  group.append(...lies.map(({ number, title }) => option([number, words.numberTitles[number] ?? title])));
  by("mishap-wechatpay").append(...Object.entries(weChatPay).map(option), group);
  by("mishap-slack").append(...Object.entries(slack).map(option));
}

by("mishap-wechatpay").addEventListener("change", ({ target }) => change("mishaps", { weChatPay: target.value }));
by("mishap-slack").addEventListener("change", ({ target }) => change("mishaps", { slack: target.value }));
by("mishap-clock").addEventListener("change", ({ target }) => change("mishaps", { clock: target.checked }));
by("mishap-day").addEventListener("click", () => change("mishaps", { skipDay: true }));
