/**
 * The calls that switch something: their paths, and their parameters or WeChat Pay's refusal of them (field notes 2).
 */
import type { IncomingHttpHeaders } from "node:http";
import { type Action, actions } from "../../domain/attempt-result.ts";
import { type PayScene, payScenes, type Step, steps } from "../../domain/goldplan/objects.ts";
import { internalCodes, type Reply, refusal } from "./reply.ts";

/** A request as it arrived. */
export type IncomingCall = { method: string; url: string; headers: IncomingHttpHeaders; body: Buffer };

/** The path of the call for each step. */
export const paths: Readonly<Record<Step, string>> = {
  receipt: "/v3/goldplan/merchants/changecustompagestatus",
  goldplan: "/v3/goldplan/merchants/changegoldplanstatus",
};

/** What a call switches, by its path; undefined for any other path. */
export function stepOf({ url }: Pick<IncomingCall, "url">): Step | undefined {
  const path = url.split("?", 1)[0];
  return steps.find((step) => paths[step] === path);
}

/** What a call requests. */
export type Parameters = {
  step: Step;
  subMchid: string;
  operationType: Action;
  /** Only for 点金计划, where it is optional. */
  payScene?: PayScene;
};

/** The fields of each call's body, and their names in WeChat Pay's messages. */
const fields: Readonly<Record<Step, Readonly<Record<string, string>>>> = {
  receipt: { sub_mchid: "特约商户号", operation_type: "操作类型" },
  goldplan: { sub_mchid: "特约商户号", operation_type: "操作类型", operation_pay_scene: "开通场景" },
};

type ReadParameters = { ok: true; parameters: Parameters } | { ok: false; reply: Reply };

/** What the body requests, or WeChat Pay's answer to a body that does not match the documentation. */
export function readParameters({ headers, body }: IncomingCall, step: Step): ReadParameters {
  // No real answer to another content type is known, but the rule is; the refusal quotes it.
  if (!/^application\/json(\s*;|$)/i.test(headers["content-type"] ?? "")) {
    const reply = refusal(400, "INVALID_REQUEST", "Http头Content-Type不正确，请设置为application/json");
    return { ok: false, reply };
  }
  const text = body.toString("utf8");
  const parsed = jsonObject(text);
  if (parsed === undefined) {
    const value = text.slice(0, 32);
    return parameterError(
      "解析 Json 出错 (位置: /body): * Line 1, Column 1\n  Syntax error: value, object or array expected.",
      { location: null, value },
    );
  }
  const { sub_mchid: subMchid, operation_type: operationType, operation_pay_scene: scene } = parsed;
  const refuse = (rule: (name: string, field: string) => string, name: string, value: unknown = "") =>
    parameterError(rule(name, fields[step][name] ?? name), { value });
  if (subMchid === undefined) return refuse(missing, "sub_mchid");
  if (typeof subMchid !== "string") return refuse(wrongType, "sub_mchid", subMchid);
  if (subMchid.length > 32) return refuse(tooLong, "sub_mchid", subMchid);
  if (!/^[1-9]\d*$/.test(subMchid)) return refuse(patternMissed, "sub_mchid", subMchid);
  if (operationType === undefined) return refuse(missing, "operation_type");
  const action = actions.find((action) => action === operationType);
  if (action === undefined) return refuse(notOneOf(actions), "operation_type", operationType);
  // What WeChat Pay does with a field that it does not document is unknown, so the message is ours. A bot that sends
  // one has a fault.
  const undocumented = Object.keys(parsed).find((name) => !Object.hasOwn(fields[step], name));
  if (undocumented !== undefined) return refuse(unknownField, undocumented, parsed[undocumented]);
  const payScene = payScenes.find((one) => one === scene);
  if (scene !== undefined && payScene === undefined) return refuse(notOneOf(payScenes), "operation_pay_scene", scene);
  return { ok: true, parameters: { step, subMchid, operationType: action, ...(payScene && { payScene }) } };
}

const missing = (name: string, field: string) =>
  `输入源“/body/${name}”映射到字段“${field}”必填性规则校验失败，此字段为必填项`;
const wrongType = (name: string, field: string) =>
  `输入源“/body/${name}”映射到字段“${field}”类型规则校验失败，字段必须为字符串`;
const tooLong = (name: string, field: string) =>
  `输入源“/body/${name}”映射到字段“${field}”字符串规则校验失败，字节数不得大于 32`;
const patternMissed = (name: string, field: string) =>
  `输入源“/body/${name}”映射到字段“${field}”字符串规则校验失败，字符串必须匹配正则表达式“^[1-9]\\d*$”`;
const notOneOf = (values: readonly string[]) => (name: string, field: string) =>
  `输入源“/body/${name}”映射到字段“${field}”枚举规则校验失败，可选值为 ${values.join(", ")}`;
const unknownField = (name: string) => `输入源“/body/${name}”校验失败，该字段未定义`;

function parameterError(message: string, detail: { location?: null; value?: unknown }): ReadParameters {
  const reply = refusal(400, "PARAM_ERROR", message, {
    detail: { location: "body", ...detail },
    internalCode: internalCodes.parameter,
  });
  return { ok: false, reply };
}

function jsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return undefined;
    // JSON null is not allowed, and counts as missing.
    return Object.fromEntries(Object.entries(parsed).filter(([, value]) => value !== null));
  } catch {
    // The caller gets WeChat Pay's own message for it.
    return undefined;
  }
}
