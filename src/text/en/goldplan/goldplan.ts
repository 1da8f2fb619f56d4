/** Texts about 点金计划, and about requests in two steps, in English. */
import type { Change, ScenedChange } from "../../../domain/goldplan/change.ts";
import type { PayScene, Step } from "../../../domain/goldplan/objects.ts";
import { figure } from "../../figure.ts";
import { merchants, some } from "../phrases.ts";
import { past, state, were } from "./change.ts";

const scenes: Record<PayScene, string> = {
  JSAPI: "JSAPI payments",
  MINIPROGRAM: "mini program payments",
  JSAPI_AND_MINIPROGRAM: "JSAPI and mini program payments",
};

const notWithinADay = "WeChat Pay does not open 点金计划 again within 24 hours of closing";

export const goldplan = {
  off: "This bot does not open or close 点金计划. To allow this, the operator of this bot has to set `GOLDPLAN` to `on`. Nothing was recorded.",
  scene: (scene: PayScene) => `点金计划 for ${scenes[scene]}`,

  /** What an approval leads to. In a dialog, so plain text of at most 180 characters. */
  effect: (change: ScenedChange, count: number): string => {
    const { action, object, scene } = change;
    const these = count === 1 ? "this merchant" : "these merchants";
    const own = count === 1 ? "its own receipt page" : "their own receipt pages";
    if (object === "receipt")
      return action === "OPEN"
        ? `The bot calls WeChat Pay immediately. After paying, customers of ${these} see ${own}.`
        : `The bot calls WeChat Pay immediately. After paying, customers of ${these} see WeChat Pay's own page.`;
    const both = object === "both" ? "first for receipts, then for" : "for";
    const where = scene === undefined ? "" : ` (${scenes[scene]})`;
    const calls = `The bot calls WeChat Pay immediately, ${both} 点金计划${where}.`;
    if (action === "CLOSE")
      return count === 1
        ? `${calls} 点金计划 cannot be opened again within 24 hours of closing.`
        : `${calls} For ${merchants(count)}, 点金计划 cannot be opened again within 24 hours of closing.`;
    return object === "both"
      ? `${calls} After paying, customers of ${these} see ${own}.`
      : `${calls} Receipt pages appear only where receipts are open too.`;
  },

  /** Before the decision: this bot closed it less than 24 hours ago. */
  reopens: (closed: string, from: string) =>
    `⏳ This bot closed 点金计划 for this sub-merchant, ${closed}. ${notWithinADay}: this request cannot succeed before ${from}.`,
  reopensForMany: (count: number, numbers: string, more: number, from: string) =>
    `⏳ This bot closed 点金计划 less than 24 hours ago for ${figure(count)} of them: ${some(numbers, more)}. ${notWithinADay}: before ${from}, this request cannot succeed for all of them.`,
  reopensFrom: (closed: string, from: string) => `This bot closed it, ${closed}; it can be opened again from ${from}.`,
  /** For a person who pressed Retry too early. */
  tooSoon: (closed: string, from: string) =>
    `${notWithinADay}, and this bot closed it, ${closed}. Press Retry again after ${from}. WeChat Pay was not called.`,

  workingOn: (step: Step): string => (step === "receipt" ? "step 1 of 2: receipts" : "step 2 of 2: 点金计划"),
  notTried: "点金计划 was not attempted, because receipts come first.",
  continues: "Retry continues with 点金计划.",
  thread: {
    halfDone: (change: Change, person: string, number: string) =>
      `${person} receipts for ${number} were ${past(change)}, but 点金计划 was *not ${past(change)}*.`,
    halfUncertain: (change: Change, person: string, number: string) =>
      `${person} receipts for ${number} were ${past(change)}, but it is *not certain* whether 点金计划 was ${past(change)}.`,
    halfCancelled: (change: Change) =>
      `Receipts ${were({ object: "receipt" })} already ${past(change)} and remain ${state(change)}.`,
  },

  /** After receipts alone were opened. */
  known: {
    open: (when: string) => `This bot last opened 点金计划 here, ${when}.`,
    closed: (when: string) =>
      `This bot last closed 点金计划 here, ${when}. No receipt appears until it is opened again: press *Add 点金计划* on the request's message.`,
    unknown:
      "This bot has never opened or closed 点金计划 for this merchant, so it does not know whether it is open. If it is not, press *Add 点金计划* on the request's message.",
    many: (without: number) =>
      without === 0
        ? "This bot has opened 点金计划 for all of them."
        : `For ${merchants(without)}, this bot has not opened 点金计划 or has closed it since. If it is not open, press *Add 点金计划* on the request's message.`,
  },
  add: "Add 点金计划",
  confirmAdd: (count: number) => ({
    title: `Open 点金计划 for ${merchants(count)}?`,
    text: "This submits a new request in your name, which an approver decides on.",
    confirm: "Submit request",
  }),
  nothingToAdd: "There is nothing to add: this bot has already opened 点金计划. Nothing was recorded.",

  emptyPage: "Page empty?",
  whyEmpty: [
    "*If the receipt page stays empty although receipts and 点金计划 are open*, check the page that we, the service provider, run. These are the known causes:",
    "1. The page does not send `onIframeReady` within 3 seconds.",
    "2. The page is opened by a different WeChat user than the payer.",
    "3. The page's link (商家小票链接) cannot be reached.",
    "4. The verification file is missing on the page's domain.",
    "Changes also take up to five minutes to appear.",
  ],
};
