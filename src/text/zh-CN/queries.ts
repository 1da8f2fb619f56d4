/** Answers to queries of the ledger, in Chinese. Markup has spaces around it, as in catalogue.ts. */
import type { Texts } from "../en/catalogue.ts";
import { figure } from "../figure.ts";
import { typedWords } from "../typed-words.ts";
import { does, subject, verb as verbFor } from "./goldplan/change.ts";
import { inBrackets } from "./phrases.ts";

const { verb, failed } = typedWords("zh-CN");

export const queries: Pick<Texts, "status" | "history" | "pending" | "page" | "trail"> = {
  status: {
    title: (number) => `*特约商户 ${number}*`,
    lastSet: (change, people, when, link) =>
      `${subject(change)}：最近由本机器人于 ${when} *${verbFor(change)}* · ${people}${inBrackets(link)}`,
    neverSet: (change) => `${subject(change)}：本机器人尚未对该商户操作过。`,
    undecided: (change, submitter, until, link) =>
      `进行中：${submitter} 申请 *${does(change)}* · 待审批，将于 ${until} 过期${inBrackets(link)}`,
    working: (change, people, link) => `进行中：正在 *${does(change)}* · ${people}${inBrackets(link)}`,
    notShown: (channel, why) => `⚠️ 该申请未能发布到 ${channel}：${why}。频道可以发布消息后会自动出现。`,
    nothingUnderWay: "没有进行中的申请。",
    failure: (outcome, people, when, link) => `最近一次失败：${when} · ${outcome} · ${people}${inBrackets(link)}`,
    leftOut: (change, submitter, by, when, link) =>
      `已剔除：${when} · 剔除人 ${by}，${submitter} 的 *${does(change)}* 申请中已不包括该商户${inBrackets(link)}`,
    onlyOurs: "_以上是本机器人操作的结果。微信支付没有查询当前状态的接口，在别处所作的更改不会显示在这里。_",
  },

  history: {
    title: (filters) => (filters ? `*历史（最新在前）* · ${filters}` : "*历史（最新在前）*"),
    filter: {
      person: (person) => `申请人 ${person}`,
      action: (action) => verbFor({ action }),
      object: (object) => subject({ object }),
      failed,
      since: (when) => `${when} 以来`,
    },
    outcome: {
      succeeded: (change) => `✅ *已${does(change)}*`,
      failed: (change, why) => `❌ *未${does(change)}* · ${why}`,
      uncertain: (change, why) => `⚠️ *${does(change)}的结果不确定* · ${why}`,
      undecided: (change) => `🕓 *${does(change)}：待审批*`,
      held: (change) => `⏸️ *${does(change)}：已搁置*`,
      working: (change) => `⏳ *正在${does(change)}*`,
      rejected: (change) => `🚫 *${does(change)}：已拒绝*`,
      withdrawn: (change) => `↩️ *${does(change)}：已撤回*`,
      expired: (change) => `⌛ *${does(change)}：已过期*`,
      leftOut: (change, person) => `➖ *${does(change)}：已剔除* · 剔除人 ${person}`,
      cancelled: (change) => `🚫 *${does(change)}：未执行*`,
    },
    entry: (number, outcome, people, when, link) => `${number} ${outcome} · ${people}，${when}${inBrackets(link)}`,
    show: "查看全部",
    request: (line) => `*申请* · ${line}`,
    unknownRequest: (number, command) =>
      `没有编号为 ${number} 的申请。输入 \`${command} ${verb.history}\` 查看全部申请。`,
    prunedRequest: (number, days, command) =>
      `台账中已没有编号为 ${number} 的申请：结束超过 ${figure(days)} 天的申请会被清理（RETAIN）。输入 \`${command} ${verb.history}\` 查看其余申请。`,
    pruned: (days) => `_更早的申请可能已清理：结束超过 ${figure(days)} 天的申请不再保留（RETAIN）。_`,
    nothingMatches: (command) =>
      `没有符合条件的记录。可减少筛选条件，或输入 \`${command} ${verb.history}\` 查看全部记录。`,
    nothingYet: (example) => `暂无申请。输入 \`${example}\` 即可提交第一个申请。`,
  },

  pending: {
    title: "*待审批（最早在前）*",
    entry: (numbers, change, submitter, when, until, link) =>
      `${numbers} 🕓 *${does(change)}* · 申请人 ${submitter}，${when}，将于 ${until} 过期${inBrackets(link)}`,
    more: (count) => `及另外 ${figure(count)} 个`,
    yours: "👉 *你可以审批*",
    none: "没有待审批的申请。",
  },

  page: { older: "较早", newer: "较新", next: "下一页", previous: "上一页" },

  trail: {
    span: (from, to) => (from ? `${from} 至 ${to}` : `截至 ${to}`),
    begun: (span) =>
      `正在导出审计记录（${span}），完成后以 CSV 文件私信发给你，记录较多时需要几分钟。如果十分钟后仍未收到，请重新导出：导出不会更改任何内容。`,
    busy: "正在进行另一个导出，请几分钟后再试。",
    nothing: (span) => `该时间段（${span}）没有审计记录。`,
    backwards: (example) => `结束时间须晚于开始时间。请按 \`${example}\` 的格式输入。`,
    notYet: (example) => `开始时间晚于当前时间，尚无审计记录。请按 \`${example}\` 的格式输入。`,
    whole: (events, span) => `审计记录（${span}），共 ${figure(events)} 条。`,
    part: (part, events, from, to) => `审计记录第 ${part} 部分（${from} 至 ${to}），共 ${figure(events)} 条。`,
    moreFollows: "后面还有。",
    lastPart: "这是最后一部分。",
    cutOff: (example) => `本次导出已达上限。请输入 \`${example}\` 继续导出。`,
    howToRead: "日期和时间均为北京时间。会被电子表格改写或当作公式执行的内容，前面加有反引号，与微信支付的账单一致。",
    failed: (example) => `审计记录未能全部发送。已收到的部分有效，没有更改任何内容。请输入 \`${example}\` 重新导出。`,
  },
};

