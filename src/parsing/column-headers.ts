/** Recognizes a table's columns by their headers, in other people's files and in our own. */
import { simplified } from "./simplified.ts";

/** Headers of a column of numbers, in the form that `bareHeader` returns. */
export const numberHeaders = {
  subMerchant: /^(sub_?(mch|merchant)s?_?(id|no|number)|(微信(支付)?)?(特约|子|二级)商户(号|编号|号码|id))$/,
  /** It can also be the header of names. */
  subMerchantAlone: /^(sub_?(mch|merchant)s?|(特约|子|二级)商户)$/,
  /** It can also be the header of the provider's own number. */
  merchant: /^((微信(支付)?)?商户(号|编号|号码|id)|(mch|merchant)_?(id|no|number))$/,
  /** It does not say whose numbers they are. */
  unnamed: /^(number|no|编号|号码)$/,
} as const;

/** Headers of a column of names, the most reliable first. */
export const nameHeaders: readonly RegExp[] = [
  /^((sub_?)?merchant_?name|(特约|子|二级)?商户(名称|名))$/,
  /^((特约|子|二级)?商户(简称|全称)|(merchant_?)?short_?name)$/,
  /^(name|名称|名|店名?|(门店|店铺)(名称?)?|(shop|store)(_?name)?)$/,
];

/** Headers of columns of people, places and kinds, whose words are no merchants' names. */
const otherHeaders =
  /^((联系|联络|负责|经办|申请|提交|对接|审批)人(姓名)?|业务员|销售|客户经理|法人|contact(_(person|name))?|owner|manager|requester|sales|城市|省份?|地区|区域|大区|地址|city|province|region|area|address|行业|类目|类型|状态|industry|category|type|status|state)$/;

/**
 * The headers of our own files of results and of sub-merchants that were not started, by language. People upload such
 * files again.
 */
export const ownHeaders: Readonly<Record<"en" | "zh-CN", readonly string[]>> = {
  en: [
    "sub-merchant",
    "name",
    "given as",
    "action",
    "outcome",
    "reason for failure",
    "what to do",
    "WeChat Pay says",
    "Request-ID",
    "attempts",
    "finished (Beijing time)",
    "request",
    "ticket",
    "receipt",
    "点金计划",
    "scene",
  ],
  "zh-CN": [
    "特约商户号",
    "商户名称",
    "申请中的名称",
    "操作",
    "结果",
    "失败原因",
    "处理办法",
    "微信支付返回",
    "Request-ID",
    "尝试次数",
    "结束时间（北京时间）",
    "申请编号",
    "工单",
    "商家小票",
    "点金计划",
    "支付场景",
  ],
};

/** Whether a header row is that of our own files, so that its other columns hold nothing that people have listed. */
export function isOwnHeaderRow(cells: readonly string[]): boolean {
  const trimmed = cells.map((cell) => cell.trim());
  return Object.values(ownHeaders).some(
    (own) => own.length === trimmed.length && own.every((header, at) => trimmed[at] === header),
  );
}

/** Maximum lines above the header, such as a title. */
export const titleLinesMax = 4;

/** Maximum characters of a header. Longer text is none, and some of it takes very long to compare. */
const headerMax = 200;

/**
 * A header in lower case and simplified characters, with `_` between its words, and without what forms put around it:
 * quotes, stars, and a trailing `（必填）`, `【必填】` or `(required)`. Empty if the cell is too long for one.
 */
export function bareHeader(cell: string): string {
  if (cell.length > headerMax) return "";
  const bare = cell
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s"'`*:]+/gu, " ")
    .replace(/[\p{C}.]+/gu, "")
    .trim()
    .replace(/( ?[([【〔][^)\]】〕]*[)\]】〕])+$/u, "")
    .replace(/(?<=\p{Script=Han}) | (?=\p{Script=Han})/gu, "")
    .replace(/[ _-]+/g, "_");
  return simplified(bare);
}

/** The columns, from 0, whose headers match the first of `names` that any of them match; empty if none does. */
export function columnsNamed(names: readonly RegExp[], bareHeaders: readonly string[]): number[] {
  for (const name of names) {
    const found = bareHeaders.flatMap((header, at) => (name.test(header) ? [at] : []));
    if (found.length > 0) return found;
  }
  return [];
}

/** The position of the column of names in a header row; undefined if none or several could be it. */
export function nameColumn(cells: readonly string[]): number | undefined {
  const [only, ...others] = columnsNamed(nameHeaders, cells.map(bareHeader));
  return others.length === 0 ? only : undefined;
}

/** The columns, from 0, whose headers say that their words are no merchants' names. */
export function columnsWithoutNames(cells: readonly string[]): number[] {
  return columnsNamed([otherHeaders], cells.map(bareHeader));
}
