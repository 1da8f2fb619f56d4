/** Why WeChat Pay could not be reached, in Chinese: what to do about it, and what exactly went wrong. */
import type { UnreachableTopic } from "../../domain/guidance.ts";
import type { Texts } from "../en/catalogue.ts";
import type { GuidanceText } from "../en/guidance.ts";
import type { ConnectionFacts } from "../en/unreachable.ts";

const retry = "点击申请消息上的“重试”";
const restartAndRetry = `重启机器人，再${retry}`;

export const unreachable: Record<UnreachableTopic, GuidanceText> = {
  unreachable: {
    short: "无法连接微信支付",
    happened: "微信支付没有应答最后一次调用。",
    todo: `请检查机器人到微信支付的网络（DNS、防火墙、代理），然后${retry}。`,
  },
  "unreachable-tls": {
    short: "无法与微信支付建立安全连接",
    happened: "机器人与微信支付之间的加密连接（TLS）建立失败。",
    todo: `请检查 \`WECHATPAY_ENDPOINTS\` 配置，以及会拦截 TLS 的防火墙或代理，然后${retry}。`,
  },
  "unreachable-certificate-expired": {
    short: "服务器证书已过期",
    happened: "以微信支付名义应答的服务器证书已过期，机器人没有发送任何数据。",
    todo: `请先校准机器人所在主机的时间（NTP）。如果时间准确，请找出替微信支付应答的代理或防火墙并更新其证书，然后${retry}。`,
  },
  "unreachable-certificate-early": {
    short: "服务器证书尚未生效",
    happened: "服务器证书尚未生效，机器人没有发送任何数据。通常是机器人的时钟慢了。",
    todo: `请校准机器人所在主机的时间（NTP），然后${retry}。`,
  },
  "unreachable-certificate-untrusted": {
    short: "服务器证书不受信任",
    happened: "应答的服务器证书不受信任，机器人没有发送任何数据。通常是代理或防火墙拦截了 TLS。",
    todo: `请让机器人直接连接微信支付，不经拦截；或用 \`NODE_EXTRA_CA_CERTS\` 加入公司的根证书，${restartAndRetry}。`,
  },
  "unreachable-certificate-host": {
    short: "服务器证书的域名不符",
    happened: "应答的服务器证书属于其他域名，机器人没有发送任何数据。",
    todo: `请检查 \`WECHATPAY_ENDPOINTS\` 配置、DNS 和代理：应答的不是微信支付的服务器。修正后${retry}。`,
  },
  "unreachable-proxy": {
    short: "代理没有放行",
    happened: "`HTTPS_PROXY` 配置的代理没有建立到微信支付的连接，机器人没有发送任何数据。",
    todo: `请确认 \`HTTPS_PROXY\` 配置正确，代理正在运行，且允许连接微信支付，然后${retry}。`,
  },
  "unreachable-proxy-credentials": {
    short: "代理要求身份验证",
    happened: "`HTTPS_PROXY` 配置的代理要求用户名和密码（407），机器人没有发送任何数据。",
    todo: `请在 \`HTTPS_PROXY\` 中填入正确的用户名和密码（http://USER:PASSWORD@HOST:PORT），${restartAndRetry}。`,
  },
  "unreachable-local-limit": {
    short: "机器人所在主机无法建立新连接",
    happened: "机器人所在主机的文件句柄或内存不足，无法建立连接。",
    todo: `请调高可打开文件数的上限（ulimit -n、LimitNOFILE），或找出占用的原因，${restartAndRetry}。`,
  },
  "unreachable-no-key": {
    short: "机器人没有微信支付平台证书",
    happened: "机器人没有有效的微信支付平台证书，无法验证应答，因此没有发送任何数据。",
    todo: `请在机器人所在主机运行 npm run doctor -- --only wechatpay-platform-certificates，按其说明处理，然后${retry}。`,
  },
  "unreachable-signer": {
    short: "签名服务没有应答",
    happened: "私钥由 `WECHATPAY_SIGNER` 配置的签名服务保管。该服务没有应答，机器人没有向微信支付发送任何数据。",
    todo: `请确认签名服务正在运行，且机器人的用户有权连接（可运行 npm run doctor 检查），然后${retry}。`,
  },
  "unreachable-signer-refused": {
    short: "签名服务没有签名",
    happened: "`WECHATPAY_SIGNER` 配置的签名服务没有给出签名，机器人没有向微信支付发送任何数据。",
    todo: `请查看签名服务的日志，并检查时钟和 \`WECHATPAY_SIGNER_TOKEN\` 配置；如果 \`WECHATPAY_ENDPOINTS\` 含有路径，还须检查签名服务的 \`SIGNER_PATH_PREFIX\` 配置，然后${retry}。`,
  },
};

