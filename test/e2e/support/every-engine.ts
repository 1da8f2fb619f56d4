/** A team's days, played on every engine that may keep the ledger. */
import { describe } from "node:test";
import type { Store } from "../../../src/storage/schema.ts";
import { engines } from "../../storage/engines.ts";
import { openStage, type Stage, type StageOptions } from "./stage.ts";

export type OpenStage = (options?: Omit<StageOptions, "engine">) => Promise<Stage>;

/** A stage works less than it waits; with more of them at a time, people would wait for the machine. */
const stagesAtOnce = 3;

/** Days that are to be played over both of Slack's ways need not be played over both on each engine. */
export const modeOn = { sqlite: "http", postgres: "socket" } as const satisfies Record<Store["engine"], string>;

/**
 * Defines the same days for every engine; `openStage` opens its stages on that one. What stands directly in
 * `define` is played side by side; a suite in it says for itself whether its tests share a stage in their order.
 */
export function onEveryEngine(idea: string, define: (openStage: OpenStage, engine: Store["engine"]) => void): void {
  describe(idea, { concurrency: true }, () => {
    for (const { name, engine, skip } of engines)
      describe(`${idea}, on ${name}`, { skip, concurrency: stagesAtOnce }, () =>
        define((options) => openStage({ ...options, engine }), engine),
      );
  });
}
