/**
 * What the bot answers to one person alone, in Chinese: refusals, what is wrong with a command, roles and help. Marks
 * stand between blanks, as in zh-CN.ts.
 */
import type { Role } from "../receipt/policy.ts";
import type { Texts } from "./en.ts";

const roleNames: Record<Role, string> = { requester: "申请人", approver: "审批人", admin: "管理员" };

/** What a role allows; follows “可以”. */
const roleAllows: Record<Role, string> = {
  requester: "申请开通或关闭商家小票",
  approver: "审批申请",
  admin: "授予和收回角色",
};

/** The words to type are English for now. */
const rolesToType = "申请人 `requester` / 审批人 `approver` / 管理员 `admin`";

const unrecorded = "本次未作任何记录。";
const unchanged = "未作任何更改。";

export const answers: Pick<Texts, "refusal" | "answer" | "roles" | "problem" | "help"> = {
  refusal: {
    standing: {
      guest: "工作区的访客不能使用本机器人，请团队成员代为操作。",
      deactivated: "该账号已停用，不能使用本机器人。请联系工作区管理员。",
      bot: "机器人账号不能使用本机器人，请由团队成员操作。",
      stranger: "只有本工作区的成员可以使用本机器人，请你在这里的联系人代为操作。",
    },
    needsRole: (role, self, command, admins) =>
      admins
        ? `你没有 *${roleNames[role]}* 角色，不能${roleAllows[role]}。请联系 ${admins} 用 ${command} grant ${self} ${role} 授予。`
        : `你没有 *${roleNames[role]}* 角色，不能${roleAllows[role]}。目前没有人能授予角色：请本机器人的运维人员先在 \`RECEIPT_ADMINS\` 中指定首批管理员。`,
    ownRequest: (approvers) =>
      approvers
        ? `这是你本人提交的申请，须由他人审批。可审批的人：${approvers}。`
        : "这是你本人提交的申请，须由他人审批。目前没有其他审批人，请管理员授予该角色。",
    notYourRequest: (asker) => `只有申请人 ${asker} 可以撤回该申请；审批人可以拒绝该申请。`,
    or: " 或 ",
  },

  answer: {
    openAlready: (number, person, when, link) =>
      `特约商户 ${number} 已有 ${person} 提交的申请（${when}${link ? `，${link}` : ""}）。须等该申请审批、撤回或执行结束后再提交。${unrecorded}`,
    notInChannel: (bot, command) =>
      `我还不在此频道中。请先在此频道输入 \`/invite @${bot}\` 邀请我，再重新输入 \`${command}\` 命令。${unrecorded}`,
    channelNotMine: (channels, command) => `\`${command}\` 命令不能在此频道使用，请到 ${channels} 使用。${unrecorded}`,
    needsChannel: (command) =>
      `\`${command}\` 命令须在频道中使用，以便同事审批。请在团队的频道中输入，或请本机器人的运维人员配置 \`RECEIPT_CHANNELS\` 变量。${unrecorded}`,
    postedElsewhere: (channel) => `申请已发布在 ${channel} 频道，等待审批人审批。`,
    ledgerAway: `暂时无法访问台账。${unrecorded}请一分钟后再试。`,
    ledgerAwayAtClick: `暂时无法访问台账。${unchanged}请一分钟后再次点击。`,
    slackAway: `Slack 没有返回你和此频道的信息。${unrecorded}请一分钟后再试。`,
    slow: "机器人响应较慢。如果一分钟内没有出现消息，说明未作任何记录，届时请再试一次。",
    failed: "机器人内部出错，已记入日志。再次操作之前，请先查看该申请的消息；如再次出现，请告知本机器人的运维人员。",
    granted: (person, role) => `已授予 ${person} *${roleNames[role]}* 角色，现在可以${roleAllows[role]}。`,
    hadItAlready: (person, role) => `${person} 已有 *${roleNames[role]}* 角色。${unchanged}`,
    cannotHold: (person, standing) =>
      `${person} 是${{ guest: "访客", deactivated: "已停用的账号", bot: "机器人账号", stranger: "其他工作区的人员" }[standing]}，不能拥有角色。${unchanged}`,
    unknownPerson: (person) => `Slack 找不到 ${person} 这个人。请输入 \`@\` 后从 Slack 给出的列表中选择。`,
    revoked: (person, role) => `已收回 ${person} 的 *${roleNames[role]}* 角色，此前的审批结果不受影响。`,
    hadItNot: (person, role) => `${person} 没有 *${roleNames[role]}* 角色。${unchanged}`,
    standsInSettings: (person) =>
      `${person} 的管理员角色由 \`RECEIPT_ADMINS\` 指定，只有本机器人的运维人员可以更改。${unchanged}`,
  },

  roles: {
    title: "*角色与权限*",
    nobody: (command, role) => `暂无，可用 \`${command} grant @name ${role}\` 授予`,
    line: (role, holders) => `*${roleNames[role]}* \`${role}\` 可以${roleAllows[role]}：${holders}`,
    grant: (person, by) => `${person}（授予方：${by}）`,
    settings: "系统配置",
    more: (count) => `另有 ${count} 人`,
  },

  problem: {
    unknownVerb: (verb, command) =>
      `没有 \`${verb}\` 这个命令。输入 \`${command} open 1900000109\` 申请开通，输入 \`${command} help\` 查看全部命令。`,
    noVerb: (number, command) =>
      `要对 \`${number}\` 做什么？输入 \`${command} open ${number}\` 申请开通，或输入 \`${command} close ${number}\` 申请关闭。`,
    noNumber: (example) => `缺少特约商户号。请按 \`${example}\` 的格式输入。`,
    notDigits: (text, example) => `\`${text}\` 不是特约商户号。特约商户号只有数字，请按 \`${example}\` 的格式输入。`,
    wrongCharacter: (text, character, place, example) =>
      `\`${text}\` 不是特约商户号：第 ${place} 位是${character}。特约商户号只有数字，请按 \`${example}\` 的格式输入。`,
    letter: (character) => `${/\p{Script=Han}/u.test(character) ? "汉字" : "字母"}“${character}”`,
    sign: (character) => `符号“${character}”`,
    tooLong: (digits, most, example) =>
      `输入的号码有 ${digits} 位，特约商户号最多 ${most} 位。请按 \`${example}\` 的格式输入。`,
    severalNumbers: (text, example) => `\`${text}\` 像是多个号码。每次只能输入一个，请按 \`${example}\` 的格式输入。`,
    secondNumber: (first, second, verb, command) =>
      `输入了 \`${first}\` 和 \`${second}\` 两个号码，每次只能输入一个，用 \`${command} ${verb} ${first}\` 即可。如果 \`${second}\` 是原因的一部分，请让原因以文字开头，写成 \`${command} ${verb} ${first} 合同 ${second}\` 即可。`,
    reasonTooLong: (length, most, example) =>
      `原因有 ${length} 个字符，最多 ${most} 个。请精简原因，其余内容写在消息列中。命令格式为 \`${example}\` 加上原因。`,
    noPerson: (example) => `缺少人员。请按 \`${example}\` 的格式输入，人员请在输入 \`@\` 后从 Slack 给出的列表中选择。`,
    notAPerson: (text, example) =>
      `Slack 找不到 \`${text}\` 这个人。请按 \`${example}\` 的格式输入，人员请在输入 \`@\` 后从 Slack 给出的列表中选择。`,
    noRole: (example) => `缺少角色。可选${rolesToType} 三种，请按 \`${example}\` 的格式输入。`,
    unknownRole: (text, example) =>
      `没有 \`${text}\` 这个角色。可选${rolesToType} 三种，请按 \`${example}\` 的格式输入。`,
    tooMuch: (text, example) => `\`${text}\` 是多余的内容。请按 \`${example}\` 的格式输入。`,
    nothingRecorded: unrecorded,
  },

  help: {
    title: "*商家小票的开通与关闭*",
    lines: {
      change: [
        ["open 1900000109 新店，合同 4711", "申请开通商家小票，原因可不填"],
        ["close 1900000109", "申请关闭商家小票"],
      ],
      roles: [
        ["grant @name approver", `授予角色：${rolesToType}`],
        ["revoke @name approver", "收回角色"],
        ["roles", "查看角色与权限"],
      ],
      always: [["help", "显示本帮助"]],
    },
    decide: "你可以审批：点击申请消息上的 *批准* 或 *拒绝* 按钮。",
    yourRoles: (roles) => `你目前拥有 ${roles.map((role) => `*${roleNames[role]}*`).join(" / ")} 角色。`,
    noRoles: (admins) =>
      admins
        ? `你还没有角色，只能查看。请联系 ${admins} 授予角色。`
        : "你还没有角色，目前也没有人能授予：请本机器人的运维人员配置 `RECEIPT_ADMINS` 变量。",
  },
};
