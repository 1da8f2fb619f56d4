/**
 * Every text that people read, in Chinese. Slack may show backticks and asterisks as plain characters next to a Chinese
 * character or a full-width stop, so markup has a space on both sides: inside a sentence, never at its end.
 */
import type { Action } from "../../domain/attempt-result.ts";
import type { Texts } from "../en/catalogue.ts";
import { typedWords } from "../typed-words.ts";
import { answers } from "./answers.ts";
import { approvals, decisionForms, preferences, reminders } from "./approvals.ts";
import { bulk } from "./bulk.ts";
import { form } from "./form.ts";
import { guidance } from "./guidance.ts";
import { held } from "./held.ts";
import { help } from "./help.ts";
import { home } from "./home.ts";
import { manifest } from "./manifest.ts";
import { asking, events } from "./queries.ts";
import { audit, backup, ledgerKey, move, proofreading, restore } from "./terminal/cli.ts";
import { doctor } from "./terminal/doctor.ts";
import { start } from "./terminal/start.ts";
import { connection, unverified } from "./unreachable.ts";

const verbs: Record<Action, string> = { OPEN: "开通", CLOSE: "关闭" };

const unchanged = "未作任何更改。";

export const zhCN: Texts = {
  guidance,
  connection,
  unverified,
  start,
  doctor,
  audit,
  backup,
  ledgerKey,
  restore,
  events,
  bulk,
  form,
  held,
  approvals,
  reminders,
  preferences,
  decisionForms,
  move,
  proofreading,
  help,
  home,
  manifest,
  ...answers,
  ...asking,

  typed: typedWords("zh-CN"),

  list: "、",
  between: "",

  button: {
    approve: "批准",
    reject: "拒绝",
    leaveOut: "剔除",
    withdraw: "撤回",
    retry: "重试",
    cancel: "取消",
  },

  confirm: {
    approve: (action, subMchid) => ({
      title: `为特约商户 ${subMchid} ${verbs[action]}商家小票？`,
      text:
        action === "OPEN"
          ? "机器人会立即调用微信支付接口。此后该商户的顾客支付完成后，将看到商户自己的小票页面。"
          : "机器人会立即调用微信支付接口。此后该商户的顾客支付完成后，将看到微信支付的官方页面。",
      confirm: `批准并${verbs[action]}`,
    }),
    withdraw: (action, subMchid) => ({
      title: `撤回为特约商户 ${subMchid} ${verbs[action]}商家小票的申请？`,
      text: `撤回后不会${verbs[action]}该商户的商家小票。之后可随时重新提交申请。`,
      confirm: "撤回",
    }),
  },

  request: {
    verb: verbs,
    title: (action, number) => `*${verbs[action]}商家小票 · ${number}*`,
    askedBy: (person) => `申请人 ${person}`,
    openUntil: (when) => `待审批，将于 ${when} 过期`,
    lastSet: (action, when, link) =>
      `本机器人最近一次成功操作：已于 ${when} ${verbs[action]}${link ? `（${link}）` : ""}`,
    lastFailed: (outcome, when, link) => `最近一次失败：${outcome} · ${when}${link ? `（${link}）` : ""}`,
    working: (by) => `_处理中_ · ${by} 已批准`,
    calling: "正在调用微信支付接口…",
    tryingAgain: (why, when, attempt, max) => `${why}，将于 ${when} 自动重试（第 ${attempt} 次，最多 ${max} 次）`,
    done: (action, number) => `✅ *已${verbs[action]}商家小票 · ${number}*`,
    notDone: (action, number, why) => `❌ *未${verbs[action]} · ${number}* · ${why}`,
    notCertain: (number, why) => `⚠️ *结果不确定 · ${number}* · ${why}`,
    rejected: (by, when) => `🚫 ${by} 已拒绝，${when}`,
    withdrawn: (by, when) => `↩️ ${by} 已撤回，${when}`,
    expired: (when) => `⌛ 未完成审批，已于 ${when} 过期`,
    people: {
      asked: (submitter) => `申请人 ${submitter}`,
      approved: (submitter, approver) => `申请人 ${submitter}，审批人 ${approver}`,
      rejected: (submitter, by) => `申请人 ${submitter}，审批人 ${by}`,
      brokeGlass: approvals.alone,
    },
    retriedBy: (person, when) => `${person} 已重试，${when}`,
    peopleAndTime: (people, when) => `${people}，${when}`,
    inChannel: (link) => `在频道中查看：${link}`,
    sentence: {
      pending: (action, subMchid, person) => `${person} 申请为特约商户 ${subMchid} ${verbs[action]}商家小票，待审批。`,
      working: (action, subMchid) => `正在为特约商户 ${subMchid} ${verbs[action]}商家小票。`,
      done: (action, subMchid) => `特约商户 ${subMchid} 的商家小票已${verbs[action]}。`,
      failed: (action, subMchid, why) => `特约商户 ${subMchid} 的商家小票未能${verbs[action]}：${why}。`,
      uncertain: (subMchid, why) => `特约商户 ${subMchid} 的商家小票操作结果不确定：${why}。`,
      rejected: (action, subMchid) => `为特约商户 ${subMchid} ${verbs[action]}商家小票的申请已拒绝。`,
      withdrawn: (action, subMchid) => `为特约商户 ${subMchid} ${verbs[action]}商家小票的申请已撤回。`,
      expired: (action, subMchid) =>
        `为特约商户 ${subMchid} ${verbs[action]}商家小票的申请未在有效期内完成审批，已过期。`,
    },
  },

  thread: {
    succeeded: (action, person, number) =>
      action === "OPEN"
        ? `${person} 特约商户 ${number} 的商家小票已开通，约 5 分钟内生效。该商户的点金计划也须开通，小票才会展示。`
        : `${person} 特约商户 ${number} 的商家小票已关闭，约 5 分钟内恢复为微信支付的官方页面。`,
    failed: (action, person, number) => `${person} *未能${verbs[action]}* 特约商户 ${number} 的商家小票。`,
    uncertain: (action, person, number) => `${person} *无法确定* 特约商户 ${number} 的商家小票是否已${verbs[action]}。`,
    rejected: (action, person, number, by) =>
      `${person} 你为特约商户 ${number} ${verbs[action]}商家小票的申请已被 ${by} 拒绝。问题解决后，请重新提交申请。`,
    expired: (action, person, number) =>
      `${person} 你为特约商户 ${number} ${verbs[action]}商家小票的申请未在有效期内完成审批，已过期。如仍需要，请重新提交申请。`,
    retriedBy: (by) => `重试人 ${by}`,
    whatHappened: "情况说明",
    whoActs: "由谁处理",
    whatToDo: "处理办法",
    tryingAgain: "能否重试",
    ticket: (ticket) => `工单：${ticket}`,
    weChatPaySays: (message) => `微信支付返回：${message}`,
    requestId: "Request-ID",
    forSupport: "（供微信支付技术支持查询）",
    clock: (minutes, direction) => `机器人的时钟比微信支付${direction === "ahead" ? "快" : "慢"} ${minutes} 分钟。`,
    actor: {
      requester: (person) => `申请人 ${person}`,
      "service-provider": () => "我方（服务商）：有服务商平台操作权限的同事",
      "sub-merchant": () => "特约商户",
      "bot-operator": () => "本机器人的运维人员",
      nobody: () => "无需处理，会自行恢复",
    },
    again: {
      automatic: "可以，重复操作没有风险。机器人已自动重试多次，请稍后再点击上方的“重试”。",
      "after-the-fix": "可以，重复操作没有风险，但问题解决前结果不会改变。",
      "new-request": "用该商户号重试无效，请用正确的商户号重新提交申请。",
    },
  },

  decided: {
    approvedByYou: (when) => `你已批准过该申请（${when}），不会重复执行。`,
    approved: (person, when) => `${person} 已先于你批准该申请（${when}）。`,
    rejectedByYou: (when) => `你已拒绝过该申请（${when}）。${unchanged}`,
    withdrawnByYou: (when) => `你已撤回过该申请（${when}）。${unchanged}`,
    rejected: (person, when) => `${person} 已拒绝该申请（${when}）。${unchanged}`,
    withdrawn: (person, when) => `${person} 已撤回该申请（${when}）。${unchanged}`,
    expired: (when) => `该申请未在有效期内完成审批，已过期（${when}）。如仍需要，请重新提交申请。`,
    now: {
      working: (action, number) => `正在为特约商户 ${number} ${verbs[action]}商家小票。`,
      done: (action, number) => `特约商户 ${number} 的商家小票已${verbs[action]}。`,
      failed: (action, number) => `特约商户 ${number} 的商家小票未能${verbs[action]}，原因见该申请的消息列。`,
      uncertain: (action, number) =>
        `无法确定特约商户 ${number} 的商家小票是否已${verbs[action]}，原因见该申请的消息列。`,
    },
    retriedAlready: "已有人先点击了“重试”，进展见该申请的消息。",
    superseded: {
      undecided: (number, link) =>
        `特约商户 ${number} 已有更新的申请待审批${link ? `（${link}）` : ""}，请审批该申请。`,
      working: (number, link) =>
        `特约商户 ${number} 已有更新的申请正在执行${link ? `（${link}）` : ""}，本申请不再执行。`,
      gone: (number) => `特约商户 ${number} 更新的申请刚刚结束，未曾执行。请再次点击。`,
      ended: (number) => `特约商户 ${number} 已有更新的申请，本申请不再执行。如仍需要，请重新提交申请。`,
    },
    noRetry: "该申请重试无效，请用正确的商户号重新提交申请。",
    notFailed: "该申请没有需要重试的操作，当前状态见该申请的消息。",
    unknown: "台账中没有该申请，可能属于本机器人的另一套部署。请重新提交申请。",
  },
};
