import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Holder } from "../../../src/domain/grant.ts";
import type { Role } from "../../../src/domain/policy.ts";
import { type Command, type CommandProblem, parseCommand } from "../../../src/parsing/command/command.ts";
import { restrictionMax } from "../../../src/parsing/command/grant-terms.ts";
import { reasonMax } from "../../../src/parsing/command/open-close.ts";
import { typedText } from "../../../src/parsing/slack-text.ts";

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const ann = { kind: "user", id: "U0ANN" } as const;
const support = { kind: "group", id: "S1" } as const;
const granted = (holder: Holder, role: Role, forMs?: number, only?: string[]): Command => ({
  kind: "grant",
  holder,
  role,
  forMs,
  only,
});
const revoked = (holder: Holder, role: Role): Command => ({ kind: "revoke", holder, role });

const open = (subMchids: string | string[], reason?: string): Command => ({
  kind: "change",
  action: "OPEN",
  named: undefined,
  subMchids: [subMchids].flat(),
  reason,
});
const labelled = (subMchids: string[], names: string[], reason?: string): Command => ({
  kind: "change",
  action: "OPEN",
  named: undefined,
  subMchids,
  reason,
  labels: Object.fromEntries(names.map((name, nth) => [subMchids[nth], name])),
});
const secondNumber = (second: string, reason = second): CommandProblem => ({
  problem: "second-number",
  verb: "open",
  first: "1900000109",
  second,
  numbers: ["1900000109"],
  reason,
  hasTicket: false,
});
const close = (subMchid: string): Command => ({
  kind: "change",
  action: "CLOSE",
  named: undefined,
  subMchids: [subMchid],
  reason: undefined,
});
const two = ["1900000109", "1900000110"];

/** In Beijing it begins 8 hours before it does in UTC. */
const firstOfNovember = { kind: "day", startsAt: Date.UTC(2026, 9, 31, 16) } as const;
const everyFilter: Command = {
  kind: "history",
  subMchid: "1900000109",
  requestedBy: "U0ANN",
  action: "OPEN",
  failed: true,
  withinMs: 7 * dayMs,
};

