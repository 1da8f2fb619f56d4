/** The numbers beside the demo's page: commands to try, and what WeChat Pay answers to each. */
import { commandFor } from "./wechatpay/scenario.ts";
import { scenarios } from "./wechatpay/scenarios.ts";

/** In English; the page has the titles in Chinese, by number. */
export const demoNotes: readonly { title: string; text: string }[] = [
  { title: "success, like every number not listed here", text: "/receipt open 1900000109" },
  { title: "success in both steps: the receipt, then 点金计划", text: "/receipt both open 1900000110" },
  ...scenarios.map((scenario) => ({ title: scenario.title, text: commandFor(scenario) })),
];
