/** Traditional Chinese characters of the words that people type or head columns with; the code has these simplified. */

const traditionalOnes =
  "戶號編碼稱簡門鋪級約開關閉處備註說聯絡負責經辦請業務員區類狀態啟啓執點計劃兩歷審錄導幫絕試駁過敗進從權組維護";
const simplifiedOnes =
  "户号编码称简门铺级约开关闭处备注说联络负责经办请业务员区类状态启启执点计划两历审录导帮绝试驳过败进从权组维护";
const simplifiedOf = new Map([...traditionalOnes].map((one, at) => [one, [...simplifiedOnes][at] ?? one]));
const traditional = new RegExp(`[${traditionalOnes}]`, "gu");

/**
 * A text of the same length, with those characters in their simplified form. Others stay, so that it is for comparing
 * with known words, not for names.
 */
export function simplified(text: string): string {
  return text.replace(traditional, (one) => simplifiedOf.get(one) ?? one);
}

/** The same for the beginning of a text, where a command has its verb. */
export function simplifiedStart(text: string): string {
  return simplified(text.slice(0, startMax)) + text.slice(startMax);
}

/** Longer than a verb and what it switches. */
const startMax = 50;
