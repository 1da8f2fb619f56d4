/** What `npm run audit` says in the terminal, in Chinese. */
import type { Texts } from "../en/catalogue.ts";

const backup = "请与更早的台账备份比对。";

export const audit: Texts["audit"] = {
  usage:
    "npm run audit 用于校验审计记录。npm run audit -- --expect HASH 还会检查此前某次校验输出的哈希（64 位十六进制）是否仍在其中。",
  noTrail: "DATABASE_URL 指定的数据库中没有审计记录。请检查地址；机器人启动时会建立审计记录。",
  cannotRead: (why) => `无法读取审计记录（${why}）。请解决后重新运行。`,
  request: (id) => `申请 ${id}`,
  intact: (sealed, newest) =>
    sealed === 0
      ? "审计记录完整，尚无已封存的事件。"
      : `审计记录完整：已封存 ${sealed} 条事件。请将最新哈希另行保存，供 --expect 使用：${newest}`,
  tail: (unsealed, next) =>
    unsealed === 0 || next === undefined
      ? "没有等待封存的事件。"
      : `尚有 ${unsealed} 条最新事件未封存，其中第一条为 ${next}。机器人运行时会在数秒内封存。`,
  changed: (position, event) =>
    `审计记录被篡改：位置 ${position} 的 ${event} 与其封存哈希不符。该事件或其哈希被改动，或紧接其前有事件被插入或删除。${backup}`,
  inserted: (position, event) => `审计记录被篡改：位置 ${position} 的 ${event} 是插入的。${backup}`,
  removed: (position, seq, before) =>
    `审计记录被篡改：位置 ${position} 的事件 #${seq} 已被删除${before === undefined ? "" : `，其前一条为 ${before}`}。${backup}`,
  sealRemoved: (position, before) =>
    `审计记录被篡改：位置 ${position} 的内容已被删除${before === undefined ? "" : `，其前一条为 ${before}`}。${backup}`,
  unaccounted: (event) =>
    `审计记录被篡改：${event} 是插入的，或其封存哈希已被删除；它既未封存，也不在等待封存之列。${backup}`,
  removedUnsealed: (seq) => `审计记录被篡改：尚未封存的事件 #${seq} 已被删除。${backup}`,
  notTheChain: (sealed, expected) =>
    `审计记录被篡改：现有的 ${sealed} 个哈希中没有 ${expected}，记录已被截断或重写，或该哈希属于另一个台账。${backup}`,
};
