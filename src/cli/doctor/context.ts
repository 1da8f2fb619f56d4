/**
 * The objects of the checks: settings, machine, ledger, Slack and WeChat Pay, each opened when a check first needs it.
 */
import { statfsSync } from "node:fs";
import type { Clock } from "../../domain/clock.ts";
import { envFileProblem, withFiles } from "../../settings/environment.ts";
import { secretVariables } from "../../settings/schema.ts";
import {
  type Environment,
  readSettings,
  type Settings,
  type SettingsProblem,
  type SettingsWarning,
} from "../../settings.ts";
import type { Texts } from "../../text/en/catalogue.ts";
import { textsFor } from "../../text/texts.ts";
import { createLedgerAccess, type LedgerAccess } from "./ledger-access.ts";
import { createSlackAccess, type SlackAccess } from "./slack-access.ts";
import { createWeChatPayAccess, type WeChatPayAccess } from "./wechatpay-access.ts";

export interface DoctorContext {
  env: Environment;
  /** Undefined where something is wrong with them. */
  settings: Settings | undefined;
  problems: readonly SettingsProblem[];
  warnings: readonly SettingsWarning[];
  /** Whether Slack and WeChat Pay must not be contacted. */
  isOffline: boolean;
  texts: Texts;
  clock: Clock;
  /** `24.4.0`. */
  nodeVersion: string;
  /** On the disk of a folder, for this user. */
  freeBytes(folder: string): number;
  ledger: LedgerAccess;
  /** Undefined offline, and while something is wrong with the settings. */
  slack: SlackAccess | undefined;
  weChatPay: WeChatPayAccess | undefined;
  /** Everything that must not be printed. */
  secrets: readonly string[];
  close(): Promise<void>;
}

export interface ContextNeeds {
  env: Environment;
  isOffline: boolean;
  clock: Clock;
}

export function createContext({ env, isOffline, clock }: ContextNeeds): DoctorContext {
  const read = readSettings(env, { envFile: envFileProblem(".env"), now: clock.now() });
  const settings = read.ok ? read.settings : undefined;
  const ledger = createLedgerAccess(env);
  const isReachable = settings !== undefined && !isOffline;
  const slack = isReachable ? createSlackAccess(settings, clock) : undefined;
  const weChatPay = isReachable ? createWeChatPayAccess(settings, clock) : undefined;
  return {
    env,
    settings,
    problems: read.ok ? [] : read.problems,
    warnings: read.ok ? read.warnings : [],
    isOffline,
    texts: textsFor(env["LOCALE"]),
    clock,
    nodeVersion: process.versions.node,
    freeBytes(folder) {
      const { bavail, bsize } = statfsSync(folder);
      return bavail * bsize;
    },
    ledger,
    slack,
    weChatPay,
    secrets: secretsIn(env, settings),
    async close() {
      await Promise.all([ledger.close(), slack?.close(), weChatPay?.close()]);
    },
  };
}

/** As the settings have them, right or wrong: a key on one line counts piece by piece. */
function secretsIn(env: Environment, settings: Settings | undefined): readonly string[] {
  const { given } = withFiles(env, { names: [...secretVariables], fromFiles: secretVariables });
  const values = secretVariables.flatMap((variable) => [given[variable] ?? "", env[variable] ?? ""]);
  return [...values, ...(settings?.secrets ?? [])].flatMap((value) => [value, ...value.split(/\s+|\\n/)]);
}
