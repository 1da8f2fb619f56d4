/** The settings, and the machine that the bot runs on. */
import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { fileVariables } from "../../settings/schema.ts";
import { databaseFiles } from "../../storage/backup.ts";
import { type Check, type CheckResult, failed, notNeeded, ok, unseen, warning } from "./check.ts";
import type { DoctorContext } from "./context.ts";
import { withSlack } from "./remote-checks.ts";

/** As package.json's `engines`. */
const nodeMin = 24;
const [mebibyte, gibibyte] = [2 ** 20, 2 ** 30];
/** Free space below which the ledger may soon take no writes, and below which somebody should make room. */
const freeMin = 100 * mebibyte;
const freeWanted = gibibyte;
/** Slack and WeChat Pay allow 5 minutes of difference; a clock that NTP keeps differs by far less. In milliseconds. */
const aheadMaxMs = 300_000;
const aheadWantedMs = 30_000;

/** Not secret, so that others may read their files, but not change them. */
const publicVariables = [
  "WECHATPAY_PUBLIC_KEY",
  "WECHATPAY_PUBLIC_KEY_ID",
  "WECHATPAY_CERTIFICATE",
  "WECHATPAY_SERIAL_NO",
  "WECHATPAY_SIGNER",
] as const satisfies readonly (typeof fileVariables)[number][];

export const machineChecks: readonly Check[] = [
  { name: "settings", run: async (context) => checkSettings(context) },
  { name: "node", run: async (context) => checkNode(context) },
  { name: "files", run: checkFiles },
  { name: "disk", run: checkDisk },
  { name: "clock", run: checkClock },
];

function checkSettings({ problems, warnings, texts: { start, doctor } }: DoctorContext): CheckResult {
  if (problems.length > 0) return failed(...problems.map(start.problem));
  if (warnings.length > 0) return warning(...warnings.map(start.warning));
  return ok(doctor.settings.fine);
}

function checkNode({ nodeVersion, texts: { doctor } }: DoctorContext): CheckResult {
  const isNew = Number(nodeVersion.split(".")[0]) >= nodeMin;
  return isNew ? ok(doctor.node.fine(nodeVersion)) : failed(doctor.node.old(nodeVersion, nodeMin));
}

/** Files whose content other users of the machine must not change, and should not read. */
async function checkFiles({ env, ledger, texts: { doctor } }: DoctorContext): Promise<CheckResult> {
  const opened = await ledger.open();
  const path = opened.kind === "open" && opened.address.engine === "sqlite" ? opened.address.path : undefined;
  const ofLedger = path === undefined ? [] : databaseFiles.map((suffix) => `${path}${suffix}`);
  const ofSecrets = fileVariables.flatMap((variable) => env[`${variable}_FILE`] || []);
  const files = [".env", ...ofSecrets, ...ofLedger].filter((file) => existsSync(file));
  const folder = path === undefined ? [] : [dirname(path)];
  const [othersWrite, othersRead, sticky] = [0o002, 0o004, 0o1000];
  const open = (bit: number) => (file: string) => (statSync(file).mode & bit) !== 0;
  // In a folder with the sticky bit, such as /tmp, nobody replaces the files of others.
  const isLoose = (path: string) => (statSync(path).mode & (othersWrite | sticky)) === othersWrite;
  const writable = [...files.filter(open(othersWrite)), ...folder.filter(isLoose)];
  if (writable.length > 0) return failed(...writable.map(doctor.files.writable));
  const ofPublic: ReadonlySet<string> = new Set(publicVariables.flatMap((variable) => env[`${variable}_FILE`] || []));
  const readable = files.filter((file) => !ofPublic.has(file)).filter(open(othersRead));
  if (readable.length > 0) return warning(...readable.map(doctor.files.readable));
  return ok(doctor.files.fine(files.length));
}

async function checkDisk({ ledger, freeBytes, texts: { doctor } }: DoctorContext): Promise<CheckResult> {
  const opened = await ledger.open();
  if (opened.kind === "open" && opened.address.engine === "postgres") return notNeeded(doctor.disk.elsewhere);
  const path = opened.kind === "none" ? opened.path : opened.kind === "open" ? pathOf(opened) : undefined;
  if (path === undefined) return unseen(doctor.ledgerFirst);
  const folder = existsSync(dirname(path)) ? dirname(path) : ".";
  const free = freeBytes(folder);
  const size = existsSync(path) ? statSync(path).size : 0;
  const megabytes = Math.floor(free / mebibyte);
  if (free < freeMin) return failed(doctor.disk.full(folder, megabytes));
  // A backup and a restore each need as much again as the ledger has.
  return free < Math.max(freeWanted, 2 * size)
    ? warning(doctor.disk.scarce(folder, megabytes))
    : ok(doctor.disk.fine(folder, megabytes));
}

function pathOf({ address }: { address: { engine: "sqlite"; path: string } | { engine: "postgres"; url: string } }) {
  return address.engine === "sqlite" ? address.path : undefined;
}

/** Compared with the time that each server sends with its answer. */
async function checkClock(context: DoctorContext): Promise<CheckResult> {
  const { weChatPay, texts } = context;
  const { doctor } = texts;
  return withSlack(context, async (slack) => {
    // Every answer from Slack contains the time.
    await slack.identity().catch(() => {});
    const fromWeChatPay = (await weChatPay?.endpoints())?.find(({ clockAheadMs }) => clockAheadMs !== undefined);
    const measured = [
      { server: "slack", aheadMs: slack.clockAheadMs() } as const,
      { server: "weChatPay", aheadMs: fromWeChatPay?.clockAheadMs } as const,
    ].flatMap(({ server, aheadMs }) => (aheadMs === undefined ? [] : [{ server, aheadMs }]));
    if (measured.length === 0) return unseen(doctor.clock.unknown);
    const beyond = (limitMs: number) =>
      measured
        .filter(({ aheadMs }) => Math.abs(aheadMs) > limitMs)
        .map(({ server, aheadMs }) => doctor.clock.off(server, seconds(aheadMs), aheadMs > 0 ? "ahead" : "behind"));
    const [wrong, doubtful] = [beyond(aheadMaxMs), beyond(aheadWantedMs)];
    if (wrong.length > 0) return failed(...wrong, doctor.clock.fix);
    if (doubtful.length > 0) return warning(...doubtful, doctor.clock.fix);
    return ok(...measured.map(({ server, aheadMs }) => doctor.clock.fine(server, seconds(aheadMs))));
  });
}

function seconds(ms: number): number {
  return Math.round(Math.abs(ms) / 1_000);
}
