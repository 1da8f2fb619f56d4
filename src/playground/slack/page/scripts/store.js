/** What the page knows: one person's sight of the workspace and where they look; and how what they do is sent. */

export const view = {
  /** All that this person sees, as /playground/state tells it. */
  sight: undefined,
  you: sessionStorage.getItem("you") ?? "",
  /** A conversation's id, or `home`. */
  place: sessionStorage.getItem("place") ?? "",
  /** The parent's ts of the thread that is open. */
  thread: undefined,
  /** Whether the numbers to try stand beside the channel while no thread does. */
  isListing: !isNarrow(),
  /** What went wrong with the last thing done. */
  trouble: "",
};

/** Whether a pane covers the channel instead of standing beside it, as panes.css has it. */
export function isNarrow() {
  return matchMedia("(max-width: 980px)").matches;
}

let redraw = () => {};
/** Names what draws the view; it is called after each change of it. */
export function drawWith(draw) {
  redraw = () => {
    if (view.sight) draw();
  };
}

let isLooking = false;
let isStale = false;
/** One look at a time; changes that come meanwhile, of the person too, cause one more. */
export async function look() {
  isStale = true;
  if (isLooking) return;
  isLooking = true;
  try {
    while (isStale) {
      isStale = false;
      const asked = view.you;
      const response = await fetch(`/playground/state?user=${encodeURIComponent(asked)}`);
      const sight = await response.json();
      if (view.you === asked) see(sight);
    }
  } catch (error) {
    tell(`The playground cannot be reached (${error.message}). Start it again, then reload this page.`);
  } finally {
    isLooking = false;
  }
}

function see(sight) {
  view.sight = sight;
  view.you = sight.you;
  const places = [...sight.conversations.map(({ id }) => id), ...(sight.hasHome ? ["home"] : [])];
  if (!places.includes(view.place)) {
    view.place = places[0];
    view.thread = undefined;
  }
  redraw();
}

/** Does something as this person; what went wrong stands in `view.trouble` then. */
export async function act(path, body) {
  tell("");
  try {
    const response = await fetch(`/playground/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ user: view.you, ...body }),
    });
    const { seen, error } = await response.json();
    tell(error ?? seen?.errorText ?? "");
    return seen ?? undefined;
  } catch (error) {
    tell(`The playground cannot be reached (${error.message}). Start it again, then reload this page.`);
    return undefined;
  }
}

export function tell(trouble) {
  if (view.trouble === trouble) return;
  view.trouble = trouble;
  document.getElementById("trouble").textContent = trouble;
}

export function become(person) {
  view.you = person;
  sessionStorage.setItem("you", person);
  tell("");
  look();
}

/** Looks at a conversation or the app's home, with no thread open unless one is named. */
export function go(place, thread) {
  tell("");
  view.place = place;
  view.thread = thread;
  sessionStorage.setItem("place", place);
  redraw();
  if (place === "home") act("home", {});
}

export function openThread(ts) {
  tell("");
  view.thread = ts;
  redraw();
}

/** Shows or hides the numbers to try; they and a thread take turns in the same place. */
export function listNumbers(isListing) {
  tell("");
  view.isListing = isListing;
  if (isListing) view.thread = undefined;
  redraw();
}

/** A permalink of this workspace leads to the message on this page; false for any other address. */
export function follow(url) {
  const { domain, conversations } = view.sight;
  const found = new RegExp(`^https://${domain}\\.slack\\.com/archives/([A-Z0-9]+)/p(\\d{10})(\\d{6})`).exec(url);
  if (!found) return false;
  const [, place, seconds, micros] = found;
  if (!conversations.some(({ id }) => id === place)) {
    tell("That message is in a channel that you are not in.");
    return true;
  }
  const parent = new URL(url).searchParams.get("thread_ts") ?? undefined;
  go(place, parent);
  const ts = `${seconds}.${micros}`;
  const node = document.getElementById(`t${ts}`) ?? document.getElementById(`m${ts}`);
  if (!node) tell("That message is not here any more.");
  node?.scrollIntoView({ block: "center" });
  node?.classList.add("sought");
  node?.addEventListener("animationend", () => node.classList.remove("sought"), { once: true });
  return true;
}
