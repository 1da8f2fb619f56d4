/** What is wrong with one setting and what to do, in Chinese. */
import type { KeyProblem } from "../../../domain/key-problem.ts";
import type { ApiV3KeyProblem } from "../../../domain/platform-certificates/apiv3-key-problem.ts";
import type { NamedVariable, SettingsProblem } from "../../../settings.ts";

const ledgerKey = "应为至少 32 字节的密钥，可用 openssl rand -base64 32 生成。在 .env 中，含 # 的值须加引号";

/** What each variable should look like, after "NAME ". */
const expected: Record<NamedVariable, string> = {
  SLACK_BOT_TOKEN: "应为机器人令牌 xoxb-…（api.slack.com/apps 的 OAuth & Permissions 页面）",
  SLACK_APP_TOKEN: "应为应用级令牌 xapp-…（api.slack.com/apps 的 Basic Information 页面）",
  SLACK_SIGNING_SECRET: "应为应用的 Signing Secret，不是令牌，不含空格（api.slack.com/apps 的 Basic Information 页面）",
  PORT: "应为端口号，1 至 65535",
  HTTP_PATH: "应为接收 Slack 请求的路径，例如 /slack/events，不含空格，末尾不加斜杠",
  HTTP_KEEP_ALIVE: "应为数字加单位 s、m 或 h，例如 75s，须在 1s 至 1h 之间",
  SLACK_API_URL: "应为 Slack Web API 的根地址，例如 https://slack.com/api/；只有指向本机时可用 http://",
  WECHATPAY_MCHID: "应为服务商自己的商户号，只有数字",
  WECHATPAY_SERIAL_NO:
    "应为商户 API 证书的序列号（十六进制，可用 openssl x509 -in apiclient_cert.pem -noout -serial 查看）",
  WECHATPAY_PRIVATE_KEY: "应为商户 API 私钥，即 apiclient_key.pem 的内容；配置了 WECHATPAY_SIGNER 时不需要",
  WECHATPAY_SIGNER: "应为 unix:/PATH（Unix 套接字），或本机的 http://127.0.0.1:PORT，不含路径",
  WECHATPAY_SIGNER_TOKEN: "应为签名服务的 SIGNER_TOKEN，32 至 256 个字符，不含空格",
  WECHATPAY_PUBLIC_KEY_ID: "应为微信支付公钥 ID，PUB_KEY_ID_…（服务商平台，账户中心，API 安全）",
  WECHATPAY_PUBLIC_KEY:
    "应为微信支付公钥，即 pub_key.pem 的内容（仍使用平台证书的服务商可改为配置 WECHATPAY_APIV3_KEY）",
  WECHATPAY_APIV3_KEY: "应为 APIv3 密钥，即在服务商平台设置的 32 个字符（账户中心，API 安全）",
  WECHATPAY_CERTIFICATE: "应为商户 API 证书，即 apiclient_cert.pem 的内容",
  WECHATPAY_ENDPOINTS: "应为以逗号分隔的 https:// 地址，不含接口路径（/v3/…）；只有指向本机时可用 http://",
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
  UNKNOWN_MERCHANTS: "应为 warn（标明）或 refuse（拒绝）",
  GOLDPLAN: "应为 off（不操作点金计划）、on（可操作）或 with-receipts（开通小票时一并开通）",
  GOLDPLAN_SCENE: "应为 JSAPI、MINIPROGRAM 或 JSAPI_AND_MINIPROGRAM",
  TICKET_PATTERN: "应为工单号的正则表达式（RE2 语法），不得匹配空文本，例如 OPS-[0-9]+",
  TICKET_EXAMPLE: "应为一个工单号，最多 64 个字符，例如 OPS-4711",
  TICKET_URL: "应为 https:// 地址，主机名之后须有 {ticket}，例如 https://tickets.example.com/{ticket}",
  WECHATPAY_RATE: "应为每秒调用微信支付的最多次数，大于 0，不超过 100000",
  REQUEST_TTL: "应为数字加单位 s、m、h 或 d，例如 24h",
  STALE_AFTER: "应为数字加单位 s、m、h 或 d，例如 1h，不得短于一分钟",
  RETAIN: "应为数字加单位 d，例如 400d，不得短于 30 天",
  ESCALATE_AFTER: "应为数字加单位 s、m、h 或 d，例如 4h",
  ESCALATE_TO: "应为 Slack 用户组的 ID，S…（在 Slack 的用户组页面复制）",
  LOCALE: "应为 en 或 zh-CN",
  PERSONAL_LOCALE: "应为 on 或 off",
  LOG_LEVEL: "应为 trace、debug、info、warn、error、fatal 或 silent",
  OPS_PORT: "应为端口号，1 至 65535",
  OPS_HOST: "应为监听地址，例如 127.0.0.1 或 0.0.0.0",
  LEDGER_KEY: ledgerKey,
  LEDGER_KEY_OLD: ledgerKey,
};