const because = (code: string | undefined) => (code === undefined ? "" : `（${code}）`);
const through = ({ proxy }: ConnectionFacts) => (proxy === undefined ? "" : `经代理 ${proxy} `);
const theProxy = ({ proxy }: ConnectionFacts) => (proxy === undefined ? "代理" : `代理 ${proxy} `);

export const connection: Texts["connection"] = {
  refused: (facts) => `${through(facts)}连接 ${facts.host} 被拒绝${because(facts.code)}。`,
  reset: (facts) => `${through(facts)}到 ${facts.host} 的连接中断${because(facts.code)}。`,
  timeout: (facts) => `${through(facts)}连接 ${facts.host} 超时${because(facts.code)}。`,
  dns: ({ host, code }) => `${host} 的域名无法解析${because(code)}。`,
  tls: (facts) => `${through(facts)}与 ${facts.host} 的 TLS 握手失败${because(facts.code)}。`,
  "certificate-expired": ({ host, date, code }) =>
    `${host} 的证书已${date === undefined ? "" : `于 ${date} `}过期${because(code)}。`,
  "certificate-not-yet-valid": ({ host, date, code }) =>
    `${host} 的证书${date === undefined ? "尚未生效" : `自 ${date} 起才生效`}${because(code)}。`,
  "certificate-self-signed": ({ host, code }) => `${host} 的证书是自签名证书${because(code)}。`,
  "certificate-unknown-issuer": ({ host, code }) =>
    `${host} 的证书由未知机构签发，或服务器没有发送完整的证书链${because(code)}。`,
  "certificate-wrong-host": ({ host, code }) => `${host} 与证书中的域名不符${because(code)}。`,
  "certificate-invalid": ({ host, code }) => `${host} 的证书无效${because(code)}。`,
  "proxy-unreachable": (facts) => `${theProxy(facts)}无法连接${because(facts.code)}。`,
  "proxy-closed": (facts) => `${theProxy(facts)}断开了到 ${facts.host} 的连接${because(facts.code)}。`,
  "proxy-credentials": (facts) => `${theProxy(facts)}要求身份验证（407）。`,
  "proxy-refused": (facts) =>
    `${theProxy(facts)}拒绝转发到 ${facts.host} 的连接${facts.status === undefined ? "" : `（${facts.status}）`}。`,
  "local-limit": ({ code }) => `系统拒绝建立连接${because(code)}。`,
  "no-verification-key": ({ host }) => `机器人没有平台证书，无法验证 ${host} 的应答。`,
  "signer-unreachable": ({ host, code }) => `签名服务 ${host} 没有应答${because(code)}。`,
  "signer-refused": ({ host, status, reason }) =>
    `签名服务 ${host} ${reason === undefined ? "" : `以 ${reason} 为由`}拒绝签名${status === undefined ? "" : `（${status}）`}。`,
  "signer-invalid": ({ host }) => `签名服务 ${host} 的应答不是有效的签名。`,
  other: (facts) => `${through(facts)}连接 ${facts.host} 失败${because(facts.code)}。`,
};

export const unverified: Texts["unverified"] = {
  why: {
    missing: "应答没有完整的微信支付签名，很可能不是微信支付的应答，而是来自代理或登录页面等。",
    "wrong-signature": "应答的签名不匹配：机器人使用的不是微信支付的公钥，或应答在传输途中被改动。",
    probe: "微信支付用故意错误的签名对机器人做了探测。",
  },
  serial: (serial, kind) =>
    kind === "public-key"
      ? `应答由公钥 ${serial} 签名，与 \`WECHATPAY_PUBLIC_KEY_ID\` 配置的不一致。`
      : `应答由平台证书 ${serial} 签名，机器人没有这张证书。`,
  contentEncoding: (encoding) => `应答带有 ${encoding} 编码，而机器人要求不编码，说明应答在传输途中被压缩。`,
};