describe("a command is understood", () => {
  const rows: [typed: string, command: Command][] = [
    ["", { kind: "form" }],
    ["   ", { kind: "form" }],
    ["?", { kind: "help" }],
    ["？", { kind: "help" }],
    ["help", { kind: "help" }],
    ["help me please", { kind: "help" }],
    ["open 1900000109", open("1900000109")],
    ["close 1900000109", close("1900000109")],
    ["  OPEN   1900000109   new store ", open("1900000109", "new store")],
    ["ｏｐｅｎ 1900000109", open("1900000109")],
    ["open 1", open("1")],
    [`open ${"9".repeat(32)}`, open("9".repeat(32))],
    ["open １９０００００１０９", open("1900000109")],
    ["open\u00a01900000109", open("1900000109")],
    ["open 1900\u200b000109", open("1900000109")],
    ["open `1900000109`", open("1900000109")],
    ["open “1900000109”", open("1900000109")],
    ["open 1900000109, new store", open("1900000109", "new store")],
    ["open <tel:1900000109|1900000109>", open("1900000109")],
    ["open 1900000109 contract 4711", open("1900000109", "contract 4711")],
    ["open 1900000109 two\nlines", open("1900000109", "two\nlines")],
    [`open 1900000109 ${"x".repeat(reasonMax)}`, open("1900000109", "x".repeat(reasonMax))],
    ["open 1900000109 1900000110", open(two)],
    ["open \u200b 1900000109 \u202e 1900000110", open(two)],
    ["open 1900000109 1900000110 spring campaign", open(two, "spring campaign")],
    ["open 1900000109,1900000110 spring campaign", open(two, "spring campaign")],
    ["open 1900000109, 1900000110, 1900000111", open([...two, "1900000111"])],
    ["open 1900000109，1900000110", open(two)],
    ["open 1900000109\n1900000110\n1900000111 all of them", open([...two, "1900000111"], "all of them")],
    ["open 1900000109 1900000110 1900000109", open(two)],
    ["open 1900000109 <tel:1900000110|1900000110>", open(two)],
    ["open 1900000109\u00a01900000110", open(two)],
    ["open 1900000109 １９０００００１１０", open(two)],
    ["open 1900000109 and 1900000110", open(two)],
    ["open 1900000109! moved", open("1900000109", "moved")],
    ["open 张三（1900000109） 新店", labelled(["1900000109"], ["张三"], "新店")],
    ["open 张三（1900000109）、李四（1900000110）", labelled(two, ["张三", "李四"])],
    ["open 张三（1900000109） 李四(1900000110) moved", labelled(two, ["张三", "李四"], "moved")],
    ["open 1900000109（张三）、1900000110", labelled(two, ["张三"])],
    ["开通1900000109新店开业 旺角", open("1900000109", "新店开业 旺角")],
    ["开通 1900000109，原因：新店开业", open("1900000109", "原因：新店开业")],
    ["开通 1900000109，1900000110，新店开业", open(two, "新店开业")],
    ["开通：1900000109 新店开业", open("1900000109", "新店开业")],
    ["開通 1900000109 新開業", open("1900000109", "新開業")],
    ["開通1900000109", open("1900000109")],
    ["開通：1900000109", open("1900000109")],
    ["/receipt open 1900000109 new store", open("1900000109", "new store")],
    ["open for merchant 1900000109 new store", open("1900000109", "new store")],
    ["open sub_mchid: 1900000109", open("1900000109")],
    ["开通商户 1900000109", open("1900000109")],
    ["open: 1900000109", open("1900000109")],
    ["open 1900000109、1900000110新店（旺角）", open(two, "新店（旺角）")],
    ["open 和平店（1900000109）", labelled(["1900000109"], ["和平店"])],
    [
      "open 深圳市福田区喜茶餐饮管理有限公司（1900000109）、北京市朝阳区李四火锅店（1900000110）、1900000111 春季活动",
      labelled([...two, "1900000111"], ["深圳市福田区喜茶餐饮管理有限公司", "北京市朝阳区李四火锅店"], "春季活动"),
    ],
    ["grant <@U0ANN> requester for 张三（1900000109）、1900000110", granted(ann, "requester", undefined, two)],
    ["status 张三（1900000109）", { kind: "status", subMchid: "1900000109" }],
    ["open 1900000109, 1900000110 and 1900000111 moved", open([...two, "1900000111"], "moved")],
    ["open 1900000109 &amp; 1900000110", open(two)],
    ["open 1900000109 和 1900000110", open(two)],
    ["open 1900000109和1900000110 新店", open(two, "新店")],
    ["open 1900000109 与1900000110、1900000111 以及 1900000112", open([...two, "1900000111", "1900000112"])],
    ["open 1900000109 及 \u202e1900000110", open(two)],
    ["open 1900000109、 1900000110", open(two)],
    ["open\n```\n1900000109\n1900000110\n```", open(two)],
    ["open\n1. 1900000109\n2. 1900000110", open(two)],
    ["open\n• 1900000109\n• 1900000110", open(two)],
    ["open - 1900000109\n- 1900000110\n- spring campaign", open(two, "- spring campaign")],
    ["open 1900000109 \u200b\u2060\u00ad\u3164", open("1900000109")],
    ["open 1900000109 up 50%…", open("1900000109", "up 50%…")],
    ["open 1900000109 提升50%", open("1900000109", "提升50%")],
    ["open 1900000109 活动2024…", open("1900000109", "活动2024…")],
    ["open 1900000109 for INC0012345", open("1900000109", "for INC0012345")],
    ["open 1900000109 GMV 12,500,000", open("1900000109", "GMV 12,500,000")],
    ["open 1900000109 , 1900000110", open(two)],
    ["open 1900000109。 新店", open("1900000109", "新店")],
    ["open 1900000109 合同和4711", open("1900000109", "合同和4711")],
    ["open 1900000109 and the other shop", open("1900000109", "and the other shop")],
    ["open 商户号：1900000109 sub_mchid=1900000110", open(two)],
    ["open 甲店（1900000109） 乙店（1900000109） 甲店（1900000109）", labelled(["1900000109"], ["甲店 / 乙店"])],
    ["open 1900000109 contract 4711 and 4712", open("1900000109", "contract 4711 and 4712")],
    ...[
      "see OPS-4711 and #4712",
      "opens 20261128, tel. 13800138000",
      "from 2026-11-28 to 2026-12-05",
      "活动 20261128-20261205",
      "order no. 1900000110",
      "订单号 1900000110",
      "订单号1900000110 退款",
      "请致电 400-800-1234",
      "order 4200001234567890123456789012",
      "all shops except 4711",
      "do not close later",
      "暂不关闭",
      "营业额 12345678",
    ].map((reason): [string, Command] => [`open 1900000109 ${reason}`, open("1900000109", reason)]),
    ["roles", { kind: "roles", of: undefined }],
    ["roles <@U0ANN|ann>", { kind: "roles", of: ann }],
    ["roles <!subteam^S1|@support>", { kind: "roles", of: support }],
    ["grant <@U0ANN> requester", granted(ann, "requester")],
    ["grant <@W0ANN|ann> Approver", granted({ kind: "user", id: "W0ANN" }, "approver")],
    ["grant <!subteam^S1|@support> requester", granted(support, "requester")],
    ["grant <!subteam^S1> requester", granted(support, "requester")],
    ["revoke <@U0ANN|ann of sales> admin", revoked(ann, "admin")],
    ["revoke <!subteam^S1|@support> approver", revoked(support, "approver")],
    ["grant <@U0ANN> approver for 8h", granted(ann, "approver", 8 * hourMs)],
    ["grant <@U0ANN> approver for 30m", granted(ann, "approver", hourMs / 2)],
    ["grant <@U0ANN> approver for 1d12h", granted(ann, "approver", 36 * hourMs)],
    ["grant <@U0ANN> approver FOR １ｄ 12H", granted(ann, "approver", 36 * hourMs)],
    ["grant <@U0ANN> approver for 365d", granted(ann, "approver", 365 * dayMs)],
    [
      "grant <@U0ANN> requester for 1900000109,1900000110",
      granted(ann, "requester", undefined, ["1900000109", "1900000110"]),
    ],
    [
      "grant <@U0ANN> requester for 1900000109， `19000*` 1900000109",
      granted(ann, "requester", undefined, ["1900000109", "19000*"]),
    ],
    [
      "grant <@U0ANN> requester for <tel:1900000109|1900000109>,1900000110",
      granted(ann, "requester", undefined, ["1900000109", "1900000110"]),
    ],
    ["grant <@U0ANN> requester for 19000* for 8h", granted(ann, "requester", 8 * hourMs, ["19000*"])],
    ["grant <@U0ANN> requester for 8h for １９＊", granted(ann, "requester", 8 * hourMs, ["19*"])],
    ["status 1900000109", { kind: "status", subMchid: "1900000109" }],
    ["状态 １９０００００１０９", { kind: "status", subMchid: "1900000109" }],
    ["history", { kind: "history" }],
    ["history #1042", { kind: "request", number: 1042 }],
    ["历史 ＃１０４２", { kind: "request", number: 1042 }],
    ["status #1042", { kind: "request", number: 1042 }],
    ...[
      "#1042.",
      "（#1042）",
      "(#1042)",
      "*#1042*",
      "# 1042",
      "＃1042",
      "“#1042”。",
      "#1042号",
      "1042号",
      " `#1042` ",
    ].flatMap((named): [string, Command][] => [
      [`status ${named}`, { kind: "request", number: 1042 }],
      [`历史 ${named}`, { kind: "request", number: 1042 }],
    ]),
    ["history 1900000109", { kind: "history", subMchid: "1900000109" }],
    ["history <@U0ANN|ann of sales>", { kind: "history", requestedBy: "U0ANN" }],
    ["history Close", { kind: "history", action: "CLOSE" }],
    ["history failed", { kind: "history", failed: true }],
    ["history 12h", { kind: "history", withinMs: 12 * 3_600_000 }],
    ["history 7d <@U0ANN> failed 1900000109 open", everyFilter],
    ["history open 1900000109 failed <@U0ANN> 7d", everyFilter],
    ["历史 7天 开通 失败 <@U0ANN> 1900000109", everyFilter],
    ["notify", { kind: "notify", notify: undefined }],
    ["notify on", { kind: "notify", notify: "on" }],
    ["NOTIFY ｏｆｆ ", { kind: "notify", notify: "off" }],
    ["通知", { kind: "notify", notify: undefined }],
    ["通知 开", { kind: "notify", notify: "on" }],
    ["notify 关", { kind: "notify", notify: "off" }],
    ["通知 off", { kind: "notify", notify: "off" }],
    ["pending", { kind: "pending" }],
    ["待审批", { kind: "pending" }],
    ["find 火锅", { kind: "find", text: "火锅" }],
    ["查找火锅", { kind: "find", text: "火锅" }],
    ["find “KFC &amp; 火锅（二店）”", { kind: "find", text: "KFC & 火锅（二店）" }],
    ["find 0109", { kind: "find", text: "0109" }],
    ["status 蓝海火锅", { kind: "status-of-name", name: "蓝海火锅" }],
    ["状态 85度C 火车站店", { kind: "status-of-name", name: "85度C 火车站店" }],
    ["names", { kind: "names" }],
    ["名录", { kind: "names" }],
    ["export", { kind: "export", from: undefined, to: undefined }],
    ["export 30d", { kind: "export", from: { kind: "ago", ms: 30 * dayMs }, to: undefined }],
    ["export 2026-11-01", { kind: "export", from: firstOfNovember, to: undefined }],
    ["export 2026/11/1 7d", { kind: "export", from: firstOfNovember, to: { kind: "ago", ms: 7 * dayMs } }],
    ["导出 2026年11月1日 ２０２６－１１－０１", { kind: "export", from: firstOfNovember, to: firstOfNovember }],
    ["开通 1900000109 新店", open("1900000109", "新店")],
    ["关闭 １９０００００１０９", close("1900000109")],
    ["开通1900000109 新店", open("1900000109", "新店")],
    ["关闭１９０００００１０９", close("1900000109")],
    ["开通<tel:1900000109|1900000109>", open("1900000109")],
    ["状态1900000109", { kind: "status", subMchid: "1900000109" }],
    ["历史7天", { kind: "history", withinMs: 7 * dayMs }],
    ["open1900000109", open("1900000109")],
    ["授予 <@U0ANN> 审批人", granted(ann, "approver")],
    ["授予 <@U0ANN> 申请人 限 19000* 限 1天12小时", granted(ann, "requester", 36 * hourMs, ["19000*"])],
    ["授予 <@U0ANN> 审批人 限 90 分钟", granted(ann, "approver", 1.5 * hourMs)],
    ["收回 <@U0ANN> admin", revoked(ann, "admin")],
    ["角色", { kind: "roles", of: undefined }],
    ["角色 <@U0ANN>", { kind: "roles", of: ann }],
    ["帮助", { kind: "help" }],
    ["幫助", { kind: "help" }],
  ];
  for (const [typed, command] of rows) {
    test(JSON.stringify(typed).slice(0, 70), () => assert.deepEqual(parseCommand(typed), { ok: true, command }));
  }
});

