/** Output of `npm run audit`, `npm run move` and `npm run texts`, in Chinese. */
import type { Texts } from "../../en/catalogue.ts";

const compare = "请与更早的台账备份比对。";

export const audit: Texts["audit"] = {
  usage:
    "npm run audit 用于校验审计记录。npm run audit -- --expect HASH 还会检查此前某次校验输出的哈希（64 位十六进制）是否仍在其中。",
  noLedger: (file) => `${file} 处没有台账。请检查 DATABASE_URL。`,
  expectsNothing:
    "64 个 0 表示尚无已封存的事件，任何审计记录都包含它。请在 --expect 后填写此前某次校验输出的最新哈希。",
  noTrail: "DATABASE_URL 指定的数据库中没有审计记录。请检查地址；机器人启动时会建立审计记录。",
  cannotRead: (why) => `无法读取审计记录（${why}）。请解决后重新运行。`,
  request: (id) => `申请 ${id}`,
  event: (seq, facts) => `#${seq}（${facts.join("，")}）`,
  intact: (sealed, newest) =>
    sealed === 0
      ? "审计记录完整，尚无已封存的事件。"
      : `审计记录完整：已封存 ${sealed} 条事件。请将最新哈希另行保存，供 --expect 使用：${newest}`,
  tail: (unsealed, next) =>
    unsealed === 0 || next === undefined
      ? "没有等待封存的事件。"
      : `尚有 ${unsealed} 条最新事件未封存，其中第一条为 ${next}。机器人运行时会在数秒内封存。`,
  changed: (position, event) =>
    `审计记录被篡改：位置 ${position} 的 ${event} 与其封存哈希不符。该事件或其哈希被改动，或紧接其前有事件被插入或删除。${compare}`,
  inserted: (position, event) => `审计记录被篡改：位置 ${position} 的 ${event} 是插入的。${compare}`,
  removed: (position, seq, before) =>
    `审计记录被篡改：位置 ${position} 的事件 #${seq} 已被删除${before === undefined ? "" : `，其前一条为 ${before}`}。${compare}`,
  sealRemoved: (position, before) =>
    `审计记录被篡改：位置 ${position} 的内容已被删除${before === undefined ? "" : `，其前一条为 ${before}`}。${compare}`,
  unaccounted: (event) =>
    `审计记录被篡改：${event} 是插入的，或其封存哈希已被删除；它既未封存，也不在等待封存之列。${compare}`,
  removedUnsealed: (seq) => `审计记录被篡改：尚未封存的事件 #${seq} 已被删除。${compare}`,
  notTheChain: (sealed, expected) =>
    `审计记录被篡改：现有的 ${sealed} 个哈希中没有 ${expected}，记录已被截断或重写，或该哈希属于另一个台账。${compare}`,
  maybePruned: (expected) =>
    `审计记录现有的哈希中没有 ${expected}。如果它早于 RETAIN 的期限，则对应的事件已清理，请改用更新的哈希重新运行；否则记录已被截断或重写，或该哈希属于另一个台账。${compare}`,
  pruned: (count) => `其中 ${count} 条事件已按 RETAIN 清理，审计记录中的检查点可以证明。`,
  checkpointDiffers: (event) => `审计记录被篡改：${event} 与随其清理的位置不符。${compare}`,
  notPruned: (position) =>
    `审计记录被篡改：从位置 ${position} 起有事件被删除，没有检查点证明它们是被清理的。${compare}`,
  compared: (requests) => `台账与审计记录一致：已比对角色授权、商户名录和 ${requests} 个申请。`,
  differs: (differences) =>
    `台账与审计记录有 ${differences} 处不一致：有人直接改动过数据库，或机器人存在缺陷。${compare}`,
  difference: (subject, field, found, expected) =>
    `${subject}：${field}，台账中为 ${found ?? "（无）"}，按审计记录应为 ${expected ?? "（无）"}。`,
  subject: {
    request: (id) => `申请 ${id}`,
    operation: (id) => `操作 ${id}`,
    grant: (id) => `授权 ${id}`,
    directory: () => "商户名录",
    approval: (id) => `批准 ${id}`,
    event: (event) => `事件 ${event}`,
  },
  signed: "所有事件、授权和批准都有 LEDGER_KEY 下的有效 MAC。",
  unsigned: (subject) => `${subject}：LEDGER_KEY 下的 MAC 缺失或不符。`,
  forged: (count) => `有 ${count} 个 MAC 缺失或不符：有人在没有机器人密钥的情况下写入了数据库。${compare}`,
  notSigned: "台账未签名，没有需要校验的 MAC。",
  needsKey:
    "台账已签名，但未设置 LEDGER_KEY：不校验 MAC，就无法辨别伪造的事件、授权和批准。请将 LEDGER_KEY 设为台账的密钥，然后重新运行。",
  fields: {
    action: "动作（action）",
    object: "操作对象（object）",
    scene: "支付场景（scene）",
    requested_by: "申请人（requested_by）",
    requested_at: "申请时间（requested_at）",
    state: "状态（state）",
    decided_by: "审批人（decided_by）",
    decided_at: "审批时间（decided_at）",
    decision_reason: "拒绝原因（decision_reason）",
    stopped_by: "停止人（stopped_by）",
    stopped_at: "停止时间（stopped_at）",
    broke_glass: "紧急放行（broke_glass）",
    round: "轮次（round）",
    total: "总数（total）",
    open: "未完成数（open）",
    succeeded: "成功数（succeeded）",
    failed: "失败数（failed）",
    uncertain: "结果不确定数（uncertain）",
    cancelled: "取消数（cancelled）",
    retried: "重试数（retried）",
    approvals_needed: "须批准人数（approvals_needed）",
    reason: "原因（reason）",
    decisions: "审批次数（decisions）",
    sub_mchid: "特约商户号（sub_mchid）",
    left_out_by: "剔除人（left_out_by）",
    topic: "失败原因（topic）",
    terms: "授权条件（terms）",
    expires_at: "到期时间（expires_at）",
    attempt: "调用 attempt",
    left_out: "剔除数（left_out）",
    entries: "商户数（entries）",
    digest: "摘要（digest）",
    imported_by: "导入人（imported_by）",
    imported_at: "导入时间（imported_at）",
    "approval of": "批准人",
  },
  sha256: "（SHA-256）",
};

