/** Texts about 点金计划, and about requests in two steps, in Chinese. Markup has spaces around it, as in catalogue.ts. */
import type { PayScene } from "../../../domain/goldplan/objects.ts";
import type { Texts } from "../../en/catalogue.ts";
import { figure } from "../../figure.ts";
import { some, spaced } from "../phrases.ts";
import { does, verb } from "./change.ts";

const scenes: Record<PayScene, string> = {
  JSAPI: "JSAPI 支付",
  MINIPROGRAM: "小程序支付",
  JSAPI_AND_MINIPROGRAM: "JSAPI 支付和小程序支付",
};

const notWithinADay = "点金计划关闭后 24 小时内不能重新开通";

export const goldplan: Texts["goldplan"] = {
  off: "本机器人未启用点金计划的操作。如需启用，请本机器人的运维人员配置 `GOLDPLAN` 变量。本次未作任何记录。",
  scene: (scene) => `点金计划的支付场景：${scenes[scene]}`,

  effect: (change, count) => {
    const { action, object, scene } = change;
    const these = count === 1 ? "该商户" : "这些商户";
    if (object === "receipt")
      return action === "OPEN"
        ? `机器人会立即调用微信支付接口。此后${these}的顾客支付完成后，将看到商户自己的小票页面。`
        : `机器人会立即调用微信支付接口。此后${these}的顾客支付完成后，将看到微信支付的官方页面。`;
    const which =
      object === "both"
        ? `先${does({ action, object: "receipt" })}，再${does({ action, object: "goldplan" })}`
        : does(change);
    const where = scene === undefined ? "" : `（${scenes[scene]}）`;
    const calls = `机器人会立即调用微信支付接口，${which}${where}。`;
    if (action === "CLOSE")
      return count === 1
        ? `${calls}点金计划关闭后 24 小时内不能重新开通。`
        : `${calls}这 ${figure(count)} 个特约商户的点金计划关闭后 24 小时内都不能重新开通。`;
    return object === "both"
      ? `${calls}此后${these}的顾客支付完成后，将看到商户自己的小票页面。`
      : `${calls}商家小票也须开通，小票页面才会展示。`;
  },

  reopens: (closed, from) =>
    `⏳ 本机器人曾为该商户关闭点金计划（${closed}）。${notWithinADay}，该申请须在 ${from} 之后执行才能成功。`,
  reopensForMany: (count, numbers, more, from) =>
    `⏳ 其中 ${figure(count)} 个的点金计划在 24 小时内由本机器人关闭。${notWithinADay}，${from} 之后可全部开通 · ${some(numbers, more)}`,
  reopensFrom: (closed, from) => `本机器人曾关闭该商户的点金计划（${closed}），${from} 之后可重新开通。`,
  tooSoon: (closed, from) =>
    `${notWithinADay}，而本机器人曾关闭该商户的点金计划（${closed}）。请在 ${from} 之后再点击“重试”。本次未调用微信支付接口。`,

  workingOn: (step) => (step === "receipt" ? "第 1 步，共 2 步：商家小票" : "第 2 步，共 2 步：点金计划"),
  notTried: "须先操作商家小票，因此尚未操作点金计划。",
  continues: "重试时会从点金计划继续。",
  thread: {
    halfDone: (change, person, number) =>
      `${person} 特约商户 ${spaced(number)}的商家小票已${verb(change)}，但 *未能${verb(change)}* 点金计划。`,
    halfUncertain: (change, person, number) =>
      `${person} 特约商户 ${spaced(number)}的商家小票已${verb(change)}，但 *无法确定* 点金计划是否已${verb(change)}。`,
    halfCancelled: (change) => `此前商家小票已${verb(change)}，不受影响。`,
  },

  known: {
    open: (when) => `本机器人曾为该商户开通点金计划（${when}）。`,
    closed: (when) =>
      `本机器人曾为该商户关闭点金计划（${when}），重新开通前小票不会展示：请点击申请消息上的“开通点金计划”。`,
    unknown: "本机器人尚未操作过该商户的点金计划，无法得知是否已开通。如未开通，请点击申请消息上的“开通点金计划”。",
    many: (without) =>
      without === 0
        ? "本机器人已为其中全部特约商户开通点金计划。"
        : `其中 ${figure(without)} 个特约商户，本机器人未开通过点金计划，或开通后又已关闭。如未开通，请点击申请消息上的“开通点金计划”。`,
  },
  add: "开通点金计划",
  confirmAdd: (count) => ({
    title: `为 ${figure(count)} 个特约商户开通点金计划？`,
    text: "将以你的名义提交新申请，须经审批。",
    confirm: "提交申请",
  }),
  nothingToAdd: "本机器人已开通点金计划，无需再次开通。本次未作任何记录。",

  emptyPage: "小票为空？",
  whyEmpty: [
    "商家小票和点金计划均已开通而 *小票页面仍为空白* 时，请检查我方（服务商）的小票页面。已知原因如下：",
    "1. 页面未在 3 秒内发送 `onIframeReady` 消息。",
    "2. 打开页面的微信用户不是付款人。",
    "3. 商家小票链接无法访问。",
    "4. 页面域名下缺少校验文件。",
    "此外，更改最多需要 5 分钟生效。",
  ],
};
