/** The words for what a request does, in Chinese. */
import type { Action } from "../../../domain/attempt-result.ts";
import type { Change } from "../../../domain/goldplan/change.ts";
import type { SwitchObject } from "../../../domain/goldplan/objects.ts";

const verbs: Record<Action, string> = { OPEN: "开通", CLOSE: "关闭" };
const subjects: Record<SwitchObject, string> = {
  receipt: "商家小票",
  goldplan: "点金计划",
  both: "商家小票和点金计划",
};

export const verb = ({ action }: Pick<Change, "action">) => verbs[action];
export const subject = ({ object }: Pick<Change, "object">) => subjects[object];
/** `开通商家小票` */
export const does = (change: Change) => `${verb(change)}${subject(change)}`;

/** A dialog's text before a change: closing 点金计划 cannot be undone at once. */
export function beforeClosing({ action, object }: Change, sentence: string): string {
  return action === "CLOSE" && object !== "receipt" ? `${sentence}点金计划关闭后 24 小时内不能重新开通。` : sentence;
}

/** What a successful change leads to; continues a sentence. */
export function afterwards({ action, object }: Change): string {
  if (action === "CLOSE")
    return object === "receipt"
      ? "约 5 分钟内恢复为微信支付的官方页面。"
      : "约 5 分钟内生效。点金计划关闭后 24 小时内不能重新开通。";
  switch (object) {
    case "receipt":
      return "约 5 分钟内生效。点金计划也须开通，小票才会展示。";
    case "goldplan":
      return "约 5 分钟内生效。商家小票也须开通，小票页面才会展示。";
    case "both":
      return "约 5 分钟内生效，此后顾客支付完成即可看到小票页面。";
    default:
      return object satisfies never;
  }
}
