/**
 * A person's actions in a modal or on the App Home tab: opening, pressing, submitting, closing (slack-rules.md 2.3).
 */
import type { Receipt } from "../delivery/http.ts";
import { eventPayload, globalShortcutPayload, interactivePayload } from "../delivery/payloads.ts";
import { isObject, type JsonObject, objectIn, objectsIn, stringIn } from "../json.ts";
import { Refusal } from "../refusal.ts";
import type { State } from "../state.ts";
import type { Triggers } from "../triggers.ts";
import type { Files } from "../web-api/files.ts";
import type { View, Views } from "../web-api/views.ts";
import type { ActionResult } from "./action-result.ts";
import type { UserActions } from "./actions.ts";
import { allComponents, chosen, type Press, pressIn } from "./components.ts";

/** Input by action_id; files by their ids. Omitted inputs keep their initial value. */
export type Filled = Readonly<Record<string, string | readonly string[]>>;

/** `errors`: shown beside the fields, by block_id. `view`: shown in place of the modal or on top of it. */
export type ViewActionResult = ActionResult & { readonly errors?: JsonObject; readonly view?: JsonObject };

const trouble = "We had some trouble connecting. Try again?";

export type ViewActionNeeds = {
  readonly state: State;
  readonly userActions: UserActions;
  readonly views: Views;
  readonly triggers: Triggers;
  readonly files: Files;
};

