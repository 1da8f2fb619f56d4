/** Installations to check: the playground's servers with a ledger, and the doctor in this process or in its own. */
import assert from "node:assert/strict";
import type { CheckResult } from "../../../src/cli/doctor/check.ts";
import { checks } from "../../../src/cli/doctor/checks.ts";
import { createContext, type DoctorContext } from "../../../src/cli/doctor/context.ts";
import { doctor } from "../../../src/cli/doctor/run.ts";
import { type Playground, type PlaygroundOptions, startPlayground } from "../../../src/playground/playground.ts";
import { createPlatformCertificate } from "../../../src/playground/wechatpay/platform-certificates.ts";
import { openStore } from "../../../src/storage/open.ts";
import { systemClock } from "../../../src/system-clock.ts";
import { identity } from "../../e2e/support/identity.ts";
import { merchantCertificatePem, platformPrivateKey } from "../../wechatpay/fixtures/fixtures.ts";
import { runCommand, runProgram, type Said } from "../commands.ts";

export type Env = Record<string, string | undefined>;

/** The serial number of `merchantCertificatePem`, whose common name is the playground's merchant number. */
const certificateSerialNo = "35A47CB63095E08C1D6345F481869D8FF3144A3E";
/** A platform certificate that signs nothing here, because the provider has switched to the public key. */
const apiV3Key = "a7cde1ZJB1kG2e7VfTs3jQzaWizur8Gb";
export const platformCertificate = createPlatformCertificate({
  privateKey: platformPrivateKey,
  expiresAt: Date.UTC(2031, 9, 30),
});
const certifiedIdentity = { ...identity, serialNo: certificateSerialNo };

/** Many questions in a minute, as no installation has them. */
const busyMinute = { 1: 10_000, 2: 10_000, 3: 10_000, 4: 10_000, special: 10_000 } as const;

/** A playground with every optional setting that a check looks at, and a ledger that was started once. */
export async function openInstallation(
  t: { after(work: () => Promise<void>): void },
  options: PlaygroundOptions = {},
): Promise<{ playground: Playground; env: Env; path: string }> {
  const playground = await startPlayground({
    identity: certifiedIdentity,
    mode: "socket",
    slack: { ...options.slack, rateLimits: { perMinute: busyMinute } },
    platformCertificates: { apiV3Key, listed: [platformCertificate], isSwitched: true },
    ...options,
    environment: {
      WECHATPAY_CERTIFICATE: merchantCertificatePem,
      WECHATPAY_APIV3_KEY: apiV3Key,
      RECEIPT_CHANNELS: "C0MERCHANT",
      ESCALATE_AFTER: "4h",
      ESCALATE_TO: "S0SUPPORT1",
      LEDGER_KEY: "k".repeat(40),
      ...options.environment,
    },
  });
  t.after(() => playground.close());
  const path = (playground.environment["DATABASE_URL"] ?? "").slice("sqlite:".length);
  await (await openStore({ engine: "sqlite", path })).close();
  return { playground, env: playground.environment, path };
}

/** The real program as its own process. */
export function runProcess(args: readonly string[], env: Env): Promise<Said> {
  return runProgram("doctor", args, env);
}

/** The same in this process. */
export function run(args: readonly string[], env: Env): Promise<Said> {
  return runCommand(doctor, args, env);
}

/** One check alone. @param change of what it looks at */
export async function check(
  name: string,
  env: Env,
  change: (context: DoctorContext) => Partial<DoctorContext> = () => ({}),
): Promise<CheckResult> {
  const found = checks.find((each) => each.name === name);
  assert.ok(found, `there is no check ${name}`);
  const context = createContext({ env, isOffline: false, clock: systemClock });
  try {
    return await found.run({ ...context, ...change(context) });
  } finally {
    await context.close();
  }
}