export const ledgerKey: Texts["ledgerKey"] = {
  usage:
    "npm run ledger-key -- enable 用 LEDGER_KEY 为台账签名；npm run ledger-key -- change 将 LEDGER_KEY_OLD 中的密钥更换为 LEDGER_KEY；npm run ledger-key -- disable 删除用 LEDGER_KEY 生成的 MAC。请先停止机器人的所有实例。",
  needsKey: (variable) => `请设置 ${variable}（至少 32 字节）或 ${variable}_FILE，然后重新运行。`,
  noLedger: (file) => `${file} 处没有台账。请检查 DATABASE_URL。`,
  cannotOpen: (why) => `${why}密钥未更改。`,
  usedBy: {
    program: "台账正被其他程序打开。请停止机器人的所有实例和其他读取台账的程序，然后重新运行。",
    session:
      "有其他程序正连接着台账。请停止机器人的所有实例和其他使用台账的命令，然后重新运行。如果已无程序在使用，则是连接池仍保留着旧版本的会话，请将其关闭（PgBouncer：在管理控制台执行 RECONNECT）。",
    instance: (seconds) => `机器人的某个实例正在使用台账，或刚刚中断。请停止所有实例，等待 ${seconds} 秒后重新运行。`,
  },
  sameAlready: "LEDGER_KEY 已是台账的密钥。未作任何改动。",
  changedAlready:
    "LEDGER_KEY 已是台账的密钥。未作任何改动。如果它是要更换的旧密钥，请对调 LEDGER_KEY 与 LEDGER_KEY_OLD。",
  enabledAlready: "台账已有密钥。更换密钥请运行：npm run ledger-key -- change",
  notEnabled: "台账尚无密钥。启用请运行：npm run ledger-key -- enable",
  otherKey: (variable) => `${variable} 不是台账的密钥。未作任何改动。`,
  differs: "台账与审计记录不一致。请运行 npm run audit 查看，未作任何改动。",
  failed: (why) => `台账密钥未更改（${why}）。`,
  enabled: "事件、授权和批准现已带有 MAC。请在机器人的配置中保留 LEDGER_KEY，然后启动机器人。",
  changed: "所有 MAC 已用新密钥生成。请删除 LEDGER_KEY_OLD，然后启动机器人。",
  disabled: "MAC 已删除。请从机器人的配置中去掉 LEDGER_KEY，然后启动机器人。",
};

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
  same: "两个地址指向同一个数据库。请将要迁移到的数据库写在第二位。未迁移任何数据。",
  cannotOpen: (why: string) => `${why}未迁移任何数据。`,
  nothingToMove: (database: string) => `${database} 中没有台账。请检查第一个地址。未迁移任何数据。`,
  usedBy: {
    program: (database) =>
      `其他程序正在使用 ${database}。请停止机器人的所有实例以及其他读取台账的程序，然后重新运行。未迁移任何数据。`,
    session: (database) =>
      `有其他程序正连接着 ${database}。请停止机器人的所有实例和其他使用台账的命令，然后重新运行。如果已无程序在使用，则是连接池仍保留着旧版本的会话，请将其关闭（PgBouncer：在管理控制台执行 RECONNECT）。未迁移任何数据。`,
    instance: (database, seconds) =>
      `机器人的某个实例正在使用 ${database}，或刚刚中断。请停止所有实例，等待 ${seconds} 秒后重新运行。未迁移任何数据。`,
  },
  otherData: (database: string, table: string) =>
    `${database} 中已有与来源不同的数据，首先出现在表 ${table} 中。它可能是另一个机器人的台账，也可能是迁移后又继续使用的本台账。如仍要迁移到该库，请先将其清空。未迁移任何数据。`,
  failed: (why: string) => `迁移失败（${why}）。目标数据库保持原样，问题解决后请重新运行。`,
};

export const proofreading: Texts["proofreading"] = {
  usage: "请指定要显示的语言：npm run texts -- en 或 npm run texts -- zh-CN。",
  screens: {
    request: "申请消息",
    dialogs: "按钮与确认框",
    thread: "申请的消息列与文件",
    guidance: "各种结果的说明",
    forms: "表单",
    refusals: "仅本人可见的答复：拒绝操作",
    answers: "仅本人可见的答复：其他",
    usage: "仅本人可见的答复：命令有误",
    directMessages: "私信",
    help: "帮助",
    lists: "状态、历史与待审批",
    roles: "角色",
    home: "App Home 页面",
    app: "Slack 应用的清单",
    trail: "审计记录的导出",
    words: "可输入的词与标点",
    start: "启动时的错误",
    terminal: "终端命令",
  },
};

export const output: Texts["output"] = {
  unwritable: (why) => `输出无法写入（${why}），命令已就此结束。请检查磁盘或读取输出的程序，然后重新运行。`,
};
