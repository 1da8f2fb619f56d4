/** What the tour does on the page when it is asked to: the same that people do, one after another. */
import { chooseLanguage, language, words } from "../language.js";
import { act, become, go, openThread, showLinesOf, until, view } from "../store.js";

const manyCount = 60;
/** WeChat Pay refuses it: the sub-merchant is penalised. */
const penalised = "1900040005";
/** The numbers of this tour's requests, by what they are for: they stay the same when the page is loaded again. */
const numbers = { ...JSON.parse(sessionStorage.getItem("tour numbers") ?? "{}"), penalised };

function newNumber(name, count = 1) {
  const first = 1_910_000_000 + (Math.floor(Date.now() / 100) % 10_000_000);
  numbers[name] = String(first);
  sessionStorage.setItem("tour numbers", JSON.stringify(numbers));
  return Array.from({ length: count }, (_, n) => first + n).join(" ");
}

async function be(name) {
  const { id } = view.snapshot.people.find((person) => person.name === name);
  become(id);
  await until(() => view.snapshot.you === id);
}

/** The channel of the tour: the first one with the app in it. */
const channel = () => view.snapshot.conversations.find(({ kind, withApp }) => kind !== "im" && withApp);

/** The newest message of the channel that names this number. */
const messageOf = (number) =>
  channel().messages.findLast(({ blocks }) => number !== undefined && JSON.stringify(blocks).includes(number));

/** With `--empty`, nobody holds a role yet. */
async function grantRoles() {
  for (const [name, role] of [
    ["ann", "requester"],
    ["bob", "approver"],
  ]) {
    const holds = () => view.snapshot.people.find((person) => person.name === name).roles?.includes(role) ?? true;
    if (holds()) continue;
    await be("carol");
    await act("type", { channel: channel().id, text: `${view.snapshot.command} grant @${name} ${role}` });
    await until(holds);
  }
}

async function request(text, number) {
  await grantRoles();
  await be("ann");
  go(channel().id);
  const before = messageOf(number)?.ts;
  const result = await act("type", { channel: channel().id, text: `${view.snapshot.command} open ${text}` });
  // The page shows what went wrong, as when the bot was killed.
  if (!result?.acknowledged) return;
  await until(() => messageOf(number) !== undefined && messageOf(number).ts !== before);
}

/** Submits a request unless its message has the button: a step can be skipped, or done again. */
async function offer(actionId, name) {
  const blocks = messageOf(numbers[name])?.blocks ?? [];
  if (!JSON.stringify(blocks).includes(`"action_id":"${actionId}"`)) await requests[name]();
}

/** Bob presses a button. Resolves to the message that has it, or to undefined if he could not. */
async function press(actionId, name) {
  await offer(actionId, name);
  const message = messageOf(numbers[name]);
  if (message === undefined) return undefined;
  await be("bob");
  const result = await act("click", { channel: channel().id, ts: message.ts, actionId });
  return result?.acknowledged ? message : undefined;
}

const requests = {
  first: () => request(`${newNumber("first")} new store, contract 4711`, numbers.first),
  rejected: () => request(`${newNumber("rejected")} wrong shop?`, numbers.rejected),
  penalised: () => request(`${penalised} reopened after the move`, penalised),
  many: () => request(`${newNumber("many", manyCount)} spring campaign`, numbers.many),
};

export const tourActions = {
  request: requests.first,
  approve: async () => void (await press("approve", "first")),
  async wire() {
    const message = messageOf(numbers.first) ?? (await press("approve", "first"));
    if (message !== undefined) showLinesOf({ channel: channel().id, ts: message.ts });
  },
  async reject() {
    await requests.rejected();
    await press("reject", "rejected");
  },
  async fail() {
    await requests.penalised();
    const message = await press("approve", "penalised");
    if (message === undefined) return;
    await until(() => channel().messages.some(({ threadTs }) => threadTs === message.ts));
    openThread(message.ts);
  },
  many: requests.many,
  leaveOut: async () => void (await press("leave-out", "many")),
  async approveAndKill() {
    const shown = new Set();
    const look = () => shown.add(JSON.stringify(messageOf(numbers.many)?.blocks)).size;
    await offer("approve", "many");
    look();
    if ((await press("approve", "many")) === undefined) return;
    // First it shows the approval, and then how far the bot has come.
    await until(() => look() > 2);
    await act("bot", { do: "kill" });
  },
  start: async () => void (await act("bot", { do: "start" })),
  audit: async () => words.tour.audited(await act("audit", {})),
  async language() {
    chooseLanguage(language === "en" ? "zh-CN" : "en");
  },
};
