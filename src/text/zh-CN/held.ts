/** Texts of a request that is held after a bot outage or a restored backup, in Chinese: each is true for both. */
import type { Texts } from "../en/catalogue.ts";
import { figure } from "../figure.ts";
import { beforeClosing, does } from "./goldplan/change.ts";
import { spaced } from "./phrases.ts";

export const held: Texts["held"] = {
  carryOut: "继续执行",
  cancel: "取消执行",
  back: "返回",
  line: (ago, when) => `⏸️ *已搁置* · 批准于 ${ago}（${when}），此后机器人曾中断运行或恢复备份`,
  lineRetried: (ago, when) => `⏸️ *已搁置* · 重试于 ${ago}（${when}），此后机器人曾中断运行或恢复备份`,
  waiting: (until) => `审批人决定前不会执行，将于 ${until} 过期。`,
  waitingForMany: (count, until) => `${figure(count)} 个特约商户在审批人决定前不会执行，将于 ${until} 过期。`,
  confirmed: (person, when) => `▶️ ${person} 已确认继续执行，${when}`,
  calledBefore: "此前已调用过微信支付接口，该次调用是否生效无法确定。",
  confirmCarryOut: (change, whom) => ({
    title: `继续为${whom}${does(change)}？`,
    text: beforeClosing(
      change,
      "机器人会立即调用微信支付接口。请先确认仍有必要执行：中断期间在别处所作的更改，或所恢复的备份之后的更改，机器人无从得知。",
    ),
    confirm: "继续执行",
  }),
  confirmCancel: (change, whom) => ({
    title: `不再为${whom}${does(change)}？`,
    text: "已搁置的操作不再执行。如以后仍需要，须重新提交申请。",
    confirm: "取消执行",
  }),
  whomOne: (number) => `特约商户 ${spaced(number)}`,
  whom: (count) => ` ${figure(count)} 个特约商户`,
  sentence: (change, whom) => `为${whom}${does(change)}的申请已搁置：批准后机器人曾中断运行或恢复备份，待审批人决定。`,
  carriedOut: (person) => `▶️ ${person} 已决定继续执行搁置的申请。`,
  ended: (change, number) => `⏹️ *未${does(change)} · ${number}*`,
  endedSentence: (change, subMchid) => `为特约商户 ${spaced(subMchid)}${does(change)}的申请搁置后未执行，已结束。`,
  cancelledBy: (person, when) => `${person} 已取消搁置的申请，${when}`,
  expired: (when) => `⌛ 搁置期间无人决定，已于 ${when} 过期`,
  holdExpired: (when) => `⌛ 搁置到期，无人决定，已于 ${when} 结束`,
  expiredOfMany: (count) => `⌛ *${figure(count)} 个未执行* · 搁置后过期`,
  thread: {
    cancelled: (change, person, number, by) =>
      `${person} 你为特约商户 ${spaced(number)}${does(change)}的申请因机器人曾中断运行或恢复备份而搁置，现已由 ${by} 取消。如仍需要，请重新提交申请。`,
    expired: (change, person, number) =>
      `${person} 你为特约商户 ${spaced(number)}${does(change)}的申请因机器人曾中断运行或恢复备份而搁置，无人决定，已过期。如仍需要，请重新提交申请。`,
    expiredBefore: (count) => `⌛ *${figure(count)} 个未执行* · 因机器人曾中断运行或恢复备份而搁置，无人决定，已过期。`,
    expiredOfMany: (count) =>
      `⌛ *${figure(count)} 个未执行* · 因机器人曾中断运行或恢复备份而搁置，无人决定，已过期。如仍需要，请用本消息列中只列出这些特约商户的文件重新提交申请。`,
  },
  answer: {
    confirmedBefore: (missing) => `你已确认过继续执行，还须另外 ${figure(missing)} 位审批人确认。`,
    lapsed: (people) => `${people} 的确认已失效：现已无权审批。`,
    confirmed: (missing) => `你的确认有效，还须另外 ${figure(missing)} 位审批人确认。`,
    carriedOut: (person, when) => `${person} 已先于你决定继续执行（${when}）。`,
    carriedOutByYou: (when) => `你已决定继续执行（${when}），不会重复执行。`,
    cancelled: (person, when) => `${person} 已先于你取消该申请（${when}）。`,
    cancelledByYou: (when) => `你已取消过该申请（${when}）。`,
    expired: (when) => `该申请搁置期间无人决定，已过期（${when}）。如仍需要，请重新提交申请。`,
    needsNewRequest: "该申请的审批已随搁置结束而失效。如仍需要，请重新提交申请。",
    stillHeld: (change, whom) => `为${whom}${does(change)}的申请已搁置，审批人决定前不会执行。`,
  },
  pendingEntry: (numbers, change, submitter, when, until, link) =>
    `${numbers} ⏸️ *${does(change)}：已搁置* · 申请人 ${submitter}，${when}；将于 ${until} 过期${link ? `（${link}）` : ""}`,
  status: (change, people, link) =>
    `进行中：已搁置，待审批人决定是否 *${does(change)}* · ${people}${link ? `（${link}）` : ""}`,
};
