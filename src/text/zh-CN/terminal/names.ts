/** Output of `npm run names`, in Chinese. */
import type { Texts } from "../../en/catalogue.ts";

export const names: Texts["names"] = {
  usage: [
    "npm run names -- import FILE 以 CSV 或 Excel 文件的内容替换商户名录；FILE 为 - 时读取标准输入。",
    "表头须为 sub_mchid 和 name，备注列（可选）为 note。",
    "npm run --silent names -- export 以 CSV 格式输出名录。两者都无需停止机器人。",
  ],
  noLedger: (file) => `${file} 处没有台账。请检查 DATABASE_URL。`,
  cannotOpen: (why) => `${why}未导入任何内容。`,
  unreadable: (file, why) => `无法读取 ${file}（${why}）。未导入任何内容。`,
  standardInput: "标准输入",
  pipeTooLarge: (file, maxMb) => `${file} 超过 ${maxMb} MB（管道的上限）。请保存为文件（大小不限）后导入。`,
  notText: (file) => `${file} 不是 Excel（.xlsx）或 CSV 文件。未导入任何内容。`,
  workbookTooLarge: (file) => `${file} 的内容超出 Excel 文件的读取上限。请另存为 CSV（大小不限）后导入。`,
  workbookBroken: (file) => `无法读取 ${file}：文件已损坏或设有密码。请另存为 CSV 后导入。`,
  importing: (file) => `正在导入 ${file}。导入一百万个名称需要一两分钟。`,
  failed: (why) => `导入失败（${why}）。名录未改变，请解决后重新运行。`,
  noDirectory: "尚无名录。请先导入：npm run names -- import FILE",
  exporting: {
    cannotOpen: (why) => `${why}未导出任何内容。`,
    failed: (why) => `名录未能完整导出（${why}）。请重新运行。`,
  },
};
