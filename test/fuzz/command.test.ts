/** Any text after the command is understood, or answered within Slack's limits: never an exception, never slow. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Holder } from "../../src/domain/grant.ts";
import { roles } from "../../src/domain/policy.ts";
import { type Command, type Parsed, parseCommand, verbNames } from "../../src/parsing/command/command.ts";
import { notifyNames } from "../../src/parsing/command/notify.ts";
import { reasonMax } from "../../src/parsing/command/open-close.ts";
import { subMchidMax } from "../../src/parsing/number-list/grammar.ts";
import { readSubMchid } from "../../src/parsing/number-list/sub-mchid.ts";
import { typedText } from "../../src/parsing/slack-text.ts";
import { privateMessage } from "../../src/slack/blocks/elements.ts";
import { problemAnswer } from "../../src/slack/commands/usage-errors.ts";
import { en } from "../../src/text/en/catalogue.ts";
import { zhCN } from "../../src/text/zh-CN/catalogue.ts";
import { assertFits } from "../slack/blocks/block-kit-limits.ts";
import { runs } from "./runs.ts";

const anyText = fc.oneof(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }));
const number = fc.stringMatching(/^[0-9]{1,32}$/);
/** The elements of commands, mentions, links and pasted numbers, and what breaks them. */
const piece = fc.oneof(
  fc.constantFrom(...Object.values(verbNames).flat(), ...roles, ...Object.values(notifyNames).flat()),
  fc.constantFrom(" ", "\n", "\t", "\u00a0", "\u200b", "\u3000", "-", ",", ".", '"', "`", "“", "(", ")"),
  fc.constantFrom(
    "<",
    ">",
    "|",
    "&",
    "&amp;",
    "&lt;",
    "&gt;",
    "&amp;lt;",
    "<@U0ANN00001>",
    "<@U0ANN00001|ann>",
    "@ann",
  ),
  fc.constantFrom(
    "<!here>",
    "<!subteam^S0TEAM|@team>",
    "<#C0OPS|ops>",
    "<https://a.cn|b>",
    "<tel:1900000109|1900000109>",
  ),
  fc.constantFrom("\u202e", "\u0000", "\ud800", "１９００", "x".repeat(3_000), "9".repeat(33)),
  number,
  anyText,
);
const typed = fc.oneof(
  fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join("")),
  fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(" ")),
);

/** The same command as plainly as Slack could send it; undefined for those that are little more than a verb. */
function written(command: Command): string | undefined {
  switch (command.kind) {
    case "change":
      return `${command.action.toLowerCase()} ${command.subMchids.join(" ")} ${reasoned(command.reason ?? "")}`;
    case "grant": {
      const time = command.forMs === undefined ? "" : ` for ${command.forMs / 60_000}m`;
      const numbers = command.only === undefined ? "" : ` for ${command.only.join(",")}`;
      return `grant ${mention(command.holder)} ${command.role}${time}${numbers}`;
    }
    case "revoke":
      return `revoke ${mention(command.holder)} ${command.role}`;
    case "notify":
      return `notify ${command.notify ?? ""}`;
    default:
      return undefined;
  }
}

const mention = ({ kind, id }: Holder) => (kind === "user" ? `<@${id}>` : `<!subteam^${id}>`);
/** Slack sends mentions as markup, and a number that contains letters would be a mistyped one. */
const reasoned = (reason: string) => escaped(reason).replace(/^@([UW][A-Z0-9]+)/, "<@$1>");
const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function assertAnswerable(parsed: Extract<Parsed, { ok: false }>, text: string): void {
  for (const texts of [en, zhCN]) {
    const message = privateMessage(
      problemAnswer(parsed, text, {
        command: "/receipt",
        reason: "required",
        goldplan: "on",
        ticket: undefined,
        texts,
      }),
    );
    assertFits(message, parsed.problem);
    assert.ok(message.text.isWellFormed(), "half a character");
  }
}

