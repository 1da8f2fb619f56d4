/** What a request does: an action on an object. */
import { type Action, actions } from "../attempt-result.ts";
import { type GoldPlanMode, type PayScene, type SwitchObject, switchesGoldPlan } from "./objects.ts";

export interface Change {
  action: Action;
  object: SwitchObject;
}

/** The scene is undefined if 点金计划 is not switched. */
export interface ScenedChange extends Change {
  scene: PayScene | undefined;
}

/** What people can choose in the form, in its order. */
export function offeredChanges(mode: GoldPlanMode): Change[] {
  const offered: readonly SwitchObject[] =
    mode === "off" ? ["receipt"] : mode === "on" ? ["receipt", "goldplan", "both"] : ["both", "receipt", "goldplan"];
  return actions.flatMap((action) => offered.map((object) => ({ action, object })));
}

/**
 * What a request switches; undefined if it names 点金计划 and the settings switch that off. Closing without naming an
 * object closes the receipt alone, because closing 点金计划 cannot be undone for 24 hours.
 * @param named the object that the person named, if they did
 */
export function objectOf(
  { action, named }: { action: Action; named: SwitchObject | undefined },
  mode: GoldPlanMode,
): SwitchObject | undefined {
  const object = named ?? (action === "OPEN" && mode === "with-receipts" ? "both" : "receipt");
  return maySwitch(object, mode) ? object : undefined;
}

/** Whether the settings let the bot switch all of an object. */
export function maySwitch(object: SwitchObject, mode: GoldPlanMode): boolean {
  return mode !== "off" || !switchesGoldPlan(object);
}