describe("a command is refused with its problem", () => {
  const rows: [typed: string, problem: CommandProblem][] = [
    ["open", { problem: "no-number", verb: "open" }],
    ["close   ", { problem: "no-number", verb: "close" }],
    ["open abc", { problem: "not-digits", verb: "open", text: "abc", wrong: undefined }],
    [
      "open 19000001O9",
      { problem: "not-digits", verb: "open", text: "19000001O9", wrong: { character: "O", place: 9 } },
    ],
    ["open -", { problem: "not-digits", verb: "open", text: "-", wrong: undefined }],
    ["open 一九〇〇", { problem: "not-digits", verb: "open", text: "一九〇〇", wrong: undefined }],
    [`open ${"1".repeat(33)}`, { problem: "too-long", verb: "open", digits: 33 }],
    ...[
      ["open 1900 000 109", "1900 000 109"],
      ["open 1900 000 109 moved", "1900 000 109"],
      ["open 1900\u00a0000\u00a0109 moved", "1900\u00a0000\u00a0109"],
      ["open 1,900,000,109", "1,900,000,109"],
      ["open 1900.000.109 moved", "1900.000.109"],
      ["open <tel:+1900000109|1900-000-109> from my phone", "1900-000-109"],
      ["open 1900000110 1900-000-109", "1900-000-109"],
      ["status 1900\u00a0000\u00a0109", "1900\u00a0000\u00a0109"],
      ["history 7d 1900 000 109", "1900 000 109"],
      ["grant <@U0ANN> requester for 1900000110 and 1,900,000,109", "1,900,000,109"],
    ].map(([typed = "", text = ""]): [string, CommandProblem] => [
      typed,
      { problem: "grouped", verb: typed.split(" ")[0] as "open", text, joined: "1900000109" },
    ]),
    [
      "open 1900000109 旧号1900000110",
      { problem: "number-in-reason", verb: "open", first: "1900000109", second: "1900000110" },
    ],
    ...["12345678元", "1900008042元", "1900008042人民币"].map((text): [string, CommandProblem] => [
      `open ${text}`,
      { problem: "not-digits", verb: "open", text, wrong: undefined },
    ]),
    ["open 合同4711", { problem: "not-digits", verb: "open", text: "合同4711", wrong: undefined }],
    ["open 1900000109 4711", secondNumber("4711")],
    ["open 1900000109 2026-11-25 opening", secondNumber("2026-11-25", "2026-11-25 opening")],
    ["open 1900000109 13800138000", secondNumber("13800138000")],
    [
      "open 1900000109 19000001O0",
      { problem: "not-digits", verb: "open", text: "19000001O0", wrong: { character: "O", place: 9 } },
    ],
    ["open 1900000109-1900000110", { problem: "range", verb: "open", text: "1900000109-1900000110" }],
    ["open 1900000109 1900000110–1900000111", { problem: "range", verb: "open", text: "1900000110–1900000111" }],
    ...["-", "—", "~", "至", "到", "to"].map((sign): [string, CommandProblem] => [
      `open 1900000109 ${sign} 1900000110 新店`,
      { problem: "range", verb: "open", text: `1900000109 ${sign} 1900000110` },
    ]),
    ["open 除1900000109外", { problem: "excepted", verb: "open", text: "1900000109" }],
    ["open 1900000109 除外", { problem: "excepted", verb: "open", text: "1900000109" }],
    ["open 1900000109 all but 1900000110", { problem: "excepted", verb: "open", text: "1900000110" }],
    ["open 订单号1900000109", { problem: "other-label", verb: "open", text: "1900000109", label: "订单号" }],
    ["status #1042 #1043", { problem: "too-much", verb: "status", text: "#1043" }],
    [
      "grant <@U0ANN> requester for 1900000109 - 1900000111",
      { problem: "range", verb: "grant", text: "1900000109 - 1900000111" },
    ],
    ["grant <@U0ANN> requester for 1900000109、022", { problem: "abbreviated", verb: "grant", text: "022" }],
    ["grant <@U0ANN> requester for except 1900000109", { problem: "excepted", verb: "grant", text: "1900000109" }],
    ["open 1900000109–12 Nov", { problem: "several-numbers", verb: "open", text: "1900000109–12", joint: "–" }],
    ["open 1900000109 and 4711", secondNumber("4711")],
    [
      "open 1900000109 and 19000001O0",
      { problem: "not-digits", verb: "open", text: "19000001O0", wrong: { character: "O", place: 9 } },
    ],
    ["open 1900000109,shop", { problem: "not-digits", verb: "open", text: "shop", wrong: undefined }],
    ["open shop,1900000109", { problem: "not-digits", verb: "open", text: "shop", wrong: undefined }],
    ["open and 1900000109", { problem: "not-digits", verb: "open", text: "and", wrong: undefined }],
    ...[
      "new store and 1900000110",
      "new store AND (1900000110)",
      "new store &amp; 1900000110",
      "新店和1900000110",
      "新店，以及 １９０００００１１０",
      "moved from 1900000110",
      "see 1900000110",
      "名 1900000110 名",
      "新店,1900000110",
      "or 1900000110",
    ].map((reason): [string, CommandProblem] => [
      `open 1900000109 ${reason}`,
      { problem: "number-in-reason", verb: "open", first: "1900000109", second: "1900000110" },
    ]),
    ...[
      ["1,900,000,110", { problem: "grouped", text: "1,900,000,110", joined: "1900000110" }],
      ["1900 000 110", { problem: "grouped", text: "1900 000 110", joined: "1900000110" }],
      ["1.9E+09", { problem: "shortened", text: "1.9E+09" }],
      ["19O0000110", { problem: "not-digits", text: "19O0000110", wrong: { character: "O", place: 3 } }],
      ["١٩٠٠٠٠٠١١٠", { problem: "not-digits", text: "١٩٠٠٠٠٠١١٠", wrong: { character: "١", place: 1 } }],
      ["1900000110–112", { problem: "several-numbers", text: "1900000110–112", joint: "–" }],
      ["19000001*", { problem: "incomplete", text: "19000001*" }],
    ].map(([reason, problem]): [string, CommandProblem] => [
      `open 1900000109 new shop and ${reason}`,
      { verb: "open", ...(problem as object) } as CommandProblem,
    ]),
    [
      "open 1900000109 ①⑨⓪⓪⓪⓪⓪①①⓪",
      { problem: "not-digits", verb: "open", text: "①⑨⓪⓪⓪⓪⓪①①⓪", wrong: { character: "①", place: 1 } },
    ],
    ["open 19000*", { problem: "incomplete", verb: "open", text: "19000*" }],
    ["open 19000001* promo", { problem: "incomplete", verb: "open", text: "19000001*" }],
    ["open 1900****09", { problem: "incomplete", verb: "open", text: "1900****09" }],
    ["status 1001*", { problem: "incomplete", verb: "status", text: "1001*" }],
    ["history 1001*", { problem: "incomplete", verb: "history", text: "1001*" }],
    ["open 50%", { problem: "not-digits", verb: "open", text: "50%", wrong: undefined }],
    ["open <@U0ANN|ann>", { problem: "not-digits", verb: "open", text: "@ann", wrong: undefined }],
    ["open <#C0OPS|ops>", { problem: "not-digits", verb: "open", text: "#ops", wrong: undefined }],
    [
      `open 1 ${"x".repeat(reasonMax + 1)}`,
      { problem: "reason-too-long", verb: "open", length: reasonMax + 1, max: reasonMax },
    ],
    ["1900000109", { problem: "no-verb", subMchid: "1900000109" }],
    ["constructor 1", { problem: "unknown-verb", verb: "constructor" }],
    ["approve", { problem: "by-button", word: "approve", button: "approve" }],
    ["cancel #1042", { problem: "by-button", word: "cancel", button: "withdraw" }],
    ["/receipt approve", { problem: "unknown-verb", verb: "/receipt" }],
    ["拒絕#1042", { problem: "by-button", word: "拒絕#1042", button: "reject" }],
    ["取消1042", { problem: "by-button", word: "取消1042", button: "withdraw" }],
    ["同意#1042", { problem: "by-button", word: "同意#1042", button: "approve" }],
    ["Reject #1042 wrong shop", { problem: "by-button", word: "Reject", button: "reject" }],
    ["批准1042", { problem: "by-button", word: "批准1042", button: "approve" }],
    ["取消1900000109", { problem: "by-button", word: "取消1900000109", button: "withdraw" }],
    ["撤回：1900000109", { problem: "by-button", word: "撤回：1900000109", button: "withdraw" }],
    ["撤回#1042", { problem: "by-button", word: "撤回#1042", button: "withdraw" }],
    ["approve1042", { problem: "unknown-verb", verb: "approve1042" }],
    ["opne 1900000109", { problem: "unknown-verb", verb: "opne" }],
    ["status", { problem: "no-number", verb: "status" }],
    ["find", { problem: "no-text", verb: "find" }],
    ["find “。”", { problem: "no-text", verb: "find" }],
    ["names now", { problem: "too-much", verb: "names", text: "now" }],
    ["status 1900000109 now", { problem: "too-much", verb: "status", text: "now" }],
    [
      "status 19000001O9",
      { problem: "not-digits", verb: "status", text: "19000001O9", wrong: { character: "O", place: 9 } },
    ],
    ["history yesterday", { problem: "unknown-filter", verb: "history", text: "yesterday" }],
    ["history 0d", { problem: "not-a-span", verb: "history", text: "0d" }],
    ["history 30m", { problem: "not-a-span", verb: "history", text: "30m" }],
    ["history 2weeks", { problem: "not-a-span", verb: "history", text: "2weeks" }],
    ["history failed 3周", { problem: "not-a-span", verb: "history", text: "3周" }],
    ["history <!subteam^S1|@team>", { problem: "unknown-filter", verb: "history", text: "@team" }],
    ["history @ann", { problem: "unknown-filter", verb: "history", text: "@ann" }],
    ["history open close", { problem: "filter-twice", verb: "history", text: "close" }],
    ["history 1900000109 1900000110", { problem: "filter-twice", verb: "history", text: "1900000110" }],
    [`history ${"1".repeat(33)}`, { problem: "too-long", verb: "history", digits: 33 }],
    [
      "history 19000001O9",
      { problem: "not-digits", verb: "history", text: "19000001O9", wrong: { character: "O", place: 9 } },
    ],
    ["pending 1900000109", { problem: "too-much", verb: "pending", text: "1900000109" }],
    ["export yesterday", { problem: "not-a-moment", verb: "export", text: "yesterday" }],
    ["export 2026-11-31", { problem: "not-a-moment", verb: "export", text: "2026-11-31" }],
    ["export 2026-11-01 2026-13-01", { problem: "not-a-moment", verb: "export", text: "2026-13-01" }],
    ["export 60d 30d 7d", { problem: "too-much", verb: "export", text: "7d" }],
    ["grant", { problem: "no-person", verb: "grant" }],
    ["grant @ann approver", { problem: "not-a-person", verb: "grant", text: "@ann" }],
    ["grant <!here> approver", { problem: "not-a-person", verb: "grant", text: "@here" }],
    ["grant <#C1|ops> approver", { problem: "not-a-person", verb: "grant", text: "#ops" }],
    ["revoke <@U0ANN>", { problem: "no-role", verb: "revoke" }],
    ["grant <@U0ANN> king", { problem: "unknown-role", verb: "grant", text: "king" }],
    ["grant <@U0ANN> approver forever", { problem: "too-much", verb: "grant", text: "forever" }],
    ["revoke <@U0ANN> approver for 8h", { problem: "too-much", verb: "revoke", text: "for 8h" }],
    ["grant <@U0ANN> approver for 8h for 9h", { problem: "too-much", verb: "grant", text: "for 9h" }],
    ["grant <@U0ANN> requester for 19* for 18*", { problem: "too-much", verb: "grant", text: "for 18*" }],
    ["grant <@U0ANN> requester for 20261231", { problem: "unclear-terms", verb: "grant", text: "20261231" }],
    ["grant <@U0ANN> approver for 8h please", { problem: "unclear-terms", verb: "grant", text: "8h please" }],
    ...["", "8", "8s", "0h", "-8h", "8.5h", "h", "forever", "*", "19*00", "1900000109 8h", "8²h"].map(
      (text): [string, CommandProblem] => [
        `grant <@U0ANN> requester for ${text}`,
        { problem: "unclear-terms", verb: "grant", text },
      ],
    ),
    ["grant <@U0ANN> approver for 367d", { problem: "time-too-long", verb: "grant", text: "367d" }],
    ["grant <@U0ANN> approver for 999999999d", { problem: "time-too-long", verb: "grant", text: "999999999d" }],
    ["grant <@U0ANN> approver for 19000*", { problem: "not-restrictable", verb: "grant", role: "approver" }],
    [
      `grant <@U0ANN> requester for ${Array.from({ length: restrictionMax + 1 }, (_, i) => 190000 + i)}`,
      { problem: "too-many-numbers", verb: "grant", count: restrictionMax + 1, max: restrictionMax },
    ],
    ["notify maybe", { problem: "unknown-choice", verb: "notify", text: "maybe" }],
    ["notify <@U0ANN|ann>", { problem: "unknown-choice", verb: "notify", text: "@ann" }],
    ["notify on please", { problem: "too-much", verb: "notify", text: "please" }],
    ["roles now", { problem: "not-a-person", verb: "roles", text: "now" }],
    ["roles <@U0ANN> now", { problem: "too-much", verb: "roles", text: "now" }],
  ];
  for (const [typed, problem] of rows) {
    test(JSON.stringify(typed).slice(0, 70), () => assert.deepEqual(parseCommand(typed), { ok: false, ...problem }));
  }
});

