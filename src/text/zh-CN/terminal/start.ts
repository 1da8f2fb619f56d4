/** Start-up errors in a terminal, in Chinese: wrong settings and how to fix them. */
import type { KeyProblem } from "../../../domain/key-problem.ts";
import type { SettingsProblem, SettingsWarning, Variable } from "../../../settings.ts";
import type { Texts } from "../../en/catalogue.ts";

const newCertificate =
  "请在服务商平台（账户中心，API 安全）申请新证书，并同时更换 WECHATPAY_SERIAL_NO、WECHATPAY_PRIVATE_KEY 和 WECHATPAY_CERTIFICATE。";

/** A day, in UTC. @param at milliseconds since 1970 */
const day = (at: number) => new Date(at).toISOString().slice(0, 10);

/** What each variable should look like, after "NAME ". */
const expected: Record<Variable, string> = {
  SLACK_BOT_TOKEN: "应为机器人令牌 xoxb-…（api.slack.com/apps 的 OAuth & Permissions 页面）",
  SLACK_APP_TOKEN: "应为应用级令牌 xapp-…（api.slack.com/apps 的 Basic Information 页面）",
  SLACK_SIGNING_SECRET: "应为应用的 Signing Secret，不含空格（api.slack.com/apps 的 Basic Information 页面）",
  PORT: "应为端口号，1 至 65535",
  SLACK_API_URL: "应为 Slack Web API 的根地址，例如 https://slack.com/api/；只有指向本机时可用 http://",
  WECHATPAY_MCHID: "应为服务商自己的商户号，只有数字",
  WECHATPAY_SERIAL_NO:
    "应为商户 API 证书的序列号（十六进制），可用命令查看：openssl x509 -in apiclient_cert.pem -noout -serial",
  WECHATPAY_PRIVATE_KEY: "应为商户 API 私钥，即 apiclient_key.pem 的内容",
  WECHATPAY_PUBLIC_KEY_ID: "应为微信支付公钥 ID，PUB_KEY_ID_…（服务商平台，账户中心，API 安全）",
  WECHATPAY_PUBLIC_KEY: "应为微信支付公钥，即 pub_key.pem 的内容",
  WECHATPAY_CERTIFICATE: "应为商户 API 证书，即 apiclient_cert.pem 的内容",
  WECHATPAY_ENDPOINTS: "应为以逗号分隔的 https:// 地址；只有指向本机时可用 http://",
  DATABASE_URL: "应为 sqlite:PATH 或 postgres://USER:PASSWORD@HOST/DATABASE",
  SLACK_COMMAND: "应为带斜杠的命令名，例如 /receipt",
  RECEIPT_ADMINS: "应为以逗号分隔的 Slack 用户 ID，U…",
  RECEIPT_CHANNELS: "应为以逗号分隔的 Slack 频道 ID，C…",
  APPROVAL_POLICY: "应为 four-eyes（须由他人审批）或 self（审批人可审批自己的申请）",
  APPROVERS_NEEDED: "应为一个申请须几人批准，1 至 10",
  BULK_FROM: "应为从多少个特约商户起须更多人批准，2 至 10000",
  BULK_APPROVERS_NEEDED: "应为批量申请须几人批准，2 至 10",
  BREAK_GLASS: "应为 off 或 on（允许审批人紧急放行自己的申请）",
  REASON: "应为 optional（原因可不填）或 required（原因必填）",
  WECHATPAY_RATE: "应为每秒调用微信支付的最多次数，大于 0",
  REQUEST_TTL: "应为数字加单位 s、m、h 或 d，例如 24h",
  STALE_AFTER: "应为数字加单位 s、m、h 或 d，例如 1h，不得短于一分钟",
  ESCALATE_AFTER: "应为数字加单位 s、m、h 或 d，例如 4h",
  ESCALATE_TO: "应为 Slack 用户组的 ID，S…（在 Slack 的用户组页面复制）",
  LOCALE: "应为 en 或 zh-CN",
  LOG_LEVEL: "应为 trace、debug、info、warn、error、fatal 或 silent",
  OPS_PORT: "应为端口号，1 至 65535",
  OPS_HOST: "应为监听地址，例如 127.0.0.1 或 0.0.0.0",
  LEDGER_KEY: "应为至少 32 字节的密钥，可用命令生成：openssl rand -base64 32",
};

