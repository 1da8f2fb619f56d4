/** Texts of a request for many sub-merchants, in Chinese. Markup stands between spaces, as in catalogue.ts. */
import type { Action } from "../../domain/attempt-result.ts";
import type { Texts } from "../en/catalogue.ts";

const verbs: Record<Action, string> = { OPEN: "开通", CLOSE: "关闭" };
const some = (numbers: string, more: number) => (more > 0 ? `${numbers} 等，另有 ${more} 个` : numbers);
const all = (count: number) => (count === 1 ? "1 个特约商户" : `全部 ${count} 个特约商户`);

export const bulk: Texts["bulk"] = {
  title: (action, count) => `*${verbs[action]}商家小票 · ${count} 个特约商户*`,
  sample: (numbers, more) => (more > 0 ? `${numbers} 等，另有 ${more} 个（名单见消息列）` : numbers),
  sampleElsewhere: some,
  unusual: (numbers, more) => `⚠️ 位数少见：商户号大多为 10 位 · ${some(numbers, more)}`,
  inChannel: (link) => `在频道中查看（名单见其消息列）：${link}`,
  leftOut: (count, by) => `➖ *已剔除 ${count} 个* · 剔除人 ${by}`,
  leftOutWhich: (leftOut, numbers, more) => `${leftOut} · ${some(numbers, more)}`,
  knownSet: (count, action, numbers, more) => `其中 ${count} 个此前已${verbs[action]} · ${some(numbers, more)}`,
  knownFailed: (count, action, why, numbers, more) =>
    `其中 ${count} 个上次未能${verbs[action]}：${why} · ${some(numbers, more)}`,
  knownMore: (count) => `另有 ${count} 个此前操作过`,
  progress: (bar, percent, done, failed, left) =>
    `${bar} ${percent} % · 已完成 ${done} 个 · 失败 ${failed} 个 · 剩余 ${left} 个`,
  timeLeft: (seconds) => (seconds < 90 ? `约 ${seconds} 秒` : `约 ${Math.round(seconds / 60)} 分钟`),
  stopping: (by) => `${by} 已停止该申请，已开始的会执行完。`,
  done: (action, count) => `✅ *已${verbs[action]} ${count} 个*`,
  notDone: (action, count) => `❌ *未${verbs[action]} ${count} 个*`,
  notStarted: (count, by) => `⏹️ *未执行 ${count} 个* · ${by} 已停止`,
  retry: (count) => `重试 ${count} 个`,
  stop: "停止",
  confirmStop: (action, left) => ({
    title: `停止${verbs[action]}商家小票？`,
    text: `尚未开始的会取消，最多 ${left} 个。已完成的不变，已开始的会执行完。`,
    confirm: "停止",
  }),
  confirmApprove: (action, count) => ({
    title: `为 ${count} 个特约商户${verbs[action]}商家小票？`,
    text:
      action === "OPEN"
        ? `机器人会立即开始调用微信支付接口。此后${count === 1 ? "该" : "这些"}商户的顾客支付完成后，将看到商户自己的小票页面。`
        : `机器人会立即开始调用微信支付接口。此后${count === 1 ? "该" : "这些"}商户的顾客支付完成后，将看到微信支付的官方页面。`,
    confirm: `批准并${verbs[action]}`,
  }),
  confirmWithdraw: (action, count) => ({
    title: `撤回为 ${count} 个特约商户${verbs[action]}商家小票的申请？`,
    text: `撤回后不会${verbs[action]}任何商户的商家小票。之后可随时重新提交申请。`,
    confirm: "撤回",
  }),
  sentence: {
    pending: (action, count, person) => `${person} 申请为 ${count} 个特约商户${verbs[action]}商家小票，待审批。`,
    working: (action, done, count) => `正在为 ${count} 个特约商户${verbs[action]}商家小票，已结束 ${done} 个。`,
    ended: (action, succeeded, count) => `${count} 个特约商户中，${succeeded} 个的商家小票已${verbs[action]}。`,
    undone: (action, count) => `为 ${count} 个特约商户${verbs[action]}商家小票的申请已结束，未执行。`,
  },
  thread: {
    list: (action, count) => `申请${verbs[action]}商家小票的 ${count} 个特约商户名单。`,
    allDone: (action, person, count) =>
      action === "OPEN"
        ? `${person} ${all(count)}的商家小票已开通，约 5 分钟内生效。商户的点金计划也须开通，小票才会展示。`
        : `${person} ${all(count)}的商家小票已关闭，约 5 分钟内恢复为微信支付的官方页面。`,
    someDone: (action, person, succeeded, count) =>
      `${person} *${count} 个特约商户中的 ${succeeded} 个* 已${verbs[action]}商家小票。`,
    remaining: (count, leftOut) =>
      `剔除 ${leftOut} 个后，剩余的 ${count} 个特约商户名单。请以本名单为准，此前的名单作废。`,
    leftOut: (count) => `➖ *审批前已剔除 ${count} 个* · 剔除人见上方的消息。`,
    notStarted: (count) =>
      `⏹️ *未执行 ${count} 个* · 申请已停止，停止人见上方的消息。如仍需要，请用消息列中仅含这 ${count} 个特约商户的文件重新提交申请。`,
    notStartedList: (count, command) =>
      `停止时尚未执行的 ${count} 个特约商户名单。如需重新提交申请，请保存此文件，输入 \`${command}\` 并在表单中选择该文件。`,
    group: (count, why) => `*${count} × ${why}*`,
    rejected: (action, person, count) =>
      `${person} 你为 ${count} 个特约商户${verbs[action]}商家小票的申请已被拒绝，审批人见上方的消息。问题解决后，请重新提交申请。`,
    expired: (action, person, count) =>
      `${person} 你为 ${count} 个特约商户${verbs[action]}商家小票的申请未在有效期内完成审批，已过期。如仍需要，请重新提交申请。`,
    results: "全部结果，每个特约商户一行。",
  },
  answer: {
    leftOut: (numbers, more) =>
      `申请已记录，但不包括 ${numbers} ${more > 0 ? `等，另有 ${more} 个，` : ""}这些特约商户已有未结束的申请，须等其结束后再提交。`,
    allOpen: (count, link) =>
      `这 ${count} 个特约商户都已有未结束的申请${link ? `，例如 ${link} 这一条` : ""}。须等申请审批、撤回或执行结束后再提交。本次未作任何记录。`,
    nothingToStop: "已没有可停止的操作，当前状态见该申请的消息。",
    stopped: (when, person) => `${person} 已先于你停止（${when}）。`,
    nothingToRetry:
      "没有可重试的操作：失败的特约商户已有更新的申请，或用该商户号无法成功。请用正确的商户号重新提交申请。",
  },
  file: {
    columns: [
      "特约商户号",
      "操作",
      "结果",
      "原因",
      "处理办法",
      "微信支付返回",
      "Request-ID",
      "尝试次数",
      "结束时间（北京时间）",
    ],
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
