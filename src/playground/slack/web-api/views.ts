/** Modals and App Home: views.* with triggers, stacks and hashes (slack-rules.md 2.4, 3.4, 5.1). */
import { randomBytes } from "node:crypto";
import { problemLine, viewProblems } from "../block-kit/validate.ts";
import { isObject, type Json, type JsonObject, objectsIn, parseJson, stringIn } from "../json.ts";
import { invalidArguments, Refusal } from "../refusal.ts";
import type { State } from "../state.ts";
import type { Triggers } from "../triggers.ts";
import { errorLines } from "./message-content.ts";
import { type Call, type Methods, required } from "./method.ts";
import { storedBlocks } from "./stored-blocks.ts";

export type View = {
  readonly id: string;
  readonly user: string;
  readonly type: "modal" | "home";
  readonly json: JsonObject;
  readonly hash: string;
  readonly rootId: string;
  readonly previousId: string | undefined;
};

export type Views = ReturnType<typeof createViews>;

const viewBytesMax = 250_000;
const stackMax = 3;

export function createViews(state: State, triggers: Triggers) {
  const views = new Map<string, View>();
  /** Stacks of modals, by the id of the bottom one. */
  const stacks = new Map<string, readonly string[]>();
  /** The stack in front of each person. Their other stacks are open on another screen. */
  const inFront = new Map<string, string>();
  const homes = new Map<string, string>();
  let made = 0;

  const hashNow = (): string => `${Math.floor(state.clock.now() / 1000)}.${randomBytes(4).toString("hex")}`;

  function store(view: View): View {
    views.set(view.id, view);
    state.changed();
    return view;
  }

  function make(user: string, json: JsonObject, previous: View | undefined): View {
    made += 1;
    const id = `V0LOCAL${String(made).padStart(4, "0")}`;
    const type = json["type"] === "home" ? "home" : "modal";
    return { id, user, type, json, hash: hashNow(), rootId: previous?.rootId ?? id, previousId: previous?.id };
  }

  /** @throws Refusal if Slack would not show the view */
  function readView(value: Json | undefined, type: "modal" | "home", except?: string): JsonObject {
    const view = typeof value === "string" ? parseJson(value) : value;
    if (!isObject(view)) throw invalidArguments("must provide an object [json-pointer:/view]");
    const lines = viewProblems(view).map(problemLine);
    if (lines.length > 0) throw new Refusal("invalid_arguments", errorLines(lines));
    if (view["type"] !== type)
      throw invalidArguments(`unsupported type: ${String(view["type"])} [json-pointer:/view/type]`);
    if (Buffer.byteLength(JSON.stringify(view)) > viewBytesMax) throw new Refusal("view_too_large");
    const external = stringIn(view, "external_id") ?? "";
    const taken = [...views.values()].some((one) => one.id !== except && one.json["external_id"] === external);
    if (external !== "" && taken) throw new Refusal("duplicate_external_id");
    return { ...view, blocks: storedBlocks(objectsIn(view, "blocks")) };
  }

  function open({ args }: Call): JsonObject {
    const view = readView(args["view"], "modal");
    const { user } = triggers.exchange(required(args, "trigger_id"));
    const opened = store(make(user, view, undefined));
    stacks.set(opened.id, [opened.id]);
    inFront.set(user, opened.id);
    return { view: viewJson(opened) };
  }

  function push({ args }: Call): JsonObject {
    const view = readView(args["view"], "modal");
    const { user, viewId } = triggers.exchange(required(args, "trigger_id"));
    const previous = views.get(viewId ?? "");
    if (previous === undefined) throw new Refusal("not_found");
    return { view: viewJson(pushOnto(user, previous, view)) };
  }

  function pushOnto(user: string, previous: View, json: JsonObject): View {
    const stack = stacks.get(previous.rootId) ?? [];
    if (stack.length >= stackMax) throw new Refusal("push_limit_reached");
    const pushed = store(make(user, json, previous));
    stacks.set(pushed.rootId, [...stack, pushed.id]);
    return pushed;
  }

  function top(rootId: string | undefined): View | undefined {
    return views.get(stacks.get(rootId ?? "")?.at(-1) ?? "");
  }

  function update({ args }: Call): JsonObject {
    const external = stringIn(args, "external_id");
    const viewId = stringIn(args, "view_id");
    if (viewId === undefined && external === undefined) throw invalidArguments("missing required field: view_id");
    const old = [...views.values()].find(
      (one) => one.id === viewId || (external !== undefined && one.json["external_id"] === external),
    );
    if (old === undefined) throw new Refusal("not_found");
    const next = readView(args["view"], old.type, old.id);
    checkHash(args, old);
    return { view: viewJson(store({ ...old, json: next, hash: hashNow() })) };
  }

  function publish({ args }: Call): JsonObject {
    if (!state.app.homeTab) throw new Refusal("not_enabled");
    const user = required(args, "user_id");
    const person = state.people.get(user);
    if (person === undefined || person.deleted === true) throw invalidArguments("invalid `user_id`");
    const old = views.get(homes.get(user) ?? "");
    const next = readView(args["view"], "home", old?.id);
    if (old !== undefined) checkHash(args, old);
    const published = old === undefined ? make(user, next, undefined) : { ...old, json: next, hash: hashNow() };
    homes.set(user, published.id);
    return { view: viewJson(store(published)) };
  }

  function viewJson(view: View, values: JsonObject = {}): JsonObject {
    const { json } = view;
    return {
      id: view.id,
      team_id: state.workspace.teamId,
      type: view.type,
      blocks: json["blocks"],
      private_metadata: json["private_metadata"] ?? "",
      callback_id: json["callback_id"] ?? "",
      external_id: json["external_id"] ?? "",
      title: json["title"] ?? { type: "plain_text", text: "View Title", emoji: true },
      submit: json["submit"] ?? null,
      submit_disabled: json["submit_disabled"] ?? false,
      close: json["close"] ?? null,
      state: { values },
      hash: view.hash,
      clear_on_close: json["clear_on_close"] ?? false,
      notify_on_close: json["notify_on_close"] ?? false,
      root_view_id: view.rootId,
      previous_view_id: view.previousId ?? null,
      app_id: state.app.appId,
      app_installed_team_id: state.workspace.teamId,
      bot_id: state.app.botId,
    };
  }

  const methods: Methods = {
    "views.open": { token: "bot", tier: 4, takesJson: true, run: open },
    "views.push": { token: "bot", tier: 4, takesJson: true, run: push },
    "views.update": { token: "bot", tier: 4, takesJson: true, run: update },
    "views.publish": { token: "bot", tier: 4, takesJson: true, run: publish },
  };

  return {
    methods,
    readView,
    viewJson,
    pushOnto,
    get: (id: string): View | undefined => views.get(id),
    /** The modal in front of the person: the top of the stack. */
    open: (user: string): View | undefined => top(inFront.get(user)),
    /** The top modals of all the person's stacks, on any screen, the newest last. */
    screens: (user: string): View[] => [...stacks.keys()].map(top).filter((view): view is View => view?.user === user),
    home: (user: string): View | undefined => views.get(homes.get(user) ?? ""),

    replace(view: View, json: JsonObject): View {
      return store({ ...view, json, hash: hashNow() });
    },

    /** Closes the top view, or the whole stack. */
    close({ rootId }: View, what: "top" | "all"): void {
      const stack = stacks.get(rootId) ?? [];
      const left = what === "all" ? [] : stack.slice(0, -1);
      for (const id of stack.slice(left.length)) views.delete(id);
      if (left.length > 0) stacks.set(rootId, left);
      else stacks.delete(rootId);
      state.changed();
    },
  };
}

function checkHash(args: JsonObject, view: View): void {
  const hash = stringIn(args, "hash");
  if (hash !== undefined && hash !== view.hash) throw new Refusal("hash_conflict");
}
