/** The forms in which an approver decides, in Chinese. */
import type { Action } from "../domain/attempt-result.ts";
import type { Texts } from "./en/catalogue.ts";

const verbs: Record<Action, string> = { OPEN: "开通", CLOSE: "关闭" };

const some = (numbers: string, more: number) => (more > 0 ? `${numbers} 等，另有 ${more} 个` : numbers);

export const deciding: Texts["deciding"] = {
  notOpened: "未能在 Slack 规定的时间内打开表单。未作任何更改，请再次点击。",
  reject: {
    title: "拒绝申请",
    consequence: (action) => `拒绝后不会${verbs[action]}商家小票。如仍需要，须重新提交申请。`,
    why: "拒绝原因",
    whyHint: "会显示在申请消息中，并通知申请人。",
    submit: "拒绝",
  },
  leaveOut: {
    title: "剔除特约商户",
    consequence: (action) =>
      `剔除的特约商户不会${verbs[action]}商家小票，如仍需要，须重新提交申请。其余的照旧等待审批。`,
    which: "要剔除的特约商户号",
    choose: "请选择",
    chooseHint: "输入几位数字即可查找。",
    pasteHint:
      "请粘贴特约商户号：每行一个，或用空格、逗号分隔，也可直接从电子表格粘贴。超过 3,000 个字符时，请分几次剔除。",
    submit: "剔除",
    nothingChosen: "请至少给出一个特约商户号。",
    notUnderstood: (count, lines) =>
      count === 1
        ? `第 ${lines} 行有内容不是特约商户号，请更正或删去。`
        : `有 ${count} 处不是特约商户号，请更正或删去，先看这些行：${lines}。`,
    notInIt: (count, numbers, more) =>
      count === 1 ? `${numbers} 不在本申请中。` : `有 ${count} 个不在本申请中：${some(numbers, more)}。`,
    before: (count, numbers, more) =>
      count === 1 ? `${numbers} 已被剔除。` : `有 ${count} 个已被剔除：${some(numbers, more)}。`,
    nothingLeft: "这是本申请中剩下的全部特约商户。如都不需要，请改为拒绝本申请。",
    oneLeft: "本申请只有一个特约商户，没有可剔除的。如不需要，请改为拒绝本申请。",
  },
};
