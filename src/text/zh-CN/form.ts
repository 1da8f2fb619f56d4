/** The form for requesting to open or close receipts, in Chinese. */
import type { Texts } from "../en/catalogue.ts";

export const form: Texts["form"] = {
  title: "开通或关闭商家小票",
  back: "返回",
  close: "关闭窗口",
  cancel: "取消",
  next: "核对",
  action: "操作",
  actions: { OPEN: "开通商家小票", CLOSE: "关闭商家小票" },
  numbers: "特约商户号",
  numbersHint: "每行一个，或用空格、逗号分隔，也可直接从表格粘贴，有无表头均可。超过 3,000 个字符时，请上传文件。",
  file: "或上传文件",
  fileHint:
    "CSV 或文本文件。首行有名为 sub_mchid 或“特约商户号”的列时，只读取该列。上传后先显示识别结果，确认后才会提交申请。",
  reason: "原因",
  reasonHint: "审批人会在申请消息中看到。",

  nothingGiven: "请在此粘贴特约商户号，或在下方上传文件。",
  bothGiven: "上方也填写了特约商户号。两者只能用一种，请清空另一处。",
  fileTooLarge: (max) => `文件超过 ${max} MB。请只保存商户号这一列，或拆分文件。`,
  fileNotText: "这不是文本文件。请另存为 CSV，再重新上传。",
  fileElsewhere: "该文件不在 Slack 中保存，本机器人不会读取。请先保存到本机，再重新上传。",
  fileNotRead: "未能从 Slack 取得该文件。请重试；如仍不成功，请本机器人的运维人员检查是否有 files:read 权限。",

  preview: "核对申请",
  ask: "提交申请",
  understood: (numbers, more) => (more > 0 ? `已识别 ${numbers} 等，另有 ${more} 个` : `已识别 ${numbers}`),
  repeated: (count) => `有 ${count} 处重复，每个商户号只计一次。`,
  postedIn: (channel) => `申请将发布在 ${channel} 频道，由审批人审批。`,
  nothingUnderstood: "*没有识别出特约商户号。* 请返回，填写只含数字的特约商户号。",
  tooMany: (count, max) => `*共有 ${count} 个商户号，一次申请最多 ${max} 个。* 请返回，分几次申请。`,
  notUnderstood: (count) => `*有 ${count} 处未能识别，现在提交则不包括这些内容：*`,
  line: (line, what) => `第 ${line} 行 · ${what}`,
  moreProblems: (more) => `另有 ${more} 处`,
  problem: {
    notDigits: (text) => `\`${text}\` 不是号码`,
    wrongCharacter: (text, character, place) => `\`${text}\` 的第 ${place} 位是${character}`,
    tooLong: (digits, max) => `号码有 ${digits} 位，最多 ${max} 位`,
    severalNumbers: (text) => `\`${text}\` 像是多个号码连在一起，请每行写一个`,
    shortened: (text) => `\`${text}\` 在表格中丢失了末尾的数字；请将该列设为文本格式，再重新复制`,
    noNumber: (text) => `\`${text}\` 中没有号码`,
    otherLength: (text) =>
      `\`${text}\` 与其他号码位数不同，且同一行还有别的内容；请单独写一行，或将该列命名为 sub_mchid`,
    severalColumns: (text) =>
      `\`${text}\` 有多列号码；请在其上方加一行表头，将特约商户号所在的列命名为 sub_mchid，或每行只写一个号码`,
    longerThanHead: (text) => `\`${text}\` 的列数多于表头；请为含逗号的单元格加上双引号`,
    aboveHead: (text) => `\`${text}\` 在表头上方，未读取`,
    withinQuotes: (text) => `\`${text}\` 在前面某行的双引号之内，未读取；请在该行补上结束的双引号`,
  },

  gone: "这份草稿已失效，或不属于你：草稿只保留一小时。请返回，重新核对。本次未提交任何申请。",
  notOpened: (example) => `未能在 Slack 规定的时间内打开表单。请重试，或在团队频道输入 \`${example}\` 申请。`,
};
