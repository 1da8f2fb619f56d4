/** One exchange with WeChat Pay: what was signed and sent, the answer, and each step of the verifications. */
import { dateLocale, words } from "../language.js";
import { el } from "../text.js";

/** The exchanges that are unfolded, by id: they stay so when they are drawn again. */
const unfolded = new Set();

export function exchangeItem(call) {
  return { id: `call-${call.id}`, drawnFrom: JSON.stringify(call), draw: () => exchange(call) };
}

export function secondTime(at) {
  return new Date(at).toLocaleTimeString(dateLocale, { hour12: false });
}

function exchange(call) {
  const { id, at, subMchid, step, action, answer, ended, answerSteps = [] } = call;
  const outcome = answer === undefined ? (words.wire.ended[ended] ?? words.wire.noAnswer) : `${answer.status}`;
  const what = action === undefined ? "?" : `${words.wire.switches[step]} ${action}`;
  const isVerified = answerSteps.length > 0 && answerSteps.every(({ ok }) => ok === true);
  const seal = answer === undefined ? "" : ` · ${isVerified ? words.wire.verified : words.wire.unverified}`;
  const summary = el(
    "summary",
    {},
    el("time", { className: "small" }, secondTime(at)),
    el("code", {}, subMchid ?? "?"),
    el("span", {}, `${what} → ${outcome}${seal}`),
  );
  const node = el("details", { open: unfolded.has(id) }, summary, ...parts(call));
  node.addEventListener("toggle", () => (node.open ? unfolded.add(id) : unfolded.delete(id)));
  return node;
}

function parts({ line, headers, body, signed, steps, answer, answerSteps, ended, switches, subMchid, ...kept }) {
  const { wire } = words;
  return [
    title(wire.request),
    el("pre", {}, [line, ...headers, "", body].join("\n")),
    title(wire.signed),
    el("ol", { className: "signed" }, ...(signed ?? []).map((one) => el("li", {}, el("code", {}, one)))),
    title(wire.requestSteps),
    stepList(steps),
    title(wire.answer),
    answer === undefined
      ? el("p", {}, wire.ended[ended] ?? wire.noAnswer)
      : el("pre", {}, [`HTTP/1.1 ${answer.status}`, ...answer.headers, "", answer.body].join("\n")),
    ...(answer === undefined ? [] : [title(wire.answerSteps), stepList(answerSteps)]),
    title(wire.ledger),
    el("p", {}, recorded(kept)),
    title(wire.switchesAre(subMchid)),
    ...Object.keys(wire.switches).map((step) => switchLine(step, switches)),
  ];
}

/** One of the two switches; 点金计划 also has the payments that it concerns. */
function switchLine(step, { [step]: state, scene } = {}) {
  const shown = step === "goldplan" && scene !== undefined ? `${state} ${scene}` : (state ?? words.wire.unset);
  return el("p", {}, `${words.wire.switches[step]}${words.colon}`, el("code", {}, shown));
}

function title(text) {
  return el("h4", {}, text);
}

function stepList(steps) {
  const mark = ({ ok }) => (ok === undefined ? words.wire.notReached : ok ? words.wire.passed : words.wire.failed);
  const line = (one) =>
    el("li", { className: `step ${one.ok}` }, `${mark(one)}${words.colon}${words.wire.steps[one.step]}`);
  return el("ul", {}, ...steps.map(line));
}

/** What the ledger records stays as it is stored: operators find the same words in the log. */
function recorded({ attempt, request, recorded: kind, why }) {
  if (attempt === undefined) return words.wire.none;
  const result = kind === undefined ? words.wire.open : [kind, why].filter(Boolean).join(": ");
  return `${result} · ${words.wire.attempt(attempt, request)}`;
}