/** What is wrong with a key and what to do; begins after "NAME ". */
const keyProblem: Record<KeyProblem, string> = {
  empty: "为空。请填入 PEM 文件的全部内容，或用 …_FILE 指定文件",
  binary: "不是文本，可能是 .p12 或 DER 文件。请使用同一次下载中的 .pem 文件",
  path: "填的是文件名。请改用 …_FILE 指定文件，或填入文件内容",
  "literal-line-breaks": "在换行处写成了 \\n 两个字符。请换成真正的换行，或用 …_FILE 指定文件",
  "one-line": "全部内容在一行。PEM 文件有换行，请恢复换行，或用 …_FILE 指定文件",
  "no-armour": "缺少首行 -----BEGIN …----- 和末行 -----END …----- 的内容。请填入文件的全部内容",
  base64:
    "被整体编码成了 Base64，多见于 Kubernetes Secret 的 data。请填入解码后的内容（base64 -d），以 -----BEGIN …----- 开头",
  indented: "有些行以空格开头，多见于粘贴到 YAML 之后。请去掉行首空格，或用 …_FILE 指定文件",
  cut: "不完整，缺少部分内容，例如首行 -----BEGIN …----- 或末行 -----END …-----。请填入文件的全部内容",
  encrypted: "有密码保护。请先解密（openssl pkcs8 -in KEY -out apiclient_key.pem）",
  "key-id": "填的是微信支付公钥 ID。请将 ID 填入 WECHATPAY_PUBLIC_KEY_ID，此处填入 .pem 文件的内容",
  serial: "填的是序列号。请填入 .pem 文件的内容",
  "not-pem": "不是 .pem 文件的内容（以 -----BEGIN …----- 开头）。请填入文件的全部内容，或用 …_FILE 指定文件",
  unreadable: "看似 PEM 但无法读取，内容可能被改动过。请使用原始文件",
  certificate: "是证书，此处应为私钥，即 apiclient_key.pem 的内容",
  "certificate-alone":
    "只有证书，还须包含微信支付公钥，即 pub_key.pem 的内容（服务商平台，账户中心，API 安全），或改为配置 WECHATPAY_APIV3_KEY",
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

/** What is wrong with the APIv3 key and what to do; begins after "NAME ". */
const apiV3KeyProblem: Record<ApiV3KeyProblem, (length: number) => string> = {
  pem: () => "是 PEM 文件的内容，此处应为 APIv3 密钥，即在服务商平台设置的 32 个字符",
  path: () => "填的是文件名。请改用 WECHATPAY_APIV3_KEY_FILE 指定文件，或填入密钥本身",
  serial: () => "是证书序列号。APIv3 密钥为 32 个字符，在服务商平台设置（账户中心，API 安全）",
  hex: () => "是 64 位十六进制数。请直接填写当时设置的 32 个字符，不要编码",
  base64: () => "是 Base64 编码。请直接填写当时设置的 32 个字符，不要编码",
  length: (length) => `有 ${length} 个字符，APIv3 密钥应为 32 个字符`,
  characters: () => "含有空格，或英文字母、数字和半角符号以外的字符",
};

/** What is wrong with the proxy's address; begins after "NAME ". */
const proxyProblem: Record<Extract<SettingsProblem, { kind: "proxy" }>["problem"], string> = {
  scheme: "应为 HTTP 代理的地址 http://HOST:PORT；不支持其他类型的代理",
  address: "应只填代理的地址 http://HOST:PORT，不含路径",
  port: "的端口无效：主机名后应为冒号和 1 至 65535 的数字，即 http://HOST:PORT。密码中的 # 须写作 %23，因为 .env 中的 # 表示注释开始",
  encoding: "的用户名或密码含有特殊字符，须百分号编码：# 写作 %23，/ 写作 %2F，? 写作 %3F，@ 写作 %40，% 写作 %25",
};

/** `U+200B`, with the character itself where people can see it. */
function characterName(character: string): string {
  const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(character) ? `${code}（${character}）` : code;
}

/** Without its full stop. */
export function problemOf(problem: Exclude<SettingsProblem, { kind: "unknown-name" }>): string {
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
    case "foreign-character":
      return `${problem.variable} 含有不应出现的字符 ${characterName(problem.character)}。请重新复制`;
    case "password-encoding":
      return `${problem.variable} 的用户名或密码含有特殊字符，须百分号编码：# 写作 %23，/ 写作 %2F，? 写作 %3F，@ 写作 %40，% 写作 %25`;
    case "cut":
      return `${problem.variable} 在用户名或密码处中断。密码中的 # 须写作 %23，因为 .env 中的 # 表示注释开始`;
    case "in-memory":
      return `${problem.variable} 指定的是内存数据库，机器人一停止，数据就会丢失。请使用 sqlite:PATH，例如 sqlite:data/receipts.db`;
    case "port":
      return `${problem.variable} 的端口无效：主机名后应为冒号和 1 至 65535 的数字`;
    case "sslmode":
      return `${problem.variable} 的 sslmode 无法识别。请使用 sslmode=verify-full（加密连接并验证服务器），不加密则去掉 sslmode`;
    case "file-encoding":
      return `${problem.variable}_FILE 指定的文件 ${problem.path} 是 UTF-16 编码。请另存为 UTF-8`;
    case "byte-order-mark":
      return `${problem.variable} 的名称前有字节顺序标记（BOM），无法识别。请将文件另存为不带 BOM 的 UTF-8`;
    case "env-file":
      return envFile(problem);
    case "proxy":
      return `${problem.variable} ${proxyProblem[problem.problem]}`;
    case "no-mode":
      return "SLACK_APP_TOKEN（Socket Mode：应用级令牌 xapp-…）和 SLACK_SIGNING_SECRET（HTTP 模式：应用的 Signing Secret）须配置其一";
    case "half-bulk":
      return "BULK_FROM 和 BULK_APPROVERS_NEEDED 须同时配置，或都不配置";
    case "equal-ports":
      return `PORT 和 OPS_PORT 都是 ${problem.port}：请将 OPS_PORT 改为其他空闲端口`;
    case "half-escalation":
      return "ESCALATE_AFTER 和 ESCALATE_TO 须同时配置，或都不配置";
    case "late-escalation":
      return "ESCALATE_AFTER 须短于 REQUEST_TTL：申请过期后不再通知";
    case "ticket-example":
      return "TICKET_EXAMPLE 须从头到尾匹配 TICKET_PATTERN：使用者会照着它填写";
    case "ticket-unknown":
      return "TICKET_PATTERN 较特殊，无法据此生成示例工单号，请将 TICKET_EXAMPLE 设为一个工单号，供使用者照着填写";
    case "ticket-not-found":
      return `TICKET_PATTERN 在机器人的示例原因“${problem.reason}”中找不到工单号：工单号可以出现在原因中的任何位置，请去掉 ^ 等限制`;
    case "ticket-is-number":
      return `TICKET_PATTERN：${problem.ticket} 这样的工单号与特约商户号无法区分，不能写在命令中。请让工单号包含字母，例如 OPS-[0-9]{10}，或将 TICKET_EXAMPLE 设为不像商户号的工单号`;
    case "ticket-alone":
      return `${problem.variable} 须与 TICKET_PATTERN 一同设置，否则不起作用`;
    case "file-unreadable":
      return `${problem.variable}_FILE 指定的文件 ${problem.path} 无法读取（${problem.why}）`;
    case "given-twice":
      return `${problem.variable} 和 ${problem.variable}_FILE 同时配置了，请只保留一项`;
    case "key":
      return `${problem.variable} ${keyProblem[problem.problem]}`;
    case "apiv3-key":
      return `${problem.variable} ${apiV3KeyProblem[problem.problem](problem.length)}`;
    case "key-and-signer":
      return "WECHATPAY_PRIVATE_KEY 和 WECHATPAY_SIGNER 同时配置了，请只保留一项。使用签名服务时，机器人不需要私钥";
    case "signer-without-token":
      return "WECHATPAY_SIGNER 是 HTTP 地址，本机的任何进程都能访问，须将 WECHATPAY_SIGNER_TOKEN 配置为签名服务的 SIGNER_TOKEN";
    case "certificate-serial":
      return `WECHATPAY_SERIAL_NO 不是 WECHATPAY_CERTIFICATE 的序列号，该证书的序列号为 ${problem.serialNo}。证书、序列号和私钥须来自同一次下载`;
    case "certificate-owner":
      return "WECHATPAY_CERTIFICATE 属于其他商户，不属于 WECHATPAY_MCHID：证书的 CN 应为服务商自己的商户号";
    case "certificate-key":
      return "WECHATPAY_PRIVATE_KEY 与 WECHATPAY_CERTIFICATE 不是一对。请使用同一次下载中的 apiclient_key.pem 和 apiclient_cert.pem";
    default:
      return problem satisfies never;
  }
}

export function envFile({ path, why }: Extract<SettingsProblem, { kind: "env-file" }>): string {
  return `文件 ${path} 无法读取（${why}），其中的配置没有生效。请另存为 UTF-8，并允许机器人的用户读取`;
}

export function unknownName({ name, nearest }: Extract<SettingsProblem, { kind: "unknown-name" }>): string {
  return `${name} 不是机器人的配置项，不起作用。${nearest === undefined ? "" : `是否应为 ${nearest}？`}`;
}
