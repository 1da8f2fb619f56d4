/** Defines a check of an installation, and its possible results. */
import type { DoctorContext } from "./context.ts";

export const results = ["ok", "warning", "failed", "skipped"] as const;
export type Result = (typeof results)[number];

export interface CheckResult {
  result: Result;
  /** Sentences: what was found, and how to fix it. */
  findings: readonly string[];
  /** Requested, but skipped because something else has to work first. */
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
/** There is nothing to check here, or the person excluded this check. */
export const notNeeded = (...findings: string[]): CheckResult => ({ result: "skipped", findings });
/** The check was requested but could not run. */
export const unseen = (...findings: string[]): CheckResult => ({ result: "skipped", findings, couldNotLook: true });
