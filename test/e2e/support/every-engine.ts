/** Runs the same tests on every engine that can keep the ledger. */
import { describe } from "node:test";
import type { Store } from "../../../src/storage/schema.ts";
import { engines } from "../../storage/engines.ts";
import { openStage, type Stage, type StageOptions } from "./stage.ts";

export type OpenStage = (options?: Omit<StageOptions, "engine">) => Promise<Stage>;

/** A stage mostly waits. With more of them at a time, people would wait for the machine. */
const stagesAtOnce = 3;

/** Tests that cover both of Slack's connection modes need not do so on each engine. */
export const modeOn = { sqlite: "http", postgres: "socket" } as const satisfies Record<Store["engine"], string>;

/**
 * Defines the same tests for every engine; `openStage` opens its stages on that engine. What stands directly in
 * `define` runs in parallel; a suite in it decides for itself whether its tests share a stage in order.
 */
export function onEveryEngine(idea: string, define: (openStage: OpenStage, engine: Store["engine"]) => void): void {
  describe(idea, { concurrency: true }, () => {
    for (const { name, engine, skip } of engines)
      describe(`${idea}, on ${name}`, { skip, concurrency: stagesAtOnce }, () =>
        define((options) => openStage({ ...options, engine }), engine),
      );
  });
}
