/** Importing the merchant directory, in Chinese. */
import type { Texts } from "../../en/catalogue.ts";
import { figure } from "../../figure.ts";

export const changes = (added: number, changed: number, removed: number) =>
  `新增 ${figure(added)} 个，变更 ${figure(changed)} 个，移除 ${figure(removed)} 个`;

export const directoryImport: Texts["directoryImport"] = {
  columns: {
    number: "没有表头说明哪一列是商户号。请在首行写明列名：sub_mchid、name，备注列（可选）为 note。",
    name: "没有表头说明哪一列是商户名称。请在首行写明列名：sub_mchid、name，备注列（可选）为 note。",
    two: (first, second) => `表头 ${first} 与 ${second} 含义相近，无法判断应读取哪一列。请只保留其中一列。`,
  },
  problem: {
    noName: (number) => `${number} 没有名称`,
    nameTooLong: (number, length, max) => `${number} 的名称有 ${figure(length)} 个字，最多 ${figure(max)} 个字`,
    noteTooLong: (number, length, max) => `${number} 的备注有 ${figure(length)} 个字，最多 ${figure(max)} 个字`,
    listedTwice: (number, name, earlier) =>
      name === earlier ? `${number} 的备注与前面某行不同` : `${number} 在此行为 ${name}，在前面某行为 ${earlier}`,
  },
  refused: (count) => `有 ${figure(count)} 行存在问题，未导入任何内容。请更正文件后重新导入：`,
  more: (count) => `另有 ${figure(count)} 行`,
  empty: "文件的表头下方没有内容。未导入任何内容，名录保持不变。",
  tooMany: (max) => `文件超过 ${figure(max)} 行。未导入任何内容。`,
  imported: (entries, added, changed, removed) =>
    `名录现有 ${figure(entries)} 个商户：${changes(added, changed, removed)}。`,
  unchanged: "名录中的内容与文件完全相同，无需更改。",
  overtaken: "在此期间有人导入了另一份名录，因此未作任何更改。请重新导入该文件，以查看现在的变化。",
  gone: "此次导入的准备时间过久，已失效。未作任何更改，请重新导入该文件。",
};
