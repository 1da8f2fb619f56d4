/** The form that imports the merchant directory, in Chinese. */
import type { Texts } from "../../en/catalogue.ts";
import { figure } from "../../figure.ts";
import { changes } from "./import.ts";

export const namesForm: Texts["namesForm"] = {
  title: "商户名录",
  none: "尚无商户名录。导入后，申请和列表中的商户号旁会显示商户名称。",
  imported: (entries, person, when) =>
    `名录现有 ${figure(entries)} 个商户，由 ${person} 于 ${when} 导入。上传的文件将替换现有名录。`,
  importedInTerminal: (entries, when) =>
    `名录现有 ${figure(entries)} 个商户，于 ${when} 在终端导入。上传的文件将替换现有名录。`,
  file: "包含全部商户的文件",
  fileHint: "Excel（.xlsx）或 CSV，首行须写明列名 sub_mchid 和 name，备注列（可选）为 note。生效前可先核对变化。",
  fileMissing: "请上传文件。",
  fileTooLarge: (max) => `文件超过 ${figure(max)} MB。请本机器人的运维人员导入：npm run names -- import FILE`,
  fileNotFinished: "机器人未能读完该文件。请重试，或请本机器人的运维人员导入：npm run names -- import FILE",
  workbookTooLarge:
    "该 Excel 文件内容过多，无法在此读取。请另存为 CSV，或请本机器人的运维人员导入：npm run names -- import FILE",

  preview: "核对导入内容",
  submit: "导入",
  counts: (entries, added, changed, removed) =>
    `*文件中有 ${figure(entries)} 个商户：${changes(added, changed, removed)}*`,
  manyGone: (removed) => `⚠️ 将移除 ${figure(removed)} 个商户。请确认文件包含全部商户。`,
  added: "*新增*",
  changed: "*变更*",
  removed: "*移除*",
  change: (before, after) => `${before} → ${after}`,
  notYet: "目前尚未更改。点击“导入”后开始使用这些名称；已有的消息在下次更新时显示。",
};
