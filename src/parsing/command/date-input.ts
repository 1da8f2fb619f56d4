/**
 * Times as people type them: `7d` is a duration, `2026-11-01` a day in Beijing time, as in WeChat Pay's own statements.
 */
import { beijingAheadMs } from "../../domain/time/beijing-time.ts";
import { readDuration } from "../../domain/time/duration.ts";
import { keyword } from "./tokens.ts";

/** A day, as its start in milliseconds since the epoch, or a time before now in milliseconds. */
export type DateInput = { kind: "day"; startsAt: number } | { kind: "ago"; ms: number };

const units = ["h", "小时", "d", "天", "日"] as const;

/** `12h`, `7d`, `7天` in milliseconds; undefined for anything else. */
export function readAge(typed: string): number | undefined {
  return readDuration(keyword(typed), { units, digits: 4 });
}

/** Whether the text looks like a duration in any unit: `30m`, `2weeks`, `3周`. Sub-merchant numbers are longer. */
export function isLikeDuration(typed: string): boolean {
  return /^\d{1,5}\p{L}{1,7}$/u.test(keyword(typed));
}

/** `2026-11-01`, `2026/11/1`, `2026年11月1日`, or a duration before now; undefined for anything else. */
export function readDateInput(typed: string): DateInput | undefined {
  const ms = readAge(typed);
  if (ms !== undefined) return { kind: "ago", ms };
  const digits = /^(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日?)$/.exec(keyword(typed));
  if (!digits) return undefined;
  const [year, month, day] = [digits[1], digits[3] ?? digits[5], digits[4] ?? digits[6]].map(Number);
  const midnight = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day));
  // The 31st of November rolls over into December.
  if (midnight.getUTCMonth() + 1 !== month || midnight.getUTCDate() !== day) return undefined;
  return { kind: "day", startsAt: midnight.getTime() - beijingAheadMs };
}
