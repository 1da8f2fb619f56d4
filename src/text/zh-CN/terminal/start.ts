/** Start-up errors in a terminal, in Chinese: wrong settings and how to fix them. */
import type { SettingsWarning } from "../../../settings.ts";
import type { Texts } from "../../en/catalogue.ts";
import { envFile, problemOf, unknownName } from "./settings.ts";

const newCertificate =
  "请在服务商平台（账户中心，API 安全）申请新证书，并同时更换 WECHATPAY_SERIAL_NO、WECHATPAY_PRIVATE_KEY 和 WECHATPAY_CERTIFICATE。";

/** A day, in UTC. @param at milliseconds since 1970 */
const day = (at: number) => new Date(at).toISOString().slice(0, 10);

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

/** What to do about a certificate of a database server. @param name of the setting with its address */
const certificateAdvice = {
  issuer: (name: string) =>
    `请用 ${name} 中的 sslrootcert=/PATH/ca.pem 或 NODE_EXTRA_CA_CERTS 指定签发该证书的 CA 证书。请勿使用 sslmode=no-verify，它接受任何人的证书。`,
  host: (name: string) => `${name} 中的主机名应为证书所含的名称。`,
  date: () => "请在服务器上更新证书，或校准本机时间。",
};

export const start: Texts["start"] = {
  wrongSettings: (count: number) => `机器人无法启动：有 ${count} 项配置缺失或有误。`,
  first: "请先更正：",
  missing: "缺失：",
  wrong: "有误：",
  problem: (problem) => (problem.kind === "unknown-name" ? unknownName(problem) : `${problemOf(problem)}。`),
  afterwards: "各项配置的获取方法见 .github/docs/operating.md 页面。无需任何配置即可试用：npm run demo",
  warning(warning: SettingsWarning): string {
    switch (warning.kind) {
      case "unknown-name":
        return unknownName(warning);
      case "env-file":
        return `${envFile(warning)}。`;
      case "signing-secret":
        return "SLACK_SIGNING_SECRET 不是 32 位十六进制数字，与 Slack 的 Signing Secret 不符。如果 Slack 的请求被拒绝，请从 api.slack.com/apps 的 Basic Information 页面重新复制。";
      case "ticket-in-number":
        return `TICKET_PATTERN 也能匹配特约商户号（例如 ${warning.number}）：原因中出现的商户号会被当作工单号。请让工单号包含字母，例如 OPS-[0-9]+。`;
      case "certificate-expired":
        return `WECHATPAY_CERTIFICATE 中的商户 API 证书已于 ${day(warning.at)} 过期，微信支付会拒绝所有调用。${newCertificate}`;
      case "certificate-expires":
        return `WECHATPAY_CERTIFICATE 中的商户 API 证书将于 ${day(warning.at)} 过期，之后微信支付会拒绝所有调用。${newCertificate}`;
      default:
        return warning satisfies never;
    }
  },
  noAdmin: "目前没有管理员，无人可以授予角色。请将管理员的 Slack 用户 ID 填入 RECEIPT_ADMINS，然后重启机器人。",
  platformCertificates: {
    none: "微信支付没有我方的平台证书：我方使用的是微信支付公钥。请配置 WECHATPAY_PUBLIC_KEY_ID 和 WECHATPAY_PUBLIC_KEY（服务商平台“账户中心 → API 安全”），去掉 WECHATPAY_APIV3_KEY，然后重启机器人。",
    "wrong-key":
      "WECHATPAY_APIV3_KEY 无法解密微信支付平台证书，不是 WECHATPAY_MCHID 当前的 APIv3 密钥。微信支付不显示该密钥，请使用最近一次设置的密钥，或重新设置（服务商平台“账户中心 → API 安全”）。",
    unusable:
      "微信支付平台证书均不可用：须在有效期内，为 2048 位 RSA 密钥，且序列号与微信支付所列一致。请先校准机器人所在主机的时间（NTP）；如果时间准确，请联系微信支付技术支持。",
  },
  slackRefuses: (error: string) =>
    `Slack 拒绝了机器人令牌（${error}）。${tokenAdvice[error] ?? "请从 api.slack.com/apps 的 OAuth & Permissions 页面重新复制 SLACK_BOT_TOKEN，然后重新启动。"}`,
  organizationWide:
    "SLACK_BOT_TOKEN 属于整个组织范围的安装，机器人无法以此识别任何人。请只将应用安装到团队所在的工作区（api.slack.com/apps 的 Install App 页面），复制这次安装的 SLACK_BOT_TOKEN，然后重新启动。",
  owner: (team, app, mchid) =>
    [
      ...(team ? [`工作区 ${team}`] : []),
      ...(app ? [`Slack 应用 ${app}`] : []),
      `商户号 ${mchid}（WECHATPAY_MCHID）`,
    ].join("、"),
  ownedByAnother: (ledger, own) =>
    `DATABASE_URL 指向的台账属于另一套部署（${ledger}），不属于本部署（${own}）：请为本部署配置单独的数据库。`,
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
  cannotListen: (settings, why) =>
    `无法在 ${settings} 指定的地址上监听（${why}）。请填写本机地址和机器人可以使用的端口。`,
  database(name, problem) {
    switch (problem.kind) {
      case "address":
        return `${name} 不是可以识别的数据库地址。用户名或密码中的 @ : / ? # % 须写作 %40 %3A %2F %3F %23 %25。`;
      case "no-folder":
        return `${name} 指定的文件所在目录 ${problem.folder} 不存在。请创建该目录，或改正路径。`;
      case "full":
        return `${name} 指定的 ${problem.path} 所在磁盘已满。请清理出空间。`;
      case "file":
        return `${name} 指定的 ${problem.path} 无法以写入方式打开（${problem.why}）。请检查路径，以及文件和目录的权限。`;
      case "damaged":
        return `${name} 指定的 ${problem.path} 不是 SQLite 数据库，或已损坏（${problem.why}）。请改正路径，或恢复备份。`;
      case "without-log":
        return `${name} 指定的 ${problem.path} 缺少文件 ${problem.path}-wal，其中有最近写入的数据；没有该文件，台账会停留在较早的状态。请将该文件放回原处，或恢复备份（npm run restore）；如需以现有内容继续使用，请删除 ${problem.path}-shm。`;
      case "log-alone":
        return `${name} 指定的 ${problem.path} 不存在或为空，但 ${problem.path}-wal 还在，其中有最近写入的数据。请将台账文件放回原处；如需新建台账，请移走 ${problem.path}-wal 和 -shm。`;
      case "locked":
        return `${name} 指定的 ${problem.path} 被其他程序锁定。请关闭该程序，然后重试。`;
      case "no-tls":
        return `${name} 要求使用 TLS（sslmode），但服务器不支持。请在服务器上启用 TLS，或去掉 sslmode。`;
      case "tls-required":
        return `${name} 的服务器只接受 TLS 连接。请在 ${name} 中加上 sslmode=verify-full（…/DATABASE?sslmode=verify-full）。`;
      case "certificate":
        return `${name} 的服务器证书未通过验证（${problem.why}）。${certificateAdvice[problem.fault](name)}`;
      case "tls-file":
        return `${name} 为 TLS 指定的文件 ${problem.path} 无法读取（${problem.why}）。请检查 sslrootcert、sslcert 或 sslkey 的路径，以及文件的权限。`;
      case "unreachable":
        return `无法连接 ${name} 指定的服务器，或服务器目前不接受连接（${problem.why}）。请先确认服务器正在运行，再检查地址和网络。`;
      case "too-many-connections":
        return `${name} 的服务器连接数已满（${problem.why}）。机器人的每个实例最多使用 10 个连接，请调高服务器的上限，或关闭其他连接。`;
      case "no-right":
        return `${name} 的用户权限不足（${problem.why}）。请允许该用户在该 schema 中建表和写入。`;
      case "no-schema":
        return `${name} 没有可用的 schema：search_path 指定的 schema 不存在，或该用户无权使用。请创建该 schema，或授予该用户 usage 和 create 权限。`;
      case "no-triggers":
        return `${name} 的用户关闭了触发器（session_replication_role = replica），审计记录可能被改动。请在该用户、数据库或服务器上取消此设置：alter role … reset session_replication_role。`;
      case "encoding":
        return `${name} 的数据库编码为 ${problem.encoding}，无法存储中文。请创建 UTF8 编码的数据库（create database … template template0 encoding 'UTF8'），并填入 ${name}。`;
      case "pooler":
        return `连接池拒绝了 ${name} 中的参数（${problem.why}）。请去掉 ${name} 中的 options=…，改为对用户设置（alter role … set search_path = …）。`;
      case "no-ledger":
        return `${name} 指定的数据库中没有台账。请改正地址，或启动机器人以建立台账。`;
      case "older":
        return `${name} 的台账由较旧版本的机器人写入，缺少步骤 ${problem.step}。请使用写入它的版本；或停止机器人、备份台账，启动一次当前版本，然后重新运行。`;
      case "newer":
        return `${name} 的台账由更新版本的机器人创建，当前版本不认识其中的步骤 ${problem.step}。请使用更新的版本。`;
      case "away":
        return `无法打开 ${name} 指定的数据库（${problem.why}）。请检查地址，以及是否有写入权限。`;
      default:
        return problem satisfies never;
    }
  },
  ledgerKey: {
    missing:
      "台账已签名，但未设置 LEDGER_KEY。请将其设为台账的密钥；如不再使用签名，请随后运行 npm run ledger-key -- disable（同样需要该密钥）。",
    other: "LEDGER_KEY 不是台账的密钥。请将其设为台账的密钥；如需更换密钥，请运行 npm run ledger-key -- change 命令。",
    "not-enabled": "已设置 LEDGER_KEY，但台账中的事件尚无 MAC。请先核对，再运行 npm run ledger-key -- enable 签名。",
  },
};
