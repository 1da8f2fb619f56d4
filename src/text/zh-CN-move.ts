/** What `npm run move` says in the terminal, in Chinese. */
import type { Texts } from "./en/catalogue.ts";

export const move: Texts["move"] = {
  usage: [
    "npm run move -- 来源 目标",
    "将台账连同角色授权从一个数据库迁移到另一个。两个地址的写法与 DATABASE_URL 相同：",
    "sqlite:PATH 或 postgres://USER:PASSWORD@HOST/DATABASE，密码中的 @ : / ? # 须写作 %40 %3A %2F %3F %23。",
    "请先停止机器人的所有实例。",
  ],
  moving: (from: string, to: string) => `正在将台账从 ${from} 迁移到 ${to}，每 10 万笔操作约需一分钟。`,
  table: "表",
  rows: "行数",
  moved: (database: string) => `全部数据已在 ${database} 中，并已逐行核对。请将 DATABASE_URL 设为该地址并启动机器人。`,
  thereAlready: (database: string) =>
    `全部数据此前已在 ${database} 中，已逐行核对，未写入任何内容。请将 DATABASE_URL 设为该地址并启动机器人。`,
  same: "两个地址相同。请将要迁移到的数据库写在第二位。未迁移任何数据。",
  cannotOpen: (database: string, why: string) =>
    `无法打开 ${database}（${why}）。请检查地址，以及是否有写入权限。未迁移任何数据。`,
  nothingToMove: (database: string) => `${database} 中没有台账。请检查第一个地址。未迁移任何数据。`,
  openElsewhere: (database: string) =>
    `其他程序正在使用 ${database}。请停止机器人的所有实例以及其他读取台账的程序，然后重新运行。未迁移任何数据。`,
  holdsLeases: (database: string, seconds: number) =>
    `机器人的某个实例正在使用 ${database}，或刚刚中断。请停止所有实例，等待 ${seconds} 秒后重新运行。未迁移任何数据。`,
  otherData: (database: string, table: string) =>
    `${database} 中已有与来源不同的数据，首先出现在表 ${table} 中。它可能是另一个机器人的台账，也可能是迁移后又继续使用的本台账。如仍要迁移到该库，请先将其清空。未迁移任何数据。`,
  failed: (why: string) => `迁移失败（${why}）。目标数据库保持原样，问题解决后请重新运行。`,
};
