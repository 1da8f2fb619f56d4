/** WeChat Pay as a function of a test: one for both steps, which is told what each call switches. */
import type { Action, CallResult, StepCalls } from "../../src/domain/attempt-result.ts";
import type { PayScene, Step } from "../../src/domain/goldplan/objects.ts";

export interface StepCall {
  step: Step;
  subMchid: string;
  operationType: Action;
  /** Only of 点金计划. */
  payScene?: PayScene;
  endpoint: number;
}

export function stepCalls(answer: (call: StepCall) => Promise<CallResult>): StepCalls {
  return {
    changeCustomPageStatus: (call) => answer({ step: "receipt", ...call }),
    changeGoldPlanStatus: (call) => answer({ step: "goldplan", ...call }),
  };
}
