/** What the bot says about reasons and approvals beyond the usual one, in Chinese. Marks stand between blanks, as in zh-CN.ts. */
import type { Action } from "../../domain/attempt-result.ts";
import type { Texts } from "../en/catalogue.ts";

const verbs: Record<Action, string> = { OPEN: "开通", CLOSE: "关闭" };

const alone = (person: string) => `🚨 ${person} 紧急放行，未经他人审批`;
const confirmBreakGlass = (action: Action, whom: string) => ({
  title: `紧急放行：为${whom}${verbs[action]}商家小票？`,
  text: "机器人会立即调用微信支付接口，不经他人审批。消息中会注明，所有审批人都会收到通知，审计记录中也会标明。",
  confirm: "紧急放行",
});

export const approvals: Texts["approvals"] = {
  reasonMissing: "须填写原因。",
  needsReason: (example) => `须填写原因，写在商户号之后，例如 \`${example}\` 这样。本次未作任何记录。`,
  needed: (count) => `须 ${count} 人批准`,
  missing: (count) => `还须 ${count} 人批准`,
  given: (person, when) => `✅ ${person} 已批准，${when}`,
  at: (person, when) => `${person}（${when}）`,
  oneOfSeveral: (count) => `该申请须 ${count} 人批准，你是其中之一。最后一人批准后，机器人会立即调用微信支付接口。`,
  lastOfSeveral: "你是最后一位审批人，批准后机器人会立即调用微信支付接口。",
  lapsed: (people) => `${people} 的批准已失效：现已无权审批。`,
  yoursCounts: (count) => `你的批准有效，还须 ${count} 人批准。`,
  countedBefore: (when, count) => `你已批准过该申请（${when}）。还须 ${count} 人批准，须由其他审批人批准。`,
  approverUnknown: (person) =>
    `Slack 没有返回持有角色的用户组的成员，无法确认 ${person} 的批准是否仍然有效。未作任何更改，请一分钟后再次点击。`,
  breakGlass: "紧急放行",
  confirmBreakGlass: (action, subMchid) => confirmBreakGlass(action, `特约商户 ${subMchid} `),
  confirmBreakGlassForMany: (action, count) => confirmBreakGlass(action, ` ${count} 个特约商户`),
  workingAlone: (person) => `_处理中_ · ${alone(person)}`,
  alone,
  brokeGlassBefore: (person, when) => `申请人 ${person} 已紧急放行该申请，未经他人审批（${when}）。`,
  breakGlassOff: "现已不允许紧急放行，请审批人审批该申请。",
  breakGlassNotYours: (asker) => `只有申请人 ${asker} 可以紧急放行该申请；你可以批准或拒绝。`,
  breakGlassNeedsReason: "没有填写原因的申请不能紧急放行。请撤回该申请，填写原因后重新提交。",
  tellBrokeGlass: (person, link) =>
    `${alone(person)}${link ? `（${link}）` : ""}。你是审批人，因此收到本通知。如有不妥，请与申请人沟通，并提交相反的申请。`,
};
