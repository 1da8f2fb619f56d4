/**
 * Private answers to one person, in Chinese: refusals and usage errors. Markup has spaces around it, as in
 * catalogue.ts.
 */
import type { Texts } from "../en/catalogue.ts";
import { figure } from "../figure.ts";
import { typedWords } from "../typed-words.ts";
import { spaced } from "./phrases.ts";
import { roleAnswers, roleNames, roleProblems, roleRefusals, rolesList } from "./roles.ts";

const { object, verb, role: typedRole, notify, failed } = typedWords("zh-CN");

const unrecorded = "本次未作任何记录。";
const unchanged = "未作任何更改。";

export const answers: Pick<Texts, "refusal" | "answer" | "notices" | "roles" | "problem"> = {
  refusal: {
    standing: {
      guest: "工作区的访客不能使用本机器人，请团队成员代为操作。",
      deactivated: "该账号已停用，不能使用本机器人。请联系工作区管理员。",
      bot: "机器人账号不能使用本机器人，请由团队成员操作。",
      stranger: "只有本工作区的成员可以使用本机器人，请联系与你对接的同事代为操作。",
    },
    ...roleRefusals,
    needsAnyRole: (self, command, admins) =>
      admins
        ? `须拥有任一角色才能查看台账。请联系 ${admins} 授予：${command} ${verb.grant} ${self} ${typedRole.requester}`
        : "须拥有任一角色才能查看台账。目前没有人能授予角色：请本机器人的运维人员先在 `RECEIPT_ADMINS` 中指定首批管理员。",
    ownRequest: (approvers) =>
      approvers
        ? `这是你本人提交的申请，须由他人审批。可审批的人：${approvers}。`
        : "这是你本人提交的申请，须由他人审批。目前没有其他审批人，请管理员授予该角色。",
    withdrawOwn: "如不再需要，可在申请消息的 ⋯ 菜单中撤回。",
    notYourRequest: (submitter) => `只有申请人 ${submitter} 可以撤回该申请；审批人可以拒绝该申请。`,
    or: " 或 ",
  },

  answer: {
    openAlready: (number, person, when, link) =>
      `特约商户 ${spaced(number)}已有 ${person} 提交的申请（${when}${link ? `，${link}` : ""}）。须等该申请审批、撤回或执行结束后再提交。${unrecorded}`,
    notInChannel: (bot, command) =>
      `机器人尚未加入此频道。请先在此频道输入 \`/invite @${bot}\` 邀请机器人，再重新输入 \`${command}\` 命令。${unrecorded}`,
    channelNotMine: (channels, command) => `\`${command}\` 命令不能在此频道使用，请到 ${channels} 使用。${unrecorded}`,
    needsChannel: (command) =>
      `\`${command}\` 命令须在频道中使用，以便同事审批。请在团队的频道中输入，或请本机器人的运维人员配置 \`RECEIPT_CHANNELS\` 变量。${unrecorded}`,
    postedElsewhere: (channel) => `申请已发布在 ${channel} 频道，等待审批人审批。`,
    ledgerAway: `暂时无法访问台账。${unrecorded}请一分钟后再试。`,
    ledgerAwayAtClick: `暂时无法访问台账。${unchanged}请一分钟后再次点击。`,
    ledgerUnsure: "写入台账时连接中断，无法确定本次是否已记录。如果一分钟内没有出现消息，请再试一次；不会重复执行。",
    ledgerUnsureAtClick:
      "写入台账时连接中断，无法确定本次点击是否生效。如果一分钟内消息没有变化，请再次点击；不会重复执行。",
    slackAway: `Slack 没有返回你和此频道的信息。${unrecorded}请一分钟后再试。`,
    slackAwayAtClick: `Slack 没有响应。${unchanged}请一分钟后再次点击。`,
    slackAwayAtForm: `Slack 没有响应。${unrecorded}请一分钟后再试。`,
    slackRefusesBot: (error) =>
      `Slack 以 \`${error}\` 拒绝了机器人的操作。未作任何记录或更改。重试无效，请联系机器人的运维人员处理。`,
    channelArchived: (channel) => `${channel} 已归档，无法在其中审批。请换一个频道，或先取消归档。${unrecorded}`,
    slow: "机器人响应较慢，稍后会给出答复。如果一分钟内没有任何消息，请再试一次：同一操作不会生效两次。",
    slowForm: "处理时间较长，结果将显示在此处；也可以先关闭此窗口。",
    otherVersion:
      "这个按钮或表单来自机器人的另一个版本，当前版本无法处理。未作任何记录或更改。请从该申请的消息或用命令重新操作；如仍不行，请告知本机器人的运维人员。",
    otherCommand: (typed, command) =>
      `Slack 应用把命令 *${typed}* 交给了本机器人，而机器人设置中以 \`${command}\` 为命令名。未作任何记录或更改。请告知本机器人的运维人员：Slack 应用清单与 \`SLACK_COMMAND\` 中的命令名必须一致。`,
    otherShortcut: (command) =>
      `机器人的当前版本无法识别这个快捷方式。未作任何记录或更改。请改用 \`${command}\` 命令，并告知本机器人的运维人员：Slack 应用需要使用当前版本的清单。`,
    doneLate: "已完成，当前状态见该申请的消息。",
    failed: "机器人内部出错，已记入日志。再次操作之前，请先查看该申请的消息；如再次出现，请告知本机器人的运维人员。",
    ...roleAnswers,
  },

  notices: {
    notPosted: (title, channel, why, until) =>
      `${title}\nSlack 不接受将你的申请发布到 ${channel}：${why}。申请已记录，但频道中无人看到${until === undefined ? "。" : `；如无人审批，将于 ${until} 过期。`}频道可以发布消息后，申请会自动出现。`,
    notUpdated: (title, channel, why) =>
      `${title}\nSlack 不接受更新 ${channel} 中的申请消息：${why}。频道中显示的内容已过时，频道可以发布消息后会自动更新。`,
    refusedBecause: {
      archived: "频道已归档",
      restricted: "频道仅限部分成员发布消息",
      notIn: "机器人不在频道中",
      content: (error) => `需要机器人的运维人员处理 \`${error}\` 错误`,
    },
    roleGranted: (role, by, terms) => `${by} 已授予你 *${roleNames[role]}* 角色${terms ? `（${terms}）` : ""}。`,
    roleChanged: (role, by, now, before) =>
      `${by} 已更改你的 *${roleNames[role]}* 角色。现为：${now}。此前为：${before}。`,
    roleRevoked: (role, by) => `${by} 已收回你的 *${roleNames[role]}* 角色。`,
    stillThrough: (groups) => `你仍通过 ${groups} 拥有该角色。`,
    roleEnded: (role, when) =>
      `你的 *${roleNames[role]}* 角色已按授予时的期限结束（${when}）。如仍需要，请联系管理员。`,
    grantEnded: (role, when, groups) =>
      `授予你本人的 *${roleNames[role]}* 角色已按期限结束（${when}）。你仍通过 ${groups} 拥有该角色。`,
    groupWithTerms: (group, terms) => `${group}（${terms}）`,
    roleMayHaveEnded: (role, when) =>
      `授予你本人的 *${roleNames[role]}* 角色已按期限结束（${when}）。如所在用户组也拥有该角色，则不受影响；否则如仍需要，请联系管理员。`,
  },

  roles: rolesList,

  problem: {
    unknownVerb: (word, example, command) =>
      `没有 \`${word}\` 这个命令。输入 \`${example}\` 申请开通，输入 \`${command} ${verb.help}\` 查看全部命令。`,
    byButton: (word, button, command) =>
      `没有 \`${word}\` 这个命令：请点击申请消息上的 *${button}* 按钮。输入 \`${command} ${verb.pending}\` 列出待审批的申请，输入 \`${command} ${verb.history}\` 列出全部申请，均附消息链接。`,
    noVerb: (number, open, close) =>
      `缺少对 \`${number}\` 的操作。输入 \`${open}\` 申请开通，或输入 \`${close}\` 申请关闭。`,
    noAction: (object, open, close) => `\`${object}\` 之后须注明操作。请按 \`${open}\` 或 \`${close}\` 的格式输入。`,
    noText: (example) => `缺少要查找的内容。请按 \`${example}\` 的格式输入商户名称或商户号的一部分。`,
    noNumber: (example) => `缺少特约商户号。请按 \`${example}\` 的格式输入。`,
    notDigits: (text, example) => `\`${text}\` 不是特约商户号。特约商户号只有数字，请按 \`${example}\` 的格式输入。`,
    wrongCharacter: (text, character, place, example) =>
      `\`${text}\` 不是特约商户号：第 ${place} 位是${character}。特约商户号只有数字，请按 \`${example}\` 的格式输入。`,
    letter: (character) => `${/\p{Script=Han}/u.test(character) ? "汉字" : "字母"}“${character}”`,
    sign: (character) => `符号“${character}”`,
    tooLong: (digits, max, example) =>
      `输入的号码有 ${digits} 位，特约商户号最多 ${figure(max)} 位。请按 \`${example}\` 的格式输入。`,
    severalNumbers: (text, joint, example) =>
      `\`${text}\` 像是用 \`${joint}\` 连在一起的多个号码，请用空格分隔。单个号码请按 \`${example}\` 的格式输入。`,
    grouped: (text, joined, example) =>
      `\`${text}\` 中间有分隔符或空格。若应为 \`${joined}\` 请按 \`${example}\` 的格式输入。`,
    date: (text, example) => `\`${text}\` 像是日期，不是特约商户号。号码只含数字，请按 \`${example}\` 的格式输入。`,
    shortened: (text, example) =>
      `\`${text}\` 已被电子表格缩写，末尾的数字已丢失。请查到完整号码，再按 \`${example}\` 的格式输入。`,
    range: (text, example) =>
      `\`${text}\` 是号码范围。请逐个列出特约商户号，用空格分隔，按 \`${example}\` 的格式输入。`,
    abbreviated: (text, example) =>
      `\`${text}\` 是简写的号码。请写出每个特约商户号的全部数字，按 \`${example}\` 的格式输入。`,
    excepted: (text, example) => `\`${text}\` 是要排除的内容。请只写出所需的特约商户号，按 \`${example}\` 的格式输入。`,
    otherLabel: (text, label, example) =>
      `\`${text}\` 前面写着 \`${label}\` 字样，未作为特约商户号读取。请按 \`${example}\` 的格式输入。`,
    ourNumber: (number, example) =>
      `\`${number}\` 是我方服务商自己的商户号，不是特约商户号。请填写特约商户号，按 \`${example}\` 的格式输入。`,
    reasonWord: "合同",
    secondNumber: (first, second, asReason, command) =>
      `\`${second}\` 与 \`${first}\` 格式不同，无法判断是特约商户号还是原因的一部分。如果是原因的一部分，请让原因以文字开头，写成 \`${asReason}\` 即可；如果是特约商户号，请用 \`${command}\` 打开的表单提交。`,
    secondMistyped: (text, character, asReason) =>
      `\`${text}\` 不是特约商户号：其中有${character}。如果是原因的一部分，请让原因以文字开头，写成 \`${asReason}\` 即可；如果是特约商户号，请更正后重试。`,
    numberInReason: (second, several, command) =>
      `\`${second}\` 写在了原因中，不会一并提交。如果也要为该特约商户申请，请紧跟在前一个号码之后，写成 \`${several}\` 即可；如果属于原因，请用 \`${command}\` 打开的表单提交。`,
    wrongAction: (object, word, open, close, instead) =>
      `\`${object}\` 之后不能使用 \`${word}\` 命令，只能开通或关闭。请按 \`${open}\` 或 \`${close}\` 的格式输入。${instead === undefined ? "" : `如要使用 \`${word}\` 命令，请去掉 \`${object}\` 一词，输入 \`${instead}\` 即可。`}`,
    reasonTooLong: (length, max, example) =>
      `原因有 ${figure(length)} 个字符，最多 ${figure(max)} 个。请精简原因，按 \`${example}\` 的格式输入；其余内容可在申请发布后写在其消息列中。`,
    commandTooLong: (length, max, command) =>
      `命令有 ${figure(length)} 个字符，最多 ${figure(max)} 个。请用 \`${command}\` 打开的表单提交，可上传 Excel 或 CSV 文件。`,
    ...roleProblems,
    unknownFilter: (text, ticket, example, request) =>
      `没有 \`${text}\` 这个筛选条件。可用商户号 / \`@name\` / \`${verb.open}\` / \`${verb.close}\` / \`${object.receipt}\` / \`${object.goldplan}\` / \`${object.both}\` / \`${failed}\` / ${ticket === undefined ? "" : `工单号（如 \`${ticket}\` 等） / `}\`7d\` 筛选，请按 \`${example}\` 的格式输入。查看单个申请时只写编号，输入 \`${request}\` 即可。`,
    filterTwice: (text, example) =>
      `\`${text}\` 与前面的筛选条件重复，每种只能有一个。请按 \`${example}\` 的格式输入。`,
    notASpan: (text, example) =>
      `\`${text}\` 不能用在这里。时间范围请用小时或天，如 \`12h\` / \`7d\` 等，请按 \`${example}\` 的格式输入。`,
    notAMoment: (text, example) =>
      `\`${text}\` 不是可识别的时间。可填日期，如 \`2026-11-01\` 等；也可填最近的天数或小时数，如 \`30d\` / \`12h\` 等。请按 \`${example}\` 的格式输入。`,
    unknownChoice: (text, example) =>
      `\`${text}\` 无效，只能填 \`${notify.on}\` 或 \`${notify.off}\` 两者之一。请按 \`${example}\` 的格式输入。`,
    tooMuch: (text, example) => `\`${text}\` 是多余的内容。请按 \`${example}\` 的格式输入。`,
    nothingRecorded: unrecorded,
  },
};
