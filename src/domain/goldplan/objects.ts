/** What a request switches: the receipt (商家小票), 点金计划, or both; and the steps in which an operation does it. */

/** The part of a sub-merchant that one signed call switches. */
export const steps = ["receipt", "goldplan"] as const;
export type Step = (typeof steps)[number];

/** What a request switches. */
export const objects = [...steps, "both"] as const;
export type SwitchObject = (typeof objects)[number];

/** The API's `operation_pay_scene`: the payments after which 点金计划 shows its page. */
export const payScenes = ["JSAPI", "MINIPROGRAM", "JSAPI_AND_MINIPROGRAM"] as const;
export type PayScene = (typeof payScenes)[number];

/**
 * The setting GOLDPLAN: whether 点金计划 can be switched, and whether opening receipts without naming an object opens it
 * too.
 */
export const goldPlanModes = ["off", "on", "with-receipts"] as const;
export type GoldPlanMode = (typeof goldPlanModes)[number];

/**
 * The steps of an operation, in order: first the receipt, then 点金计划. The other way round, payments in between would
 * show WeChat Pay's own page, and closing 点金计划, which cannot be undone for 24 hours, would come first.
 */
export function stepsOf(object: SwitchObject): readonly Step[] {
  return object === "both" ? steps : [object];
}

/** The step that follows a successful one; undefined after the last. */
export function stepAfter(step: Step, object: SwitchObject): Step | undefined {
  const all = stepsOf(object);
  return all[all.indexOf(step) + 1];
}

/** The objects that a request may have that switches this one, alone or with another. */
export function objectsWith(object: SwitchObject): readonly SwitchObject[] {
  return object === "both" ? ["both"] : [object, "both"];
}

/** Whether two objects have a switch in common. */
export function overlaps(one: SwitchObject, other: SwitchObject): boolean {
  return stepsOf(one).some((step) => stepsOf(other).includes(step));
}

export function switchesGoldPlan(object: SwitchObject): boolean {
  return stepsOf(object).includes("goldplan");
}
