/** Texts about roles, in Chinese. Markup has spaces around it, as in catalogue.ts. */
import type { Role, RolePurpose, Standing } from "../../domain/policy.ts";
import type * as english from "../en/roles.ts";
import { figure } from "../figure.ts";
import { typedWords } from "../typed-words.ts";

const { verb, role: typedRole, term } = typedWords("zh-CN");

export const roleNames: Record<Role, string> = { requester: "申请人", approver: "审批人", admin: "管理员" };

/** What a role allows; follows “可以”. */
const roleAllows: Record<Role, string> = {
  requester: "申请开通或关闭商家小票",
  approver: "审批申请",
  admin: "授予和收回角色、导出审计记录、导入商户名录",
};

/** The same for a button. */
const buttonAllows: Record<english.RoleButton, string> = {
  "leave-out": "剔除申请中的特约商户",
  "break-glass": "紧急放行",
  "carry-out": "继续执行搁置的申请",
  "cancel-held": "取消搁置的申请",
  retry: "重试申请",
  stop: "停止申请",
};

const outsiders: Record<Exclude<Standing, "member">, string> = {
  guest: "访客",
  deactivated: "已停用的账号",
  bot: "机器人账号",
  stranger: "其他工作区的人员",
};

export const afterRevoking: typeof english.afterRevoking = (role) =>
  role === "approver"
    ? "已批准的申请不受影响；还须他人批准的申请，只计入现在仍可审批的人的批准。"
    : "此前的申请和审批结果不受影响。";

export const rolesToType = `\`${Object.values(typedRole).join("` / `")}\``;

const unchanged = "未作任何更改。";

function needed(role: Role, to: RolePurpose | english.RoleButton | undefined): string {
  if (to === "be-notified") return "只有审批人会收到申请通知。";
  const purposes = { "see-roles": "查看他人的角色", ...buttonAllows };
  return `你没有 *${roleNames[role]}* 角色，不能${to === undefined ? roleAllows[role] : purposes[to]}。`;
}

export const roleRefusals: typeof english.roleRefusals = {
  needsRole: (role, to, self, command, admins) =>
    admins
      ? `${needed(role, to)}请联系 ${admins} 授予：${command} ${verb.grant} ${self} ${typedRole[role]}`
      : `${needed(role, to)}目前没有人能授予角色：请本机器人的运维人员先在 \`RECEIPT_ADMINS\` 中指定首批管理员。`,
  groupsUnknown: (role) =>
    `Slack 没有返回用户组的成员，无法确认你是否拥有 *${roleNames[role]}* 角色。${unchanged}请一分钟后再试。如一直如此，请本机器人的运维人员为应用添加 \`usergroups:read\` 权限。`,
  restricted: (only, numbers, self, command, admins) =>
    `你只能为 ${only} 提交申请，不能为 ${numbers} 提交。${admins ? `请联系 ${admins} 更改：${command} ${verb.grant} ${self} ${typedRole.requester}` : "请团队其他成员代为提交。"}`,
  requesterCannot: (submitter, why, command, admins) =>
    `申请人 ${submitter} ${why}，该申请不能批准。请拒绝该申请，仍有需要的人可重新提交。${admins ? `也可联系 ${admins} 重新授予：${command} ${verb.grant} ${submitter} ${typedRole.requester}` : ""}`,
  requesterUnknown: (submitter) =>
    `Slack 没有返回用户组的成员，无法确认申请人 ${submitter} 是否仍可提交该申请。${unchanged}请一分钟后再次点击。`,
  requesterNow: {
    guest: "已变为访客",
    deactivated: "的账号已停用",
    bot: "是机器人账号",
    stranger: "已不在本工作区",
    needsRole: "已没有 *申请人* 角色",
    restricted: (only, numbers) => `现在只能为 ${only} 提交申请，不能为 ${numbers} 提交`,
  },
};