test("our own number is reported as ours, in a request and in a grant", () => {
  for (const [verb, typed] of [
    ["open", "open 1230000109"],
    ["close", "close 1900000109 1230000109 moved"],
    ["grant", "grant <@U0ANN> requester for 1230000109,1900000109"],
  ] as const)
    assert.deepEqual(parseCommand(typed, "1230000109"), {
      ok: false,
      problem: "our-number",
      verb,
      subMchid: "1230000109",
    });
  assert.ok(parseCommand("status 1230000109", "1230000109").ok);
});

describe("a word that cannot be meant as a number begins the reason", () => {
  for (const reason of [
    "A-1234",
    "#4711",
    "24h promo",
    "3pm start",
    "https://wiki/1900000110/x",
    "https://wiki/1900000110?x=1900000111",
    "<https://wiki.example/1900000110?x=1900000111|wiki.example/1900000110?x=1900000111>",
    "OPS-12345",
    "INC0012345 renewal",
    "A-1234 and #4711",
  ])
    test(reason, () => {
      const kept = typedText(reason);
      assert.deepEqual(parseCommand(`open 1900000109 ${reason}`), { ok: true, command: open("1900000109", kept) });
    });

  for (const mistyped of ["19000001O9", "l900000110", "lO00000110", "1900001O9", "19000001l0"])
    test(`${mistyped} is a mistyped number`, () => {
      const read = parseCommand(`open 1900000109 ${mistyped} opening`);
      assert.ok(!read.ok && "text" in read && read.text === mistyped, JSON.stringify(read));
    });

  test("what may be either is shown with all that was typed as the reason", () => {
    assert.deepEqual(parseCommand("close 1900000109 1900000110 A-12345678 the renewal"), {
      ok: false,
      problem: "second-mistyped",
      verb: "close",
      text: "A-12345678",
      wrong: { character: "A", place: 1 },
      numbers: ["1900000109", "1900000110"],
      reason: "A-12345678 the renewal",
      hasTicket: false,
    });
    assert.deepEqual(parseCommand("open 1900000109 3 stores"), { ok: false, ...secondNumber("3", "3 stores") });
    assert.deepEqual(parseCommand("open 1900000109 138-0013-8000"), {
      ok: false,
      ...secondNumber("138-0013-8000", "138-0013-8000"),
    });
    assert.deepEqual(parseCommand("open 1900000109 3 stores, 1900000110"), {
      ok: false,
      problem: "number-in-reason",
      verb: "open",
      first: "1900000109",
      second: "1900000110",
    });
  });
});

