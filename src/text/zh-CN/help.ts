/** The answer to `/receipt help`, in Chinese. Markup has spaces around it, as in catalogue.ts. */
import type { Texts } from "../en/catalogue.ts";
import { typedWords } from "../typed-words.ts";
import { roleNames, rolesToType } from "./roles.ts";

const { verb, role: typedRole, term, notify, failed, object, reason } = typedWords("zh-CN");

export const help: Texts["help"] = {
  title: "*商家小票的开通与关闭*",
  lines: {
    change: [
      [`${verb.open} 1900000109 ${reason.OPEN}`, "申请开通商家小票，原因可不填"],
      [`${verb.open} 1900000109 1900000110 春季活动`, "一次申请多个特约商户"],
      [`${verb.close} 1900000109`, "申请关闭商家小票，同样可一次申请多个"],
    ],
    changeWithReason: [
      [`${verb.open} 1900000109 ${reason.OPEN}`, "申请开通商家小票，原因必填"],
      [`${verb.open} 1900000109 1900000110 春季活动`, "一次申请多个特约商户"],
      [`${verb.close} 1900000109 ${reason.CLOSE}`, "申请关闭商家小票，同样可一次申请多个，原因必填"],
    ],
    openBoth: [[`${verb.open} 1900000109 ${reason.OPEN}`, "申请开通商家小票和点金计划"]],
    goldplan: [
      [
        `${object.goldplan} ${verb.open} 1900000109 ${reason.OPEN}`,
        `申请开通点金计划，也可用 \`${object.receipt}\` 或 \`${object.both}\` 指定操作对象`,
      ],
      [`${object.goldplan} ${verb.close} 1900000109 ${reason.CLOSE}`, "申请关闭点金计划，关闭后 24 小时内不能重新开通"],
    ],
    form: [["", "打开表单，可粘贴多个商户号或上传 Excel、CSV 文件"]],
    notify: [
      [`${verb.notify} ${notify.on}`, `以私信接收待审批的申请；输入 \`${verb.notify} ${notify.off}\` 则连提醒也不接收`],
      [verb.notify, "查看目前的选择"],
    ],
    look: [
      [`${verb.status} 1900000109`, "查看本机器人操作的结果和进行中的申请"],
      [verb.history, `查看历史，可加 \`1900000109 @name ${verb.open} ${failed} 7d\` 或 \`12h\` 等筛选条件，顺序不限`],
      [`${verb.history} #1042`, "查看一个申请及其特约商户"],
      [verb.pending, "查看待审批的申请"],
      [`${verb.find} 火锅`, "按名称或商户号的一部分查找商户"],
    ],
    roles: [
      [`${verb.grant} @name ${typedRole.approver}`, `向人员或用户组授予角色，可选 ${rolesToType}`],
      [`${verb.grant} @name ${typedRole.approver} ${term} 8h`, "限期授予，单位为 m（分钟）、h（小时）、d（天）"],
      [`${verb.grant} @name ${typedRole.requester} ${term} 19000*`, "仅限部分特约商户：完整号码，或号码的开头"],
      [`${verb.revoke} @name ${typedRole.approver}`, "收回角色"],
      [verb.roles, "查看角色与权限"],
      [`${verb.roles} @name`, "查看一个人或用户组的角色"],
      [verb.names, "从 Excel 或 CSV 文件导入商户名录"],
      [`${verb.export} 30d`, "导出审计记录（CSV），也可按 `2026-11-01 2026-11-15` 的格式指定起止日期"],
    ],
    ownRoles: [[verb.roles, "查看自己的角色、授予人和期限"]],
    always: [[verb.help, "显示本帮助"]],
  },
  decide: "你可以审批：点击申请消息上的 *批准* 或 *拒绝* 按钮。",
  yourRoles: (roles) => `你目前拥有 ${roles.map((role) => `*${roleNames[role]}*`).join(" / ")} 角色。`,
  noRoles: (admins) =>
    admins
      ? `你还没有角色，请联系 ${admins} 授予。`
      : "你还没有角色，目前也没有人能授予：请本机器人的运维人员配置 `RECEIPT_ADMINS` 变量。",
};
