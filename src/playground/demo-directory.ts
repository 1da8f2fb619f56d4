/** A small merchant directory for the demo, as a CSV file that an admin imports in Slack. */
import { scenarios } from "./wechatpay/scenarios.ts";

const [places, kinds] = ["蓝海 红湖 金沙 绿洲 白云 青山".split(" "), "火锅 烧烤 面馆 茶馆 咖啡 超市".split(" ")];

/** 1900000109 蓝海火锅 and its neighbours, and the merchants with which WeChat Pay finds something wrong. */
export function demoDirectory(): string {
  const names = places.flatMap((place) => kinds.map((kind) => `${place}${kind}`));
  const shops = names.map((name, nth) => [String(1_900_000_109 + nth), name, nth % 6 === 0 ? "总店" : ""]);
  const others = scenarios.map(({ subMchid }, nth) => [subMchid, `${names[nth % names.length]}${nth + 2}店`, ""]);
  return ["商户号,商户名称,备注", ...[...shops, ...others].map((row) => row.join(","))].join("\n");
}
