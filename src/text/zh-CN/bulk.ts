/** Texts of a request for many sub-merchants, in Chinese. Markup has spaces around it, as in catalogue.ts. */
import type { Change } from "../../domain/goldplan/change.ts";
import { ownHeaders } from "../../parsing/column-headers.ts";
import type { Texts } from "../en/catalogue.ts";
import { figure } from "../figure.ts";
import { afterwards, does, subject, verb } from "./goldplan/change.ts";
import { goldplan } from "./goldplan/goldplan.ts";
import { some, spaced } from "./phrases.ts";

const rest = (change: Change, failed: number, uncertain: number) =>
  [
    ...(failed > 0 ? [`，${figure(failed)} 个未${verb(change)}`] : []),
    ...(uncertain > 0 ? [`，${figure(uncertain)} 个结果不确定`] : []),
  ].join("");
const all = (count: number) => (count === 1 ? "1 个特约商户" : `全部 ${figure(count)} 个特约商户`);

export const bulk: Texts["bulk"] = {
  title: (change, count) => `*${does(change)} · ${figure(count)} 个特约商户*`,
  sample: (numbers, more) => (more > 0 ? `${spaced(numbers)}等，另有 ${figure(more)} 个（名单见消息列）` : numbers),
  sampleElsewhere: some,
  unusual: (numbers, more) => `⚠️ 位数少见：商户号大多为 10 位 · ${some(numbers, more)}`,
  inChannel: (link) => `在频道中查看（名单见其消息列）：${link}`,
  leftOut: (count, by) => `➖ *已剔除 ${figure(count)} 个* · 剔除人 ${by}`,
  leftOutWhich: (leftOut, numbers, more) => `${leftOut} · ${some(numbers, more)}`,
  knownSet: (count, change, numbers, more) => `其中 ${figure(count)} 个此前已${does(change)} · ${some(numbers, more)}`,
  knownFailed: (count, change, why, numbers, more) =>
    `其中 ${figure(count)} 个上次未能${does(change)}：${why} · ${some(numbers, more)}`,
  knownMore: (count) => `另有 ${figure(count)} 个此前操作过`,
  progress: (bar, percent, done, failed, uncertain, left) =>
    `${bar} ${percent} % · 已完成 ${figure(done)} 个 · 失败 ${figure(failed)} 个 · ${uncertain > 0 ? `结果不确定 ${figure(uncertain)} 个 · ` : ""}剩余 ${figure(left)} 个`,
  progressInChannel: "执行进度见频道中的消息。",
  timeLeft: (seconds) => (seconds < 90 ? `约 ${seconds} 秒` : `约 ${Math.round(seconds / 60)} 分钟`),
  onlyRetries: (numbers, more, next, until) =>
    `仅剩自动重试 · ${some(numbers, more)} · 下次于 ${next}，最后一次约在 ${until}`,
  stopping: (by) => `${by} 已停止该申请，已开始的会执行完。`,
  done: (change, count) => `✅ *已${verb(change)} ${figure(count)} 个*`,
  notDone: (change, count) => `❌ *未${verb(change)} ${figure(count)} 个*`,
  notCertain: (count) => `⚠️ *结果不确定 ${figure(count)} 个*`,
  notStarted: (count, by) => `⏹️ *未执行 ${figure(count)} 个* · ${by} 已停止`,
  notStartedInAll: (count) => `⏹️ *未执行 ${figure(count)} 个*`,
  retry: (count) => `重试 ${figure(count)} 个`,
  resubmit: (count) => `重新申请 ${figure(count)} 个`,
  resubmittedAs: (link, person) => `${person} 已重新提交申请：${link}`,
  confirmResubmit: (change, count) => ({
    title: `重新申请为 ${figure(count)} 个特约商户${does(change)}？`,
    text: `将以你的名义提交新申请，仅包括未执行的 ${figure(count)} 个特约商户，须经审批。`,
    confirm: "重新申请",
  }),
  stop: "停止",
  confirmStop: (change, left) => ({
    title: `停止${does(change)}？`,
    text: `尚未开始的会取消，最多 ${figure(left)} 个。已完成的不变，已开始的会执行完。`,
    confirm: "停止",
  }),
  confirmApprove: (change, count) => ({
    title: `为 ${figure(count)} 个特约商户${does(change)}？`,
    text: goldplan.effect(change, count),
    confirm: `批准并${verb(change)}`,
  }),
  confirmWithdraw: (change, count) => ({
    title: `撤回为 ${figure(count)} 个特约商户${does(change)}的申请？`,
    text: `撤回后不会${verb(change)}任何商户的${subject(change)}。之后可随时重新提交申请。`,
    confirm: "撤回",
  }),
  sentence: {
    pending: (change, count, person) => `${person} 申请为 ${figure(count)} 个特约商户${does(change)}，待审批。`,
    working: (change, done, count) =>
      `正在为 ${figure(count)} 个特约商户${does(change)}${done === undefined ? "" : `，已结束 ${figure(done)} 个`}。`,
    ended: (change, succeeded, count, failed, uncertain) =>
      `${figure(count)} 个特约商户中，${figure(succeeded)} 个的${subject(change)}已${verb(change)}${rest(change, failed, uncertain)}。`,
    undone: (change, count) => `为 ${figure(count)} 个特约商户${does(change)}的申请已结束，未执行。`,
  },
  thread: {
    list: (change, count) => `申请${does(change)}的 ${figure(count)} 个特约商户名单。`,
    allDone: (change, person, count) =>
      `${person} ${all(count)}的${subject(change)}已${verb(change)}，${afterwards(change)}`,
    someDone: (change, person, succeeded, count, failed, uncertain) =>
      `${person} *${figure(count)} 个特约商户中的 ${figure(succeeded)} 个* 已${does(change)}${rest(change, failed, uncertain)}。`,
    remaining: (count, leftOut) =>
      `剔除 ${figure(leftOut)} 个后，剩余的 ${figure(count)} 个特约商户名单。请以本名单为准，此前的名单作废。`,
    leftOut: (count, people) => `➖ *审批前已剔除 ${figure(count)} 个* · 剔除人 ${people}`,
    notStarted: (count, by) =>
      `⏹️ *未执行 ${figure(count)} 个* · 停止人 ${by}。如仍需要，请点击上方消息中的“重新申请 ${figure(count)} 个”，消息列中另有仅含这 ${figure(count)} 个特约商户的文件。`,
    notStartedBefore: (count, by) => `⏹️ *未执行 ${figure(count)} 个* · 停止人 ${by}`,
    stillNeeded: (count) =>
      `以上共 ${figure(count)} 个。如仍需要，请点击上方消息中的“重新申请 ${figure(count)} 个”，消息列中另有仅含这 ${figure(count)} 个特约商户的文件。`,
    notStartedList: (count, command) =>
      `停止时尚未执行的 ${figure(count)} 个特约商户名单。如需重新提交申请，请保存此文件，输入 \`${command}\` 并在表单中选择该文件。`,
    group: (count, why) => `*${figure(count)} × ${why}*`,
    example: (details) => `例如：${details}`,
    groupNumbers: (numbers, more) => (more > 0 ? `${spaced(numbers)}等，另有 ${figure(more)} 个见文件` : numbers),
    resubmitted: (by, link, count) => `${by} 已为未执行的 ${figure(count)} 个特约商户重新提交申请：${link}`,
    noFiles: (code) =>
      `Slack 不接受本机器人在此上传文件（错误码：${code}），消息列中的名单改为文字。可请工作区管理员或本机器人的运维人员允许上传文件。`,
    numbersThatFit: (shown, count, example) =>
      `共 ${figure(count)} 个特约商户，以上为前 ${figure(shown)} 个。输入 \`${example}\` 查看全部。`,
    rejected: (change, person, count, by) =>
      `${person} 你为 ${figure(count)} 个特约商户${does(change)}的申请已被 ${by} 拒绝。问题解决后，请重新提交申请。`,
    expired: (change, person, count) =>
      `${person} 你为 ${figure(count)} 个特约商户${does(change)}的申请未在有效期内完成审批，已过期。如仍需要，请重新提交申请。`,
    results: "全部结果，每个特约商户一行。",
    resultsSoFar: (count) => `目前的结果，每个特约商户一行；其中 ${figure(count)} 个此后已重试，尚未完成。`,
    unfinished: (count) => `⏳ *${figure(count)} 个尚未完成* · 该申请此后已重试，新的结果将在本消息列中给出。`,
  },
  answer: {
    leftOut: (count, numbers, more) =>
      `申请已记录，未包括的特约商户 · ${some(numbers, more)}\n${count === 1 ? "该" : "这些"}特约商户已有未结束的申请，须等其结束后再提交。`,
    allOpen: (count, link) =>
      `这 ${figure(count)} 个特约商户都已有未结束的申请${link ? `，例如 ${link} 这一条` : ""}。须等申请审批、撤回或执行结束后再提交。本次未作任何记录。`,
    nothingToResubmit: "没有可重新申请的特约商户，当前状态见该申请的消息。本次未作任何记录。",
    resubmittedBefore: (link, person) => `${person} 已先于你重新提交申请：${link}`,
    nothingToStop: "已没有可停止的操作，当前状态见该申请的消息。",
    stopped: (when, person) => `${person} 已先于你停止（${when}）。`,
    stoppedByYou: (when) => `你已停止过该申请（${when}）。`,
    nothingToRetry:
      "没有可重试的操作：失败的特约商户已另有更新的或未结束的申请，或商户号有误。商户号有误的，请更正后重新提交申请。",
  },
  file: {
    columns: ownHeaders["zh-CN"],
    scenes: { JSAPI: "JSAPI", MINIPROGRAM: "小程序", JSAPI_AND_MINIPROGRAM: "JSAPI 和小程序" },
    outcomes: {
      waiting: "待审批",
      queued: "待执行",
      running: "执行中",
      held: "已搁置，待审批人处理",
      succeeded: "成功",
      failed: "失败",
      uncertain: "结果不确定",
      cancelled: "未执行",
      leftOut: "已剔除",
    },
    excludedBy: (name) => (name === undefined ? "审批前由审批人剔除。" : `审批前由 ${name} 剔除。`),
  },
};