/** Names of the audit trail's events and CSV columns. */
export const events: Texts["events"] = {
  words: {
    asked: "提交申请",
    reminded: "提醒审批人",
    escalated: "通知值班组",
    "approval-given": "收到一次批准",
    "approval-lapsed": "批准失效",
    "left-out": "剔除",
    approved: "批准",
    "broke-glass": "紧急放行",
    rejected: "拒绝",
    withdrawn: "撤回",
    expired: "过期",
    "attempt-started": "调用开始",
    "attempt-ended": "调用结束",
    "attempt-overtaken": "调用已由其他实例接替",
    "attempt-handed-back": "未调用，已交还",
    "operation-succeeded": "操作成功",
    "operation-failed": "操作失败",
    "request-done": "申请执行结束",
    stopped: "停止",
    retried: "重试",
    held: "中断或恢复备份后搁置",
    "carry-out-given": "收到一次继续执行的确认",
    "carry-out-lapsed": "继续执行的确认失效",
    "carried-out": "继续执行",
    "cancelled-held": "取消搁置的申请",
    "held-expired": "搁置过期",
    restored: "恢复备份",
    refused: "操作被拒",
    granted: "授予角色",
    "grant-changed": "更改授予范围",
    "grant-ended": "角色到期",
    revoked: "收回角色",
    exported: "导出审计记录",
    pruned: "清理旧申请",
    "directory-imported": "导入商户名录",
    "key-enabled": "启用台账密钥",
    "key-changed": "更换台账密钥",
    "key-disabled": "停用台账密钥",
  },
  columns: {
    seq: "序号",
    at: "时间",
    actor: "操作人",
    what: "事件代码",
    event: "事件",
    request_id: "申请 ID",
    operation_id: "操作 ID",
    detail_json: "详情（JSON）",
    origin: "来源",
    sub_mchid: "特约商户号",
    action: "操作类型",
    object: "操作对象",
    scene: "支付场景",
    request_number: "申请编号",
    reason: "原因",
    ticket: "工单",
  },
};