/** What is wrong with a key and what to do; begins after "NAME ". */
const keyProblem: Record<KeyProblem, string> = {
  empty: "为空。请填入 PEM 文件的全部内容，或用 …_FILE 指定文件",
  binary: "不是文本，可能是 .p12 或 DER 文件。请使用同一次下载中的 .pem 文件",
  path: "填的是文件名。请改用 …_FILE 指定文件，或填入文件内容",
  "literal-line-breaks": "在换行处写成了 \\n 两个字符。请换成真正的换行，或用 …_FILE 指定文件",
  "one-line": "全部内容在一行。PEM 文件有换行，请恢复换行，或用 …_FILE 指定文件",
  "no-armour": "缺少首行 -----BEGIN …----- 和末行 -----END …----- 的内容。请填入文件的全部内容",
  indented: "有些行以空格开头，多见于粘贴到 YAML 之后。请去掉行首空格，或用 …_FILE 指定文件",
  cut: "不完整，缺少末行 -----END …----- 的内容。请填入文件的全部内容",
  encrypted: "有密码保护。请先解密：openssl pkcs8 -in KEY -out apiclient_key.pem",
  unreadable: "看似 PEM 但无法读取，内容可能被改动过。请使用原始文件",
  certificate: "是证书，此处应为私钥，即 apiclient_key.pem 的内容",
  "certificate-alone": "只有证书，还须包含微信支付公钥，即 pub_key.pem 的内容（服务商平台，账户中心，API 安全）",
  "public-key": "是公钥，此处应为私钥，即 apiclient_key.pem 的内容",
  "private-key": "是私钥，此处应为微信支付公钥，即 pub_key.pem 的内容。请勿在此处填写私钥",
  "own-key": "是我方自己的密钥，此处应为微信支付公钥。请下载微信支付公钥（服务商平台，账户中心，API 安全）",
  "own-certificate": "是我方自己的证书，此处应为微信支付公钥。请下载微信支付公钥（服务商平台，账户中心，API 安全）",
  "wrong-armour": "首行写着 PRIVATE KEY，内容却是 RSA PRIVATE KEY。请使用原始的 apiclient_key.pem，或改正首行和末行",
  "wrong-public-armour":
    "首行写着 PUBLIC KEY，内容却是 RSA PUBLIC KEY。请使用原始的 pub_key.pem（服务商平台，账户中心，API 安全）",
  "no-certificate": "不含证书，此处应为 apiclient_cert.pem 的内容",
  "several-certificates": "包含多个证书。请只保留我方自己的证书，即 apiclient_cert.pem 的内容",
  "not-rsa": "不是 RSA 密钥。微信支付使用 2048 位的 RSA 密钥",
  "not-2048-bits": "是 RSA 密钥，但长度不是微信支付使用的 2048 位",
  "several-keys": "包含多个密钥。请只保留正确的一个",
};

/** What is wrong with the proxy's address; begins after "NAME ". */
const proxyProblem: Record<Extract<SettingsProblem, { kind: "proxy" }>["problem"], string> = {
  scheme: "应为 HTTP 代理的地址 http://HOST:PORT；不支持其他类型的代理",
  address: "应只填代理的地址 http://HOST:PORT，不含路径",
  port: "的端口无效：主机名后应为冒号和 1 至 65535 的数字，即 http://HOST:PORT",
  encoding: "的用户名或密码含有特殊字符，须百分号编码：# 写作 %23，/ 写作 %2F，? 写作 %3F，@ 写作 %40，% 写作 %25",
};

/** What to do about a bot token that Slack refuses, by Slack's error code. */
const tokenAdvice: Readonly<Record<string, string>> = {
  token_revoked: "令牌已被吊销：请重新安装应用，复制新的 SLACK_BOT_TOKEN，然后重新启动。",
  token_expired: "令牌已过期：请关闭应用的令牌轮换，复制新的 SLACK_BOT_TOKEN，然后重新启动。",
  account_inactive: "应用已从工作区移除，或其机器人已停用：请重新安装应用，复制新的 SLACK_BOT_TOKEN，然后重新启动。",
  not_allowed_token_type:
    "这不是机器人令牌：请从 api.slack.com/apps 的 OAuth & Permissions 页面复制 Bot User OAuth Token（xoxb-…），填入 SLACK_BOT_TOKEN，然后重新启动。",
  team_access_not_granted:
    "组织尚未将应用安装到该工作区：请在该工作区安装应用，复制这次安装的 SLACK_BOT_TOKEN，然后重新启动。",
};