describe("a reason is kept as it was typed", () => {
  const rows: [sent: string, typed: string][] = [
    ["&lt;!channel&gt;", "<!channel>"],
    ["<!channel>", "@channel"],
    ["<!here|@here> now", "@here now"],
    ["<!subteam^S123|@support>", "@support"],
    ["&lt;https://evil.example|support&gt;", "<https://evil.example|support>"],
    ["<https://evil.example|support>", "<https://evil.example|support>"],
    ["<https://shop.example/a?b=c>", "https://shop.example/a?b=c"],
    ["<http://shop.example|shop.example>", "shop.example"],
    ["<mailto:a@b.example|a@b.example>", "a@b.example"],
    ["<@U123|worf> said so", "@worf said so"],
    ["<#C012ABCDE|d-social> and <#C987654321|>", "#d-social and #C987654321"],
    ["*bold* _it_ ~no~ `code`", "*bold* _it_ ~no~ `code`"],
    ["&amp;lt; is &lt; written out", "&lt; is < written out"],
    ["a\u202eb\u2066c\u0000d\u0007", "abcd"],
    ["a\u000bb\u000cc\u0085d\u001fe", "a\nb\nc\nd\ne"],
    ["broken \ud800 half", "broken \ufffd half"],
  ];
  for (const [sent, typed] of rows) {
    test(JSON.stringify(sent), () =>
      assert.deepEqual(parseCommand(`open 1 because ${sent}`), { ok: true, command: open("1", `because ${typed}`) }),
    );
  }
});

