/** Output of `npm run backup` and `npm run restore`, in Chinese. */
import type { Texts } from "../../en/catalogue.ts";

export const backup: Texts["backup"] = {
  usage: "npm run backup -- 文件 将 DATABASE_URL 的台账复制到新文件并校验副本。机器人可以同时运行。",
  postgres: "DATABASE_URL 指向 PostgreSQL 数据库，请使用 PostgreSQL 自带的工具备份，例如 pg_dump。",
  noLedger: (file) => `${file} 处没有台账。请检查 DATABASE_URL。未备份任何数据。`,
  exists: (file) =>
    `${file} 或 SQLite 在其旁边保存的文件（-wal、-shm 或 -journal）已存在，未作改动。请指定新的文件名。`,
  sideFile: (file) => `${file} 是 SQLite 为旁边的数据库保存的文件的名称。未作任何改动。请指定其他文件名。`,
  cannotOpen: (why) => `${why}未备份任何数据。`,
  unwritable: (file, why) => `备份无法写入 ${file}（${why}）。请检查所在目录是否存在、是否可写。未备份任何数据。`,
  damaged: (why) => `副本已损坏，台账很可能也已损坏（${why}）。未保留备份，请保留此前的备份并检查磁盘。`,
  failed: (why) => `台账备份失败（${why}）。未保留任何文件。`,
  done: (file, bytes, sealed, newest) =>
    `台账已备份到 ${file}（${bytes} 字节）。SQLite 检查通过，审计记录完整：已封存 ${sealed} 条事件${sealed === 0 ? "。" : `，最新哈希为 ${newest}`}`,
  notIntact: (file) => `台账已备份到 ${file}，但其审计记录不完整。请运行 npm run audit，并保留此前的备份。`,
  noTrail: (file) => `${file} 中的副本没有审计记录：机器人从未在该数据库上运行。请检查 DATABASE_URL。`,
  notNoted: (why) => `机器人的监控指标不会显示本次备份（${why}）。备份本身不受影响。`,
  unverified: (file, why) => `台账已备份到 ${file}，但无法校验副本：${why}`,
};

export const restore: Texts["restore"] = {
  usage: "npm run restore -- 文件 用备份替换 DATABASE_URL 指定的台账。请先停止机器人的所有实例。",
  postgres:
    "DATABASE_URL 指定的是 PostgreSQL 数据库。请用 PostgreSQL 自带的工具恢复。如果备份早于 STALE_AFTER，机器人下次启动时会搁置此前批准的操作；如果备份较新，请以 STALE_AFTER=1m 启动机器人。",
  sameFile: "备份与 DATABASE_URL 指定的台账是同一个文件。未作任何更改。",
  noBackup: (file) => `${file} 处没有备份。未作任何更改。`,
  unreadable: (file, why) => `无法读取备份 ${file}（${why}）。请检查路径和权限。未作任何更改。`,
  noTrail: (file) => `${file} 不是本机器人的台账。未作任何更改。`,
  damaged: (file, why) => `备份 ${file} 已损坏（${why}）。请使用更早的备份。未作任何更改。`,
  notIntact: (file) => `备份 ${file} 的审计记录不完整。请使用更早的备份；npm run audit 会指出问题所在。未作任何更改。`,
  inUse: (file) =>
    `其他程序正在使用 ${file}。请停止机器人的所有实例以及其他读取台账的程序，然后重新运行。未作任何更改。`,
  cannotOpen: (why) => `${why}未作任何更改。`,
  ledgerKey: {
    missing: (file) =>
      `备份 ${file} 已签名，但未设置 LEDGER_KEY。请将其设为备份时台账的密钥，然后重新运行。未作任何更改。`,
    other: (file) =>
      `备份 ${file} 不是用 LEDGER_KEY 签名的。请将 LEDGER_KEY 设为备份时台账的密钥，然后重新运行。未作任何更改。`,
    "not-enabled": (file) =>
      `备份 ${file} 未签名，但设置了 LEDGER_KEY。请去掉 LEDGER_KEY 后重新运行，再为恢复的台账签名：npm run ledger-key -- enable。未作任何更改。`,
  },
  failed: (why) => `恢复失败（${why}）。请解决后重新运行。未作任何更改。`,
  restored: (from, to) => `备份 ${from} 已成为台账 ${to}，可以启动机器人。`,
  aside: (file) => `原台账保留为 ${file}。`,
  updated: (step) =>
    `该备份由较旧版本的机器人生成（结构止于步骤 ${step}）。台账的结构现已更新，旧版本无法再打开该台账；备份文件未改动。如需回退到旧版本，请参阅 .github/docs/operating.md 的 Upgrades 一节。`,
  held: (operations, requests) =>
    operations === 0
      ? "其中没有已批准而未完成的操作，无需搁置。"
      : `已搁置 ${requests} 个申请中已批准而未完成的 ${operations} 笔操作。审批人在申请消息中点击“继续执行”之前，机器人不会为其调用微信支付接口。`,
  undecided: (count) => (count === 0 ? "没有待审批的申请。" : `仍有 ${count} 个申请待审批。`),
  lost: "备份之后的内容不在该台账中，包括当时的结果、决定和角色。继续执行之前，请先核对。",
};
