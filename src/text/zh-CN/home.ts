/** Texts of App Home, in Chinese. Markup has spaces around it, as in catalogue.ts. */
import type * as english from "../en/home.ts";
import { figure } from "../figure.ts";
import { typedWords } from "../typed-words.ts";
import { afterRevoking, roleNames } from "./roles.ts";

const { verb, role: typedRole, failed, term } = typedWords("zh-CN");

export const home: typeof english.home = {
  toDecide: {
    title: "*待你审批（最早在前）*",
    none: "没有待你审批的申请。",
    more: (count, command) =>
      count === undefined
        ? `可能还有待你审批的申请，请用 \`${command} ${verb.pending}\` 查看。`
        : `另有 ${figure(count)} 个待你审批的申请，请用 \`${command} ${verb.pending}\` 查看。`,
  },
  asked: {
    title: "*你提交的申请（最新在前）*",
    ask: "开通或关闭",
    none: (example) => `暂无申请。输入 \`${example}\` 即可提交第一个申请。`,
    more: (self, command) => `查看全部：${command} ${verb.history} ${self}`,
  },
  failed: {
    title: (days) => `*近 ${figure(days)} 天的失败（最新在前）*`,
    none: "没有失败的申请。",
    more: (command, days) => `请用 \`${command} ${verb.history} ${failed} ${days}d\` 查看全部。`,
    moreOfYours: (self, command, days) => `查看全部：${command} ${verb.history} ${self} ${failed} ${days}d`,
  },
  done: (line) => `你的操作已生效：${line}`,
  many: (count) => `${figure(count)} 个特约商户`,
  grants: {
    title: "*角色与权限（最新授予在前）*",
    more: (count, command) => `另有 ${figure(count)} 项，请用 \`${command} ${verb.roles}\` 查看。`,
    revoke: "收回",
    confirmRevoke: (role) => ({
      title: `收回${roleNames[role]}角色？`,
      text: `将收回按钮所在行的人员或用户组的该角色。${afterRevoking(role)}`,
      confirm: "收回",
    }),
    choosePerson: "人员",
    chooseRole: "角色",
    role: roleNames,
    grant: "授予",
    others: (command) =>
      `授予用户组、限期授予或仅限部分特约商户，请用 \`${command} ${verb.grant} @name ${typedRole.requester} ${term} 8h\` 的格式输入。`,
    notChosen: "请先选择人员和角色，再点击 *授予* 按钮。未作任何更改。",
  },
  ledgerAway: "暂时无法访问台账，没有可显示的内容。请一分钟后重新打开此标签页。",
  slackAway: "Slack 没有响应，没有其他可显示的内容。请一分钟后重新打开此标签页。",
};
