/** The two switches of each sub-merchant, as they really are, and how long 点金计划 stays closed. */
import type { Action } from "../../domain/attempt-result.ts";
import type { PayScene } from "../../domain/goldplan/objects.ts";
import type { Parameters } from "./parameters.ts";
import { type Reply, refusal } from "./reply.ts";

/** A switch that was never set is undefined. */
export type Switches = {
  receipt: Action | undefined;
  goldplan: Action | undefined;
  /** The scene of the last call that set 点金计划. */
  scene: PayScene | undefined;
};

/** From its closing on, 点金计划 cannot be opened for this long. */
const closedForMs = 24 * 3_600_000;

/**
 * The table of 2020 has this refusal in English: `sub_mch reopen less than 24h`. WeChat Pay's Chinese wording is not
 * public, so this one is a translation.
 */
const reopenedTooSoon: Reply = refusal(400, "INVALID_REQUEST", "距离上次关闭点金计划间隔不足24小时");

/** @param now WeChat Pay's clock, in milliseconds since 1970 */
export function createSwitches(now: () => number) {
  const receipts = new Map<string, Action>();
  const goldplans = new Map<string, { action: Action; scene: PayScene; closedAt: number | undefined }>();
  /** Added to the clock for closings alone, in milliseconds. */
  let passedMs = 0;

  return {
    /** The receipt of each sub-merchant that has ever been set. */
    receipts: receipts as ReadonlyMap<string, Action>,

    of(subMchid: string): Switches {
      const goldplan = goldplans.get(subMchid);
      return { receipt: receipts.get(subMchid), goldplan: goldplan?.action, scene: goldplan?.scene };
    },

    /** WeChat Pay's answer to a call that comes too early; undefined to any other. */
    refusalOf({ step, subMchid, operationType }: Parameters): Reply | undefined {
      if (step !== "goldplan" || operationType !== "OPEN") return undefined;
      const closedAt = goldplans.get(subMchid)?.closedAt;
      return closedAt !== undefined && now() + passedMs - closedAt < closedForMs ? reopenedTooSoon : undefined;
    },

    set({ step, subMchid, operationType, payScene }: Parameters): void {
      if (step === "receipt") {
        receipts.set(subMchid, operationType);
        return;
      }
      const before = goldplans.get(subMchid);
      goldplans.set(subMchid, {
        action: operationType,
        // The default of the documented page; another official text says that it is all scenes.
        scene: payScene ?? "JSAPI",
        // A repeated call closes nothing, so the 24 hours do not start again.
        closedAt: operationType === "CLOSE" ? (before?.closedAt ?? now() + passedMs) : undefined,
      });
    },

    /** @param ms milliseconds */
    letClosingsAge(ms: number): void {
      passedMs += ms;
    },
  };
}
