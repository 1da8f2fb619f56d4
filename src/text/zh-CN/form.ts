/** The form for requesting to open or close receipts, in Chinese. */
import type { Texts } from "../en/catalogue.ts";
import { figure } from "../figure.ts";
import { does } from "./goldplan/change.ts";
import { some } from "./phrases.ts";

export const form: Texts["form"] = {
  title: "开通或关闭",
  back: "返回",
  close: "关闭窗口",
  cancel: "取消",
  next: "核对",
  action: "操作",
  change: does,
  numbers: "特约商户号",
  numbersHint: "每行一个，或用空格、逗号分隔，也可直接从表格粘贴，有无表头均可。超过 3,000 个字符时，请上传文件。",
  file: "或上传文件",
  fileHint:
    "Excel（.xlsx）、CSV 或文本文件。首行有名为 sub_mchid 或“特约商户号”的列时，只读取该列。上传后先显示识别结果，确认后才会提交申请。",
  reason: "原因",
  reasonHint: "审批人会在申请消息中看到。",
  ticketHint: (ticket) => `须写明工单号，格式如 ${ticket}。审批人会在申请消息中看到。`,
  ticketMissing: (ticket) => `请在原因中写明工单号，格式如 ${ticket}`,

  nothingGiven: "请在此粘贴特约商户号，或在下方上传文件。",
  bothGiven: "上方也填写了特约商户号。两者只能用一种，请清空另一处。",
  fileTooLarge: (max) => `文件超过 ${figure(max)} MB。请只保存商户号这一列，或拆分文件。`,
  fileNotText: "这不是 Excel（.xlsx）、CSV 或文本文件。请另存为其中一种格式，再重新上传。",
  fileNotFinished: "机器人未能读完该文件。请只将商户号这一列复制到新文件，再重新上传。",
  workbookTooLarge: "该 Excel 文件内容过多，无法读取。请只将商户号这一列复制到新文件，再重新上传。",
  workbookBroken: "无法读取该 Excel 文件：文件已损坏或设有密码。请另存为 CSV，再重新上传。",
  fileElsewhere: "该文件不在 Slack 中保存，本机器人不会读取。请先保存到本机，再重新上传。",
  fileNotRead: "未能从 Slack 取得该文件。请重试；如仍不成功，请本机器人的运维人员检查是否有 files:read 权限。",

  preview: "核对申请",
  ask: "提交申请",
  understood: (numbers, more) => `已识别 ${some(numbers, more)}`,
  repeated: (count) => `有 ${figure(count)} 处重复，每个商户号只计一次。`,
  postedIn: (channel) => `申请将发布在 ${channel} 频道，由审批人审批。`,
  nothingUnderstood: "*没有识别出特约商户号。* 请返回，填写只含数字的特约商户号。",
  tooMany: (count, max) => `*共有 ${figure(count)} 个商户号，一次申请最多 ${figure(max)} 个。* 请返回，分几次申请。`,
  tooManyCells: (count) =>
    `*表格的单元格太多，有 ${figure(count)} 行未读取。* 请返回，只将商户号这一列复制到新文件，再重新上传。`,
  notUnderstood: (count) => `*以下 ${figure(count)} 处不会包含在申请中：*`,
  line: (line, what) => `第 ${line} 行 · ${what}`,
  moreProblems: (more) => `另有 ${figure(more)} 处`,
  problem: {
    notDigits: (text) => `\`${text}\` 不是号码`,
    wrongCharacter: (text, character, place) => `\`${text}\` 的第 ${place} 位是${character}`,
    tooShort: (text) => `\`${text}\` 位数太少，不是商户号`,
    tooManyDigits: (text, digits) =>
      `\`${text}\` 有 ${digits} 位，位数太多：${digits === 11 ? "是手机号吗？" : "是订单号吗？"}`,
    date: (text) => `\`${text}\` 像是日期`,
    ours: (text) => `\`${text}\` 是我方服务商自己的商户号，不是特约商户号`,
    grouped: (text, joined) => `\`${text}\` 中间有分隔符；若应为 \`${joined}\` 请照此填写`,
    severalNumbers: (text) => `\`${text}\` 像是多个号码连在一起，请每行写一个`,
    shortened: (text) => `\`${text}\` 已被 Excel 缩写，末尾的数字已丢失；请将该列设为文本格式，重新录入后再复制`,
    range: (text) => `\`${text}\` 是号码范围，请逐个列出`,
    abbreviated: (text) => `\`${text}\` 是简写的号码，请写出完整的号码`,
    excepted: (text) => `\`${text}\` 是要排除的内容，请只列出所需的号码`,
    otherLabel: (text, label) => `\`${text}\` 旁边写着 \`${label}\` 字样，未作为商户号读取`,
    sum: (text) => `\`${text}\` 是上方或下方号码之和，未作为商户号读取`,
    otherAction: (text, label) => `\`${text}\` 在名单中归入 \`${label}\` 一类，与本次申请的操作不同，请另行申请`,
    markedNo: (text, mark) => `\`${text}\` 所在行有 \`${mark}\` 标注，请只保留需要的行，并删除该列`,
    unanswered: (text, header) => `\`${text}\` 所在行的 \`${header}\` 一列为空，请只保留需要的行，并删除该列`,
    unlisted: (text) => `\`${text}\` 指的是没有列出的号码，请逐个列出`,
    noNumber: (text) => `\`${text}\` 中没有号码`,
    otherColumn: (name) => `\`${name}\` 列也含有数字，未读取`,
    severalColumns: (text) => `\`${text}\` 含有号码的列太多；请将特约商户号所在的列命名为 sub_mchid，或只复制该列`,
    longerThanHead: (text) => `\`${text}\` 的列数多于表头；请为含逗号的单元格加上双引号`,
    aboveHead: (text) => `\`${text}\` 属于标题或表头，未读取`,
    withinQuotes: (text) => `\`${text}\` 在前面某行的双引号之内，未读取；请在该行补上结束的双引号`,
    formula: (cell) => `单元格 \`${cell}\` 的公式没有计算结果；请用 Excel 打开该文件，保存后重试`,
    otherSheet: (name) => `工作表 \`${name}\` 未读取：只读取第一个可见的工作表。请将其中的号码移到该工作表。`,
    hiddenRows: (count, first) => {
      const example = first === "" ? "" : `（如 \`${first}\` 等）`;
      return `有 ${figure(count)} 个隐藏行可能含有号码${example}，未读取。需要这些行时请取消隐藏，不需要时请删除。`;
    },
    struckRows: (count, first) => {
      const example = first === "" ? "" : `（如 \`${first}\` 等）`;
      return `有 ${figure(count)} 行的号码带删除线${example}，未读取。需要时请去掉删除线，不需要时请删除。`;
    },
    hiddenColumn: (letter) => `隐藏的 \`${letter}\` 列可能含有号码，未读取。请取消隐藏，或删除该列。`,
  },

  whichColumn: "选择列",
  severalColumns: "*有多列含有号码，且没有表头说明哪一列是特约商户号。* 目前尚未读取任何号码。各列的前几个号码如下：",
  columnOf: (name, numbers) => `*${name}* · ${numbers}`,
  column: "特约商户号所在的列",
  columnNumbered: (name, count) => `${name}（${figure(count)} 个号码）`,
  allColumns: (count) => `这是一份名单：全部 ${figure(count)} 个号码`,

  gone: "这份草稿已失效，或不属于你：草稿只保留一小时。请返回，重新核对。本次未提交任何申请。",
  notOpened: (example) => `未能在 Slack 规定的时间内打开表单。请重试，或在团队频道输入 \`${example}\` 申请。`,
};
