/** The scenarios that concern the call for 点金计划 alone: the receipt succeeds, and what comes after it does not. */
import { internalCodes } from "./reply.ts";
import { business, busy, invalid, lost, only, refuses, type Scenario } from "./scenario.ts";

/** The English messages are those of the documentation's table of 2020, as they stand there. */
export const goldPlanScenarios: readonly Scenario[] = [
  refuses(
    "1900040051",
    "点金计划: provider has not opened it, in English",
    "provider-goldplan-off",
    invalid("mch goldplan closed"),
  ),
  refuses("1900040052", "点金计划: provider is penalised, in English", "provider-penalised", invalid("mch punished")),
  refuses(
    "1900040053",
    "点金计划: sub-merchant is penalised, in English",
    "sub-merchant-penalised",
    invalid("sub_mch punished"),
  ),
  refuses(
    "1900040054",
    "点金计划: closed less than 24 hours ago, in English, always",
    "reopened-too-soon",
    invalid("sub_mch reopen less than 24h"),
  ),
  refuses(
    "1900040055",
    "点金计划: closed less than 24 hours ago, always",
    "reopened-too-soon",
    invalid("距离上次关闭点金计划间隔不足 24 小时"),
  ),
  refuses(
    "1900040056",
    "点金计划: 400 MCH_NOT_EXISTS, in English",
    "sub-merchant-unknown",
    business(400, "MCH_NOT_EXISTS", "sub_mch not exit"),
  ),
  refuses(
    "1900040057",
    "点金计划: 400 PARAM_ERROR, in English",
    "param-error",
    business(400, "PARAM_ERROR", "parameter error", internalCodes.parameter),
  ),
  refuses("1900040058", "点金计划: provider is penalised", "provider-penalised", invalid("服务商被处罚中")),
  refuses(
    "1900040059",
    "点金计划: 操作失败 once, then success",
    "try-later",
    invalid("操作失败,请稍后再试"),
    "success",
  ),
  refuses("1900050051", "点金计划: 500 once, then success", "server-error", busy(), "success"),
  refuses(
    "1900050052",
    "点金计划: 500, always, in the words of a refusal",
    "server-error",
    business(500, "INVALID_REQUEST", "sub_mch punished"),
  ),
  lost(
    "1900099951",
    "点金计划: connection reset after it acted once, then success",
    "reset",
    { reset: "after" },
    "success",
  ),
  lost("1900099952", "点金计划: no answer, and it did not act", "timeout", { silent: "before" }),
].map((scenario) => only("goldplan", scenario));
