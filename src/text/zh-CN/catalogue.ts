/**
 * Every text that people read, in Chinese. Slack may show backticks and asterisks as plain characters next to a Chinese
 * character or a full-width stop, so markup has a space on both sides: inside a sentence, never at its end.
 */
import type { Texts } from "../en/catalogue.ts";
import { figure } from "../figure.ts";
import { typedWords } from "../typed-words.ts";
import { answers } from "./answers.ts";
import { approvals, decisionForms, preferences, reminders } from "./approvals.ts";
import { bulk } from "./bulk.ts";
import { namesForm } from "./directory/form.ts";
import { directoryImport } from "./directory/import.ts";
import { directory } from "./directory/merchants.ts";
import { form } from "./form.ts";
import { afterwards, does, subject, verb } from "./goldplan/change.ts";
import { goldplan } from "./goldplan/goldplan.ts";
import { guidance } from "./guidance.ts";
import { held } from "./held.ts";
import { help } from "./help.ts";
import { home } from "./home.ts";
import { manifest } from "./manifest.ts";
import { spaced } from "./phrases.ts";
import { events, queries } from "./queries.ts";
import { backup, restore } from "./terminal/backup.ts";
import { audit, ledgerKey, move, output, proofreading } from "./terminal/cli.ts";
import { doctor } from "./terminal/doctor.ts";
import { names } from "./terminal/names.ts";
import { start } from "./terminal/start.ts";
import { connection, unverified } from "./unreachable.ts";

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
  goldplan,
  held,
  approvals,
  reminders,
  preferences,
  decisionForms,
  move,
  output,
  proofreading,
  names,
  directoryImport,
  namesForm,
  help,
  home,
  manifest,
  ...answers,
  ...queries,
  ...directory,

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
    approve: (change, subMchid) => ({
      title: `为特约商户 ${spaced(subMchid)}${does(change)}？`,
      text: goldplan.effect(change, 1),
      confirm: `批准并${verb(change)}`,
    }),
    withdraw: (change, subMchid) => ({
      title: `撤回为特约商户 ${spaced(subMchid)}${does(change)}的申请？`,
      text: `撤回后不会${verb(change)}该商户的${subject(change)}。之后可随时重新提交申请。`,
      confirm: "撤回",
    }),
  },

  request: {
    verb: { OPEN: verb({ action: "OPEN" }), CLOSE: verb({ action: "CLOSE" }) },
    title: (change, number) => `*${does(change)} · ${number}*`,
    requestedBy: (person) => `申请人 ${person}`,
    openUntil: (when) => `待审批，将于 ${when} 过期`,
    lastSet: (change, when, link) =>
      `${subject(change)}：最近由本机器人于 ${when} ${verb(change)}${link ? `（${link}）` : ""}`,
    lastFailed: (outcome, when, link) => `最近一次失败：${outcome} · ${when}${link ? `（${link}）` : ""}`,
    working: (by) => `_处理中_ · ${by} 已批准`,
    calling: "正在调用微信支付接口…",
    tryingAgain: (why, when, attempt, max) =>
      `${why}，将于 ${when} 自动重试（第 ${attempt} 次，最多 ${figure(max)} 次）`,
    done: (change, number) => `✅ *已${does(change)} · ${number}*`,
    notDone: (change, number, why) => `❌ *未${does(change)} · ${number}* · ${why}`,
    notCertain: (number, why) => `⚠️ *结果不确定 · ${number}* · ${why}`,
    rejected: (by, when) => `🚫 ${by} 已拒绝，${when}`,
    withdrawn: (by, when) => `↩️ ${by} 已撤回，${when}`,
    expired: (when) => `⌛ 未完成审批，已于 ${when} 过期`,
    people: {
      requestedBy: (submitter) => `申请人 ${submitter}`,
      approved: (submitter, approver) => `申请人 ${submitter}，审批人 ${approver}`,
      rejected: (submitter, by) => `申请人 ${submitter}，审批人 ${by}`,
      brokeGlass: approvals.alone,
    },
    retriedBy: (person, when) => `${person} 已重试，${when}`,
    peopleAndTime: (people, when) => `${people}，${when}`,
    inChannel: (link) => `在频道中查看：${link}`,
    sentence: {
      pending: (change, subMchid, person) => `${person} 申请为特约商户 ${spaced(subMchid)}${does(change)}，待审批。`,
      working: (change, subMchid) => `正在为特约商户 ${spaced(subMchid)}${does(change)}。`,
      done: (change, subMchid) => `特约商户 ${spaced(subMchid)}的${subject(change)}已${verb(change)}。`,
      failed: (change, subMchid, why) =>
        `特约商户 ${spaced(subMchid)}的${subject(change)}未能${verb(change)}：${why}。`,
      uncertain: (change, subMchid, why) => `特约商户 ${spaced(subMchid)}的${subject(change)}操作结果不确定：${why}。`,
      rejected: (change, subMchid) => `为特约商户 ${spaced(subMchid)}${does(change)}的申请已拒绝。`,
      withdrawn: (change, subMchid) => `为特约商户 ${spaced(subMchid)}${does(change)}的申请已撤回。`,
      expired: (change, subMchid) =>
        `为特约商户 ${spaced(subMchid)}${does(change)}的申请未在有效期内完成审批，已过期。`,
    },
  },

  thread: {
    succeeded: (change, person, number) =>
      `${person} 特约商户 ${spaced(number)}的${subject(change)}已${verb(change)}，${afterwards(change)}`,
    failed: (change, person, number) =>
      `${person} *未能${verb(change)}* 特约商户 ${spaced(number)}的${subject(change)}。`,
    uncertain: (change, person, number) =>
      `${person} *无法确定* 特约商户 ${spaced(number)}的${subject(change)}是否已${verb(change)}。`,
    rejected: (change, person, number, by) =>
      `${person} 你为特约商户 ${spaced(number)}${does(change)}的申请已被 ${by} 拒绝。问题解决后，请重新提交申请。`,
    expired: (change, person, number) =>
      `${person} 你为特约商户 ${spaced(number)}${does(change)}的申请未在有效期内完成审批，已过期。如仍需要，请重新提交申请。`,
    retriedBy: (by) => `重试人 ${by}`,
    whatHappened: "情况说明",
    whoActs: "由谁处理",
    whatToDo: "处理办法",
    tryingAgain: "能否重试",
    ticket: (ticket) => `工单：${ticket}`,
    weChatPaySays: (message) => `微信支付返回：${message}`,
    answerSays: (message) => `应答内容：${message}`,
    requestId: "Request-ID",
    forSupport: "（供微信支付技术支持查询）",
    mayHaveActedBefore: "此前有一次尝试的结果不确定，操作可能已经生效。",
    clock: (minutes, direction) => `机器人的时钟比微信支付${direction === "ahead" ? "快" : "慢"} ${minutes} 分钟。`,
    wait: (until) => `微信支付要求等到 ${until} 再试。请在此之后点击申请消息上的“重试”。`,
    actor: {
      requester: (person) => `申请人 ${person}`,
      "service-provider": () => "我方（服务商）：有服务商平台操作权限的同事",
      "sub-merchant": () => "特约商户",
      "bot-operator": () => "本机器人的运维人员",
      nobody: () => "无需处理，会自行恢复",
      "nobody-yet": () => "目前无需处理，关闭满 24 小时后限制自动解除",
    },
    again: {
      automatic: "可以，重复操作没有风险。机器人的自动重试已经结束，请稍后再点击上方的“重试”。",
      "after-the-fix": "可以，重复操作没有风险，但问题解决前结果不会改变。",
      "after-a-day": "可以，重复操作没有风险，但关闭满 24 小时后才能成功。",
      "after-the-wait": "可以，重复操作没有风险，但微信支付要求等到上述时间之后。",
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
      working: (change, number) => `正在为特约商户 ${spaced(number)}${does(change)}。`,
      done: (change, number) => `特约商户 ${spaced(number)}的${subject(change)}已${verb(change)}。`,
      failed: (change, number) =>
        `特约商户 ${spaced(number)}的${subject(change)}未能${verb(change)}，原因见该申请的消息列。`,
      uncertain: (change, number) =>
        `无法确定特约商户 ${spaced(number)}的${subject(change)}是否已${verb(change)}，原因见该申请的消息列。`,
    },
    retried: (person, when) => `${person} 已先于你点击“重试”（${when}），进展见该申请的消息。`,
    retriedByYou: (when) => `你已点击过“重试”（${when}），不会重复执行，进展见该申请的消息。`,
    superseded: {
      undecided: (number, link) =>
        `特约商户 ${spaced(number)}已有更新的申请待审批${link ? `（${link}）` : ""}，请审批该申请。`,
      working: (number, link) =>
        `特约商户 ${spaced(number)}已有更新的申请正在执行${link ? `（${link}）` : ""}，本申请不再执行。`,
      open: (number, link) =>
        `特约商户 ${spaced(number)}另有申请尚未结束${link ? `（${link}）` : ""}，请待其结束后再点击“重试”。`,
      gone: (number) => `特约商户 ${spaced(number)}的另一申请刚刚结束，请再次点击“重试”。`,
      ended: (number) => `特约商户 ${spaced(number)}已有更新的申请，本申请不再执行。如仍需要，请重新提交申请。`,
    },
    noRetry: "该申请重试无效，请用正确的商户号重新提交申请。",
    notFailed: "该申请没有需要重试的操作，当前状态见该申请的消息。",
    unknown: "台账中没有该申请，可能属于本机器人的另一套部署。请重新提交申请。",
    pruned: (days) => `台账中已没有该申请：结束超过 ${figure(days)} 天的申请会被清理。如仍需要，请重新提交申请。`,
  },
};