export const roleAnswers: typeof english.roleAnswers = {
  granted: (who, role, terms) =>
    `已授予 ${who} *${roleNames[role]}* 角色，现在可以${roleAllows[role]}${terms ? `（${terms}）` : ""}。`,
  changed: (who, role, terms, before) =>
    `${who} 已有 *${roleNames[role]}* 角色，授予的范围已更改。现为：${terms}。此前为：${before}。`,
  hadItAlready: (who, role) => `${who} 已有 *${roleNames[role]}* 角色。${unchanged}`,
  goesForGroup: "用户组的现有成员均拥有此角色，离开用户组后不再拥有；访客、机器人账号和其他工作区的人员除外。",
  cannotHold: (person, standing) => `${person} 是${outsiders[standing]}，不能拥有角色。${unchanged}`,
  unknownPerson: (person) => `Slack 找不到 ${person} 这个人。请输入 \`@\` 后从 Slack 给出的列表中选择。`,
  unknownGroup: (group) =>
    `Slack 找不到 ${group} 这个用户组，或该用户组已停用。请输入 \`@\` 后从 Slack 给出的列表中选择。${unchanged}`,
  noGroups: (command, role) =>
    `本工作区没有用户组，Slack 只在付费方案中提供。请用 \`${command} ${verb.grant} @name ${typedRole[role]}\` 逐人授予。${unchanged}`,
  noGroupScope: `机器人无权向 Slack 查询用户组的成员。请本机器人的运维人员添加 \`usergroups:read\` 权限并重新安装应用。${unchanged}`,
  tooManyGroups: (max) =>
    `已有 ${figure(max)} 个用户组拥有角色，已达上限。请先收回不再需要的一个，或逐人授予。${unchanged}`,
  revoked: (who, role) => `已收回 ${who} 的 *${roleNames[role]}* 角色。${afterRevoking(role)}`,
  deliveredAgain: "机器人已收到过该操作。操作只生效一次，本次未作任何更改。",
  hadItNot: (who, role) => `${who} 没有 *${roleNames[role]}* 角色。${unchanged}`,
  stillByGroup: (who, role, groups) => `${who} 仍通过 ${groups} 拥有 *${roleNames[role]}* 角色。`,
  standsInSettings: (person) =>
    `${person} 的管理员角色由 \`RECEIPT_ADMINS\` 指定，只有本机器人的运维人员可以更改。${unchanged}`,
  lastAdmin: (command) =>
    `此操作后将没有长期有效的管理员（用户组和有期限的授予不算在内）。请先用 \`${command} ${verb.grant} @name ${typedRole.admin}\` 授予其他成员。${unchanged}`,
};

export const rolesList: typeof english.rolesList = {
  title: "*角色与权限*",
  of: (who) => `*${who} 的角色*`,
  role: (role) => `*${roleNames[role]}*`,
  line: (role) => `*${roleNames[role]}* 可以${roleAllows[role]}：`,
  nobody: (command, role) => `暂无，可用 \`${command} ${verb.grant} @name ${typedRole[role]}\` 授予`,
  none: (who) => `${who} 没有角色。`,
  by: (by, when) => `${by} 于 ${when} 授予`,
  bySettings: "由系统配置指定",
  through: (group) => `来自用户组 ${group}`,
  more: (count, command) => `另有 ${figure(count)} 项，可用 \`${command} ${verb.roles} @name\` 逐个查看`,
  until: (when) => `至 ${when} 为止`,
  forGood: "长期有效",
  only: (numbers) => `仅限 ${numbers} 的特约商户`,
  everything: "不限特约商户",
  numbers: (list, more) => `${list.join(" / ")}${more > 0 ? ` 等 ${figure(list.length + more)} 项` : ""}`,
  idle: (standing) => `以上均不生效：${outsiders[standing]}不能拥有角色。`,
  groupsUnknown: "Slack 暂时没有返回用户组的成员，来自用户组的角色可能没有列全。请一分钟后再试。",
};

export const roleProblems: typeof english.roleProblems = {
  noPerson: (example) =>
    `缺少人员或用户组。请按 \`${example}\` 的格式输入，人员或用户组请在输入 \`@\` 后从 Slack 给出的列表中选择。`,
  notAPerson: (text, example) =>
    `Slack 找不到 \`${text}\` 这个人或用户组。请按 \`${example}\` 的格式输入，人员或用户组请在输入 \`@\` 后从 Slack 给出的列表中选择。`,
  noRole: (example) => `缺少角色。可选 ${rolesToType} 三种，请按 \`${example}\` 的格式输入。`,
  unknownRole: (text, example) =>
    `没有 \`${text}\` 这个角色。可选 ${rolesToType} 三种，请按 \`${example}\` 的格式输入。`,
  unclearTerms: (text, command) =>
    `\`${text}\` 既不是期限，也不是特约商户号。期限如 \`30m\` / \`8h\` / \`1d12h\` 等，请按 \`${command} ${verb.grant} @name ${typedRole.approver} ${term} 8h\` 的格式输入；特约商户号可为完整号码或号码的开头，请按 \`${command} ${verb.grant} @name ${typedRole.requester} ${term} 1900000109,19000*\` 的格式输入。`,
  timeTooLong: (text, example) =>
    `\`${text}\` 超过一年，角色的期限最长为一年。如需长期有效，请不写期限，按 \`${example}\` 的格式输入。`,
  tooManyNumbers: (count, max, command) =>
    `输入了 ${figure(count)} 个特约商户号，一次授予最多 ${figure(max)} 个。可改写号码的开头，按 \`${command} ${verb.grant} @name ${typedRole.requester} ${term} 19000*\` 的格式输入。`,
  notRestrictable: (role, example) =>
    `只有 *申请人* 可以限定特约商户，授予 *${roleNames[role]}* 时不可以。请按 \`${example}\` 的格式输入。`,
};