describe("a ticket begins the reason, whatever it looks like", () => {
  const pattern =
    (ticket: RegExp) =>
    (text: string): string | undefined =>
      ticket.exec(text)?.[0];
  const understood: [ticket: RegExp, typed: string, command: Command][] = [
    [/INC[0-9]{7}/, "open 1900000109 INC0012345 new store", open("1900000109", "INC0012345 new store")],
    [/#[0-9]+/, "open 1900000109 1900000110 #4711", open(two, "#4711")],
    [/#[0-9]+/, "open 1900000109 (#4711) new store", open("1900000109", "(#4711) new store")],
    [/OPS-[0-9]+/, "open 1900000109，OPS-4711 new store", open("1900000109", "OPS-4711 new store")],
    [/OPS-[0-9]+/, "open 1900000109,1900000110,OPS-4711", open(two, "OPS-4711")],
    [/REQ[0-9]{10}/, "open 1900000109 REQ0001234567", open("1900000109", "REQ0001234567")],
    [/[0-9]{8}/, "open 1900000109 00123456", open("1900000109", "00123456")],
    [/[0-9]{8}/, "open 1900000109 new store 00123456", open("1900000109", "new store 00123456")],
    [
      /S[0-9]{9}/,
      "receipt open 1900000109 S123456789",
      { ...open("1900000109", "S123456789"), named: "receipt" } as Command,
    ],
  ];
  for (const [ticket, typed, command] of understood)
    test(typed, () => assert.deepEqual(parseCommand(typed, undefined, pattern(ticket)), { ok: true, command }));

  for (const typed of ["19O0000110", "190000011", "1900-000-110", "19000001100", "new store 190000011"])
    test(`unless it may be another sub-merchant: ${typed}`, () => {
      const parsed = parseCommand(`open 1900000109 ${typed}`, undefined, pattern(/[0-9A-Z-]{3,}/));
      assert.equal(parsed.ok, false);
    });
});