export function createViewActions({ state, userActions, views, triggers, files }: ViewActionNeeds) {
  function top(user: string, where: "modal" | "home"): View {
    const view = where === "home" ? views.home(user) : views.open(user);
    if (view === undefined) throw new Error(`${user} has no ${where} open`);
    return view;
  }

  function screenWith(user: string, words: string): View | undefined {
    return views.screens(user).findLast(({ json }) => JSON.stringify(json).includes(words));
  }

  /** Submits the top modal, or the one on any of the person's screens that contains `words`. */
  async function submitView(user: string, filled: Filled = {}, words?: string): Promise<ViewActionResult> {
    const person = userActions.personHere(user);
    const view = words === undefined ? top(user, "modal") : screenWith(user, words);
    if (view === undefined) throw new Error(`${user} has no open modal that contains ${words}`);
    const values = valuesOf(view, filled, files);
    const fields = {
      type: "view_submission",
      trigger_id: triggers.issue(user, view.id),
      view: views.viewJson(view, values),
      response_urls: [],
    };
    return userActions.send(interactivePayload(state, person, fields), (receipt) => submitted(receipt, view));
  }

  function submitted(receipt: Receipt, view: View): ViewActionResult {
    const { afterMs } = receipt;
    if (receipt.kind === "failed") return { acknowledged: false, afterMs, error: receipt.why, errorText: trouble };
    const { body } = receipt;
    if (body.kind === "empty") {
      views.close(view, "top");
      return { acknowledged: true, afterMs };
    }
    const wrong = (why: string): ViewActionResult => ({ acknowledged: true, afterMs, error: why, errorText: trouble });
    if (body.kind !== "json" || !isObject(body.value)) return wrong("invalid_response");
    try {
      return respond(body.value, view, afterMs) ?? wrong("invalid_response");
    } catch (error) {
      if (error instanceof Refusal) return wrong(`${error.code} ${JSON.stringify(error.details)}`);
      throw error;
    }
  }

  function respond(answer: JsonObject, view: View, afterMs: number): ViewActionResult | undefined {
    const result = { acknowledged: true, afterMs };
    const action = answer["response_action"];
    if (action === "clear") views.close(view, "all");
    else if (action === "update")
      return { ...result, view: views.replace(view, views.readView(answer["view"], "modal", view.id)).json };
    else if (action === "push")
      return { ...result, view: views.pushOnto(view.user, view, views.readView(answer["view"], "modal")).json };
    else if (action === "errors") {
      const errors = objectIn(answer, "errors");
      const inputs = objectsIn(view.json, "blocks").filter((block) => block["type"] === "input");
      const known = new Set(inputs.map((block) => stringIn(block, "block_id")));
      const keys = Object.keys(errors ?? {});
      if (errors === undefined || keys.length === 0 || !keys.every((key) => known.has(key))) return undefined;
      return { ...result, errors };
    } else return undefined;
    return result;
  }

  return {
    submitView,
    /** The newest modal that contains `words`, on any of the person's screens. */
    modalWith: (user: string, words: string): JsonObject | undefined => screenWith(user, words)?.json,

    /** Opens the app's Home tab. The app receives `app_home_opened` if it subscribes to it. */
    async openHome(user: string): Promise<ActionResult> {
      userActions.personHere(user);
      const { conversation } = state.openWith("im", [user]);
      const home = views.home(user);
      const view = home === undefined ? {} : { view: views.viewJson(home) };
      const event = { type: "app_home_opened", user, channel: conversation.id, tab: "home", ...view };
      if (!state.app.events.includes("app_home_opened")) return { acknowledged: false, afterMs: 0 };
      return userActions.send(eventPayload(state, event), userActions.plainResult);
    },

    /** Presses a component of the open modal or of the Home tab. */
    async clickInView(user: string, where: "modal" | "home", press: Press, filled: Filled = {}): Promise<ActionResult> {
      const person = userActions.personHere(user);
      const view = top(user, where);
      const { action, confirm } = pressIn(objectsIn(view.json, "blocks"), press, userActions.actionTs());
      const values = valuesOf(view, filled, files, false);
      const fields = {
        type: "block_actions",
        container: { type: "view", view_id: view.id },
        trigger_id: triggers.issue(user, where === "modal" ? view.id : undefined),
        view: views.viewJson(view, values),
        state: { values },
        actions: [action],
      };
      const result = await userActions.send(interactivePayload(state, person, fields), userActions.plainResult);
      return confirm === undefined ? result : { ...result, confirm };
    },

    /**
     * Closes the modal with its Cancel button, or the whole stack with its X. The app is notified only if the view
     * requests it.
     */
    async closeView(user: string, by: "cancel" | "x" = "cancel"): Promise<ActionResult> {
      const person = userActions.personHere(user);
      const view = top(user, "modal");
      views.close(view, by === "x" || view.json["clear_on_close"] === true ? "all" : "top");
      if (view.json["notify_on_close"] !== true) return { acknowledged: false, afterMs: 0 };
      const closed = by === "x" ? { ...views.viewJson(view), id: view.rootId } : views.viewJson(view);
      const fields = { type: "view_closed", view: closed, is_cleared: by === "x" };
      return userActions.send(interactivePayload(state, person, fields), userActions.plainResult);
    },

    /** Uses a global shortcut of the app. */
    async useShortcut(user: string, callbackId: string): Promise<ActionResult> {
      const person = userActions.memberHere(user);
      const shortcut = { callback_id: callbackId, action_ts: userActions.actionTs(), trigger_id: triggers.issue(user) };
      return userActions.send(globalShortcutPayload(state, person, shortcut), userActions.plainResult);
    },
  };
}

/**
 * The view's `state.values`.
 * @throws Error if a required field is empty: Slack would not submit the form
 */
function valuesOf(view: View, filled: Filled, files: Files, complete = true): JsonObject {
  const values: Record<string, JsonObject> = {};
  for (const block of objectsIn(view.json, "blocks")) {
    for (const { blockId, element } of allComponents([block])) {
      const type = stringIn(element, "type") ?? "";
      if (type === "button" || type === "overflow") continue;
      const actionId = stringIn(element, "action_id") ?? "";
      const choice = filled[actionId];
      const value =
        type === "file_input" ? { files: [choice ?? []].flat().map(files.inForm) } : chosen(element, choice);
      const empty = Object.values(value).every((one) => one === null || (Array.isArray(one) && one.length === 0));
      if (complete && empty && block["type"] === "input" && block["optional"] !== true) {
        throw new Error(`the form is not submitted: ${actionId} is required`);
      }
      values[blockId] = { ...values[blockId], [actionId]: { type, ...value } };
    }
  }
  return values;
}