export const start: Texts["start"] = {
  wrongSettings: (count: number) => `机器人无法启动：有 ${count} 项配置缺失或有误。`,
  missing: "缺失：",
  wrong: "有误：",
  problem(problem: SettingsProblem): string {
    switch (problem.kind) {
      case "missing":
      case "malformed":
        return `${problem.variable} ${expected[problem.variable]}`;
      case "quoted":
        return `${problem.variable} 的值带有引号，Docker 会把引号当作值的一部分。请去掉引号`;
      case "spaces":
        return `${problem.variable} 的首尾有空格或换行。请去掉`;
      case "rotating-token":
        return `${problem.variable} 是轮换令牌（xoxe…），12 小时后失效。请使用未开启 token rotation 的应用的令牌`;
      case "password-encoding":
        return `${problem.variable} 的用户名或密码含有特殊字符，须百分号编码：# 写作 %23，/ 写作 %2F，? 写作 %3F，@ 写作 %40，% 写作 %25`;
      case "file-encoding":
        return `${problem.variable}_FILE 指定的文件 ${problem.path} 是 UTF-16 编码。请另存为 UTF-8`;
      case "byte-order-mark":
        return `${problem.variable} 的名称前有字节顺序标记（BOM），无法识别。请将文件另存为不带 BOM 的 UTF-8`;
      case "env-file":
        return `文件 ${problem.path} 无法读取（${problem.why}），其中的配置没有生效。请另存为 UTF-8，并允许机器人的用户读取`;
      case "proxy":
        return `${problem.variable} ${proxyProblem[problem.problem]}`;
      case "no-mode":
        return "SLACK_APP_TOKEN（Socket Mode：应用级令牌 xapp-…）和 SLACK_SIGNING_SECRET（HTTP 模式：应用的 Signing Secret）须配置其一";
      case "half-bulk":
        return "BULK_FROM 和 BULK_APPROVERS_NEEDED 须同时配置，或都不配置";
      case "half-escalation":
        return "ESCALATE_AFTER 和 ESCALATE_TO 须同时配置，或都不配置";
      case "late-escalation":
        return "ESCALATE_AFTER 须短于 REQUEST_TTL：申请过期后不再通知";
      case "file-unreadable":
        return `${problem.variable}_FILE 指定的文件 ${problem.path} 无法读取（${problem.why}）`;
      case "given-twice":
        return `${problem.variable} 和 ${problem.variable}_FILE 同时配置了，请只保留一项`;
      case "key":
        return `${problem.variable} ${keyProblem[problem.problem]}`;
      case "certificate-serial":
        return `WECHATPAY_SERIAL_NO 不是 WECHATPAY_CERTIFICATE 的序列号，该证书的序列号为 ${problem.serialNo}。证书、序列号和私钥须来自同一次下载`;
      case "certificate-owner":
        return "WECHATPAY_CERTIFICATE 属于其他商户，不属于 WECHATPAY_MCHID：证书的 CN 应为服务商自己的商户号";
      case "certificate-key":
        return "WECHATPAY_PRIVATE_KEY 与 WECHATPAY_CERTIFICATE 不是一对。请使用同一次下载中的 apiclient_key.pem 和 apiclient_cert.pem";
      default:
        return problem satisfies never;
    }
  },
  afterwards: "各项配置的获取方法见 .github/docs/operating.md 页面。无需任何配置即可试用：npm run demo",
  warning(warning: SettingsWarning): string {
    switch (warning.kind) {
      case "unknown-name":
        return `${warning.name} 不是机器人的配置项，不起作用。${warning.nearest === undefined ? "" : `是否应为 ${warning.nearest}？`}`;
      case "signing-secret":
        return "SLACK_SIGNING_SECRET 不是 32 位十六进制数字，与 Slack 的 Signing Secret 不符。如果 Slack 的请求被拒绝，请从 api.slack.com/apps 的 Basic Information 页面重新复制。";
      case "certificate-expired":
        return `WECHATPAY_CERTIFICATE 中的商户 API 证书已于 ${day(warning.at)} 过期，微信支付会拒绝所有调用。${newCertificate}`;
      case "certificate-expires":
        return `WECHATPAY_CERTIFICATE 中的商户 API 证书将于 ${day(warning.at)} 过期，之后微信支付会拒绝所有调用。${newCertificate}`;
      default:
        return warning satisfies never;
    }
  },
  noAdmin: "目前没有管理员，无人可以授予角色。请将管理员的 Slack 用户 ID 填入 RECEIPT_ADMINS，然后重启机器人。",
  slackRefuses: (error: string) =>
    `Slack 拒绝了机器人令牌（${error}）。${tokenAdvice[error] ?? "请从 api.slack.com/apps 的 OAuth & Permissions 页面重新复制 SLACK_BOT_TOKEN，然后重新启动。"}`,
  organisationWide:
    "SLACK_BOT_TOKEN 属于整个组织范围的安装，机器人无法以此识别任何人。请只将应用安装到团队所在的工作区（api.slack.com/apps 的 Install App 页面），复制这次安装的 SLACK_BOT_TOKEN，然后重新启动。",
  owner: (team, app, mchid) =>
    [
      ...(team ? [`工作区 ${team}`] : []),
      ...(app ? [`Slack 应用 ${app}`] : []),
      `商户号 ${mchid}（WECHATPAY_MCHID）`,
    ].join("、"),
  ownedByAnother: (ledger, own) =>
    `DATABASE_URL 指向的账本属于另一套部署（${ledger}），不属于本部署（${own}）：请为本部署配置单独的数据库。`,
  slackRefusesAppToken: (error: string) =>
    `Slack 拒绝了应用级令牌（${error}）。请在 api.slack.com/apps 的 Basic Information 页面创建带 connections:write 权限的令牌，填入 SLACK_APP_TOKEN，然后重新启动。`,
  escalationGroup: {
    unknown: (id) =>
      `ESCALATE_TO 配置的用户组 ${id} 不存在或已停用，等待过久的申请将无人收到通知。请在 Slack 的用户组页面（⋯，Copy group ID）重新复制 ID，或启用该用户组，然后重启机器人。`,
    empty: (id) =>
      `ESCALATE_TO 配置的用户组 ${id} 没有成员，等待过久的申请将无人收到通知。请在 Slack 中为该用户组添加成员。`,
    plan: (id) =>
      `ESCALATE_TO 配置了用户组 ${id}，但工作区的套餐不含用户组，等待过久的申请将无人收到通知。请去掉 ESCALATE_TO 和 ESCALATE_AFTER 两项配置，或升级套餐。`,
    scope: (id) =>
      `机器人没有 usergroups:read 权限，无法确认 ESCALATE_TO 配置的用户组 ${id} 是否存在。请按 manifest.yml 的权限重新安装应用，然后重启机器人。`,
    unasked: (id) => `Slack 没有应答，无法确认 ESCALATE_TO 配置的用户组 ${id} 是否存在。下次启动时会再次确认。`,
  },
  portTaken: (setting, port) => `端口 ${port} 已被其他程序占用。请将 ${setting} 改为空闲端口，或停止占用它的程序。`,
  portsEqual: (port) => `PORT 和 OPS_PORT 都是 ${port}。请将 OPS_PORT 改为其他空闲端口。`,
  cannotListen: (settings, why) =>
    `无法在 ${settings} 指定的地址上监听（${why}）。请填写本机地址和机器人可以使用的端口。`,
  database(name, problem) {
    switch (problem.kind) {
      case "address":
        return `${name} 不是可以识别的数据库地址。用户名或密码中的 @ : / ? # % 须写作 %40 %3A %2F %3F %23 %25。`;
      case "no-folder":
        return `${name} 指定的文件所在目录 ${problem.folder} 不存在。请创建该目录，或改正路径。`;
      case "file":
        return `${name} 指定的 ${problem.path} 无法以写入方式打开（${problem.why}）。请检查路径，以及文件和目录的权限。`;
      case "no-tls":
        return `${name} 要求使用 TLS（sslmode），但服务器不支持。请在服务器上启用 TLS，或去掉 sslmode。`;
      case "too-many-connections":
        return `${name} 的服务器连接数已满（${problem.why}）。机器人的每个实例最多使用 10 个连接，请调高服务器的上限，或关闭其他连接。`;
      case "no-right":
        return `${name} 的用户权限不足（${problem.why}）。请允许该用户在该 schema 中建表和写入。`;
      case "no-schema":
        return `${name} 没有可用的 schema：search_path 指定的 schema 不存在，或该用户无权使用。请创建该 schema，或授予该用户 usage 和 create 权限。`;
      case "encoding":
        return `${name} 的数据库编码为 ${problem.encoding}，无法存储中文。请创建 UTF8 编码的数据库（create database … template template0 encoding 'UTF8'），并填入 ${name}。`;
      case "pooler":
        return `连接池拒绝了 ${name} 中的参数（${problem.why}）。请去掉 ${name} 中的 options=…，改为对用户设置：alter role … set search_path = …`;
      case "newer":
        return `${name} 的台账由更新版本的机器人创建，当前版本不认识其中的步骤 ${problem.step}。请启动更新的版本。`;
      case "away":
        return `无法打开 ${name} 指定的数据库（${problem.why}）。请检查地址，以及是否有写入权限。`;
      default:
        return problem satisfies never;
    }
  },
  ledgerKey: {
    missing: "台账已签名，但未设置 LEDGER_KEY。请将其设为台账的密钥；如不再使用，请运行：npm run ledger-key -- disable",
    other: "LEDGER_KEY 不是台账的密钥。请将其设为台账的密钥；如需更换，请运行：npm run ledger-key -- change",
    "not-enabled": "已设置 LEDGER_KEY，但台账中的事件尚无 MAC。请先核对并签名：npm run ledger-key -- enable",
  },
};
