/**
 * Texts for approvals, reminders and the forms in which an approver decides, in Chinese. Markup has spaces around it,
 * as in catalogue.ts.
 */
import type { Change } from "../../domain/goldplan/change.ts";
import type { Texts } from "../en/catalogue.ts";
import { figure } from "../figure.ts";
import { typedWords } from "../typed-words.ts";
import { beforeClosing, does } from "./goldplan/change.ts";
import { some, spaced } from "./phrases.ts";

const alone = (person: string, approvers?: string) =>
  `🚨 ${person} 紧急放行，${approvers === undefined ? "未经他人审批" : `仅 ${approvers} 已批准`}`;
const confirmBreakGlass = (change: Change, whom: string) => ({
  title: `紧急放行：为${whom}${does(change)}？`,
  text: beforeClosing(
    change,
    "机器人会立即调用微信支付接口，不再等待审批。消息中会注明，所有审批人都会收到通知，审计记录中也会标明。",
  ),
  confirm: "紧急放行",
});

export const approvals: Texts["approvals"] = {
  reasonMissing: "须填写原因。",
  needsTicket: (ticket, example) =>
    `原因中须写明格式如 \`${ticket}\` 的工单号，请按 \`${example}\` 的格式输入。本次未作任何记录。`,
  needsReason: (example) => `须在商户号之后填写原因，请按 \`${example}\` 的格式输入。本次未作任何记录。`,
  needed: (count) => `须 ${figure(count)} 人批准`,
  missing: (count) => `还须 ${figure(count)} 人批准`,
  given: (person, when) => `✅ ${person} 已批准，${when}`,
  at: (person, when) => `${person}（${when}）`,
  oneOfSeveral: (count) =>
    `该申请须 ${figure(count)} 人批准，你是其中之一。最后一人批准后，机器人会立即调用微信支付接口。`,
  lastOfSeveral: "你是最后一位审批人，批准后机器人会立即调用微信支付接口。",
  lapsed: (people) => `${people} 的批准已失效：现已无权审批。`,
  yoursCounts: (count) => `你的批准有效，还须 ${figure(count)} 人批准。`,
  countedBefore: (when, count) => `你已批准过该申请（${when}）。还须 ${figure(count)} 人批准，须由其他审批人批准。`,
  approverUnknown: (person) =>
    `Slack 没有返回持有角色的用户组的成员，无法确认 ${person} 的批准是否仍然有效。未作任何更改，请一分钟后再次点击。`,
  breakGlass: "紧急放行",
  confirmBreakGlass: (change, subMchid) => confirmBreakGlass(change, `特约商户 ${spaced(subMchid)}`),
  confirmBreakGlassForMany: (change, count) => confirmBreakGlass(change, ` ${figure(count)} 个特约商户`),
  workingAlone: (person, approvers) => `_处理中_ · ${alone(person, approvers)}`,
  alone,
  brokeGlassBefore: (person, approvers, when) =>
    `申请人 ${person} 已紧急放行该申请，${approvers === undefined ? "未经他人审批" : `仅 ${approvers} 已批准`}（${when}）。`,
  breakGlassOff: "现已不允许紧急放行，请审批人审批该申请。",
  breakGlassNotYours: (submitter) => `只有申请人 ${submitter} 可以紧急放行该申请；你可以批准或拒绝。`,
  breakGlassNeedsReason: "没有填写原因的申请不能紧急放行。请撤回该申请，填写原因后重新提交。",
  tellBrokeGlass: (person, approvers, link) =>
    `${alone(person, approvers)}${link ? `（${link}）` : ""}。你是审批人，因此收到本通知。如有不妥，请与申请人沟通，并提交相反的申请。`,
};

const { verb, notify } = typedWords("zh-CN");

export const reminders: Texts["reminders"] = {
  firstReminder: (when) => `将于 ${when} 提醒审批人`,
  lastReminder: (when) => `上次提醒审批人：${when}`,
  nextReminder: (when) => `下次：${when}`,
  escalates: (when) => `如届时仍待审批，将于 ${when} 通知值班组`,
  escalated: (when) => `已于 ${when} 通知值班组`,
  reminder: (person, since, until, link) =>
    `申请人 ${person}，提交于 ${since}，待审批，将于 ${until} 过期${link ? `（${link}）` : ""}。`,
  endReminders: (command) =>
    `你是审批人，因此收到提醒。如不需要，可输入 \`${command} ${verb.notify} ${notify.off}\` 关闭。`,
  toGroup: (group, since, until) =>
    `${group} 该申请自 ${since} 起待审批，将于 ${until} 过期。请审批人点击上方消息中的按钮审批。`,
};

export const preferences: Texts["preferences"] = {
  stands: {
    on: (command) =>
      `每个待审批的申请及其提醒都会以私信发给你。如不需要，可输入 \`${command} ${verb.notify} ${notify.off}\` 关闭。`,
    off: (command) =>
      `待审批的申请和提醒都不会以私信发给你，你仍可审批。如需要，可输入 \`${command} ${verb.notify} ${notify.on}\` 开启。`,
    default: (command) =>
      `你会收到待审批申请的提醒，申请本身不会以私信发给你。输入 \`${command} ${verb.notify} ${notify.on}\` 可同时接收申请，输入 \`${command} ${verb.notify} ${notify.off}\` 可关闭提醒。`,
  },
  brokenGlass: "紧急放行仍会通知所有审批人。",
};

export const decisionForms: Texts["decisionForms"] = {
  notOpened: "未能在 Slack 规定的时间内打开表单。未作任何更改，请再次点击。",
  reject: {
    title: "拒绝申请",
    consequence: (change) => `拒绝后不会${does(change)}。如仍需要，须重新提交申请。`,
    why: "拒绝原因",
    whyHint: "会显示在申请消息中，并通知申请人。",
    submit: "拒绝",
  },
  leaveOut: {
    title: "剔除特约商户",
    consequence: (change) => `剔除的特约商户不会${does(change)}，如仍需要，须重新提交申请。其余的仍待审批。`,
    which: "要剔除的特约商户号",
    choose: "请选择",
    chooseHint: "输入几位数字即可查找。",
    pasteHint:
      "请粘贴特约商户号：每行一个，或用空格、逗号分隔，也可直接从电子表格粘贴。超过 3,000 个字符时，请分几次剔除。",
    submit: "剔除",
    nothingChosen: "请至少给出一个特约商户号。",
    notUnderstood: (count, first) =>
      count === 1
        ? `本次未剔除任何特约商户。请先更正或删去这一处：${first}。`
        : `本次未剔除任何特约商户。请先更正或删去 ${figure(count)} 处，第一处：${first}。`,
    severalColumns: "有多列含有号码，请只复制特约商户号这一列。",
    notInIt: (count, numbers, more) =>
      count === 1 ? `${spaced(numbers)}不在本申请中。` : `有 ${figure(count)} 个不在本申请中：${some(numbers, more)}。`,
    before: (count, numbers, more) =>
      count === 1 ? `${spaced(numbers)}已被剔除。` : `有 ${figure(count)} 个已被剔除：${some(numbers, more)}。`,
    nothingDone: "本次未剔除任何特约商户。",
    nothingLeft: "这是本申请中剩下的全部特约商户。如都不需要，请改为拒绝本申请。",
    oneLeft: "本申请只有一个特约商户，没有可剔除的。如不需要，请改为拒绝本申请。",
  },
};