test("every command text parses to the same meaning as its plain form, or gets an answer that Slack accepts", () => {
  fc.assert(
    fc.property(typed, (text) => {
      const parsed = parseCommand(text);
      if (!parsed.ok) return assertAnswerable(parsed, text);
      const { command } = parsed;
      const plainly = written(command);
      // Names beside numbers are not written again.
      const { labels: _, ...bare } = command.kind === "change" ? command : { ...command, labels: undefined };
      if (plainly !== undefined) assert.deepEqual(parseCommand(plainly), { ok: true, command: bare });
      if (command.kind !== "change") return;
      for (const subMchid of command.subMchids) assert.match(subMchid, /^[0-9]{1,32}$/);
      const { reason = "-" } = command;
      assert.ok(reason.length > 0 && reason.length <= reasonMax && reason.isWellFormed());
      assert.doesNotMatch(reason, /[^\P{Cc}\n\t]/u);
    }),
    runs(2_000),
  );
});

test("unescaping restores what was typed, except invisible characters", () => {
  fc.assert(
    fc.property(typed, (text) => {
      const read = typedText(escaped(text));
      const plain = text.toWellFormed().replace(/\r\n?/g, "\n");
      const breaks = "\v\f\u0085\u001c\u001d\u001e\u001f";
      const broken = [...plain].map((character) => (breaks.includes(character) ? "\n" : character)).join("");
      const apart = broken.replace(
        /(?<=[0-9０-９]{8})(?:[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069])+(?=[0-9０-９]{8})/gu,
        "\u200b",
      );
      const visible = apart.replace(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu, "").trim();
      assert.equal(read, visible);
    }),
    runs(1_000),
  );
});

test("groups of digits are reported with the number that they make, and nothing joined is read as a number", () => {
  const between = fc.constantFrom("-", "'", "_", "—", " ", "\u00a0", "\u2009", "\u202f");
  const grouped = fc.stringMatching(/^[0-9]{8,32}$/);
  fc.assert(
    fc.property(grouped, fc.constantFrom(3, 4), fc.boolean(), between, (digits, size, isFromEnd, mark) => {
      const rest = isFromEnd ? digits.length % size : 0;
      const groups = [digits.slice(0, rest), ...(digits.slice(rest).match(new RegExp(`.{1,${size}}`, "g")) ?? [])];
      const text = groups.filter((group) => group !== "").join(mark);
      const problem = { ok: false, problem: "grouped", verb: "open", text, joined: digits };
      assert.deepEqual(parseCommand(`open ${text}`), problem);
    }),
    runs(500),
  );
  const whole = fc.stringMatching(/^[0-9]{8,16}$/);
  const joint = fc.constantFrom("-", "_", "–", ".", "'", "/", "²", "①", "\u2011", "-0", "_0");
  fc.assert(
    fc.property(whole, joint, fc.stringMatching(/^[1-9][0-9]{0,9}$/), (digits, mark, behind) => {
      assert.equal(readSubMchid(digits + mark + behind).ok, false);
    }),
    runs(500),
  );
  fc.assert(
    fc.property(typed, (text) => {
      const read = readSubMchid(text);
      if (!read.ok) return;
      assert.match(read.subMchid, new RegExp(`^[0-9]{1,${subMchidMax}}$`));
      assert.deepEqual(readSubMchid(read.subMchid), { ok: true, subMchid: read.subMchid });
    }),
    runs(1_000),
  );
});

test("no text keeps the bot busy, however long or repetitive it is", () => {
  const repeated = fc.tuple(piece, piece, fc.constantFrom("", "open ", "grant ", "open 1900000109 "));
  const length = 40_000;
  fc.assert(
    fc.property(repeated, ([what, end, start]) => {
      const text = start + what.repeat(Math.ceil(length / Math.max(1, what.length))).slice(0, length) + end;
      // Processor time, because other tests may run in parallel.
      const before = process.cpuUsage();
      parseCommand(text);
      const { user } = process.cpuUsage(before);
      assert.ok(user < 500_000, `${Math.round(user / 1_000)} ms for ${JSON.stringify([start, what, end])} repeated`);
    }),
    { ...runs(200), examples: [[[",", "x", "open "]]] },
  );
});
