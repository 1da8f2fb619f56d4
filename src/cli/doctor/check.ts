/** Defines a check of an installation, and its possible results. */
import type { DoctorContext } from "./context.ts";

export const results = ["ok", "warning", "failed", "skipped"] as const;
export type Result = (typeof results)[number];

export interface CheckResult {
  result: Result;
  /** Sentences: what was found, and how to fix it. */
  findings: readonly string[];
  /** Skipped although it was wanted: something else has to work first. */
  couldNotLook?: true;
}

export interface Check {
  /** The name for `--only`; the texts describe the check under the same name. */
  name: string;
  run(context: DoctorContext): Promise<CheckResult>;
}

export const ok = (...findings: string[]): CheckResult => ({ result: "ok", findings });
export const warning = (...findings: string[]): CheckResult => ({ result: "warning", findings });
export const failed = (...findings: string[]): CheckResult => ({ result: "failed", findings });
/** There is nothing to look at here, or the person who asks wants no look. */
export const notNeeded = (...findings: string[]): CheckResult => ({ result: "skipped", findings });
/** It should have been looked at. */
export const unseen = (...findings: string[]): CheckResult => ({ result: "skipped", findings, couldNotLook: true });
