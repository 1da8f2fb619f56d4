/** Output of `npm run doctor`, in Chinese: what each check looks at, what it finds, and how to fix it. */
import type { Texts } from "../../en/catalogue.ts";

/** Servers whose clocks are compared with this machine's, with the spaces that a Latin name needs in a sentence. */
const servers = { slack: " Slack ", weChatPay: "微信支付" };

export const doctor: Texts["doctor"] = {
  usage: [
    "npm run doctor 检查本次安装：配置、主机、数据库、Slack 和微信支付。不做任何改动。",
    "  --list        列出各项检查及其内容",
    "  --only A,B    只运行指定的检查",
    "  --offline     不连接 Slack 和微信支付",
    "  --json        输出一个 JSON 对象",
    "通过 npm 运行时，选项写在两个连字符之后：npm run doctor -- --offline",
    "退出码：0 表示没有失败，1 表示有检查失败，2 表示有内容无法检查。",
  ],
  unknownOption: "npm run doctor 没有这个选项；用 npm run doctor -- --help 查看全部选项。",
  unknownCheck: (name) => `没有名为 ${name} 的检查；用 npm run doctor -- --list 查看全部检查。`,
  summary: (succeeded, warnings, failures, skipped) =>
    `正常 ${succeeded} 项，警告 ${warnings} 项，失败 ${failures} 项，跳过 ${skipped} 项。`,

  checks: {
    settings: "各项配置齐全且格式正确，没有疑似拼错的名称",
    node: "Node.js 的版本",
    files: "本机其他用户不能读取或修改密钥文件和台账",
    disk: "台账所在磁盘的剩余空间",
    clock: "本机时钟与 Slack、微信支付的时钟之差",
    database: "DATABASE_URL 指定的数据库可以访问",
    "database-integrity": "SQLite 台账文件没有损坏",
    "database-encoding": "数据库可以存储中文",
    "database-version": "数据库的版本",
    "database-rights": "机器人的用户可以读写台账",
    "database-schema": "台账的表结构与当前版本一致",
    "database-writable": "台账此刻可以写入",
    "database-commit": "一次提交所需的时间",
    "audit-trail": "审计记录中最新的事件与其哈希一致",
    "ledger-key": "LEDGER_KEY 是这本台账的密钥",
    "ledger-owner": "台账不属于其他部署",
    "slack-token": "Slack 接受机器人令牌，以及令牌所属的工作区",
    "slack-scopes": "令牌的权限与 manifest.yml 一致",
    "slack-app-token": "Slack 接受应用级令牌（Socket Mode）",
    "slack-socket": "可以建立到 Slack 的 WebSocket（Socket Mode）",
    "slack-hosts": "Slack 用于回复和文件的域名可以访问（如有代理则经过代理）",
    "slack-channels": "机器人在 RECEIPT_CHANNELS 的各个频道中",
    "slack-admins": "RECEIPT_ADMINS 中的人员存在且为正式成员",
    "slack-escalation": "ESCALATE_TO 的用户组可以收到通知",
    "slack-messages": "Slack 接受机器人的所有消息和表单（使用示例内容校验，无人可见）",
    "wechatpay-private-key": "私钥是 2048 位的 RSA 密钥，或签名服务能用私钥签名",
    "wechatpay-certificate": "商户 API 证书与其他配置一致且未过期",
    "wechatpay-public-key": "微信支付公钥及其 ID",
    "wechatpay-platform-certificates": "APIv3 密钥可以解密微信支付平台证书，以及证书的有效期",
    "wechatpay-endpoints": "微信支付的各个地址可以访问（如有代理则经过代理）",
    "wechatpay-signature": "微信支付接受机器人的签名，且应答可以验签",
  },

  offline: "因 --offline 未检查。",
  settingsFirst: "请先改正配置；settings 一项列出了问题。",
  ledgerFirst: "请先解决数据库的问题；database 一项说明了原因。",
  broken: (why) => `此项检查未能完成（${why}）。请重新运行；如果再次出现，请报告此问题。`,

  settings: { fine: "各项配置格式正确。" },
  node: {
    fine: (version) => `版本为 Node.js ${version}。`,
    old: (version, needed) => `Node.js ${version} 版本过低。请安装 Node.js ${needed} 或更高版本。`,
  },
  files: {
    fine: (count) => (count === 0 ? "没有需要检查的文件。" : "其他用户不能修改这些文件，也不能读取其中的密钥和台账。"),
    writable: (file) => `本机任何用户都能修改 ${file} 的内容。请运行：chmod o-w ${file}`,
    readable: (file) => `本机任何用户都能读取 ${file} 的内容。请运行：chmod o-r ${file}`,
  },
  disk: {
    fine: (folder, megabytes) => `目录 ${folder} 剩余 ${megabytes} MB 空间。`,
    scarce: (folder, megabytes) => `目录 ${folder} 仅剩 ${megabytes} MB 空间，难以长期使用，也不够备份。请清理磁盘。`,
    full: (folder, megabytes) =>
      `目录 ${folder} 仅剩 ${megabytes} MB 空间。磁盘写满后机器人无法受理申请。请立即清理磁盘。`,
    elsewhere: "PostgreSQL 的台账保存在其服务器上。",
  },
  clock: {
    fine: (server, seconds) => `本机时钟与${servers[server]}相差 ${seconds} 秒。`,
    off: (server, seconds, direction) =>
      `本机时钟比${servers[server]}${direction === "ahead" ? "快" : "慢"} ${seconds} 秒。`,
    fix: "请校准本机时钟（NTP）：相差超过 5 分钟时，微信支付会拒绝所有调用，机器人也会拒绝 Slack 的请求。",
    unknown: "Slack 和微信支付都没有应答，无法核对时钟。",
  },
  database: {
    reached: (place) => `数据库可以访问：${place}。`,
    reachedNewer: "数据库可以访问。",
    none: (path) => `目前没有台账 ${path} 文件，首次启动时会创建。如果本应已有台账，请检查 DATABASE_URL。`,
    notYet: "目前没有台账，首次启动时会创建。",
    olderSchema: "台账的表结构过旧，无法进行此项检查。请启动机器人，启动时会更新表结构。",
    integrity: "台账文件没有损坏。",
    integrityElsewhere: "PostgreSQL 自行管理其数据文件。",
    encoding: (encoding) => `编码为 ${encoding}。`,
    version: (name) => `版本为 ${name}。`,
    old: (name) => `数据库 ${name} 版本过低，机器人无法使用。请升级到 15 或更高版本。`,
    unmaintained: (name) => `数据库 ${name} 已不再有安全更新。请升级到 15 或更高版本。`,
    rights: "机器人的用户具备所需权限。",
    writable: "已写入一行并随即删除。",
    unwritableFile: (why) => `台账无法写入（${why}）。请检查磁盘空间，以及该文件和所在文件夹的权限。`,
    unwritableServer: (why) =>
      `台账无法写入（${why}）。请检查服务器的磁盘空间，以及它是否为只读副本、default_transaction_read_only 是否为 on。`,
    commit: (ms) => `一次提交需 ${ms} 毫秒。`,
    commitsSlow: (ms) => `一次提交需 ${ms} 毫秒，而每次点击都要等待数次提交。请改用更快的磁盘或更近的数据库。`,
  },
  schema: {
    upToDate: (step) => `表结构为最新（${step}）。`,
    none: "数据库中目前没有台账，首次启动时会创建。如果本应已有台账，请检查 DATABASE_URL。",
    pending: (steps) => `台账的表结构旧于当前版本，下次启动时会执行 ${steps}。请在启动前备份。`,
  },
  trail: {
    intact: (seals, unsealed) =>
      `最新的 ${seals} 个封存与事件一致，尚未封存的事件有 ${unsealed} 个。全部校验请运行 npm run audit。`,
    damaged: "审计记录中最新的事件与其哈希不一致。请运行 npm run audit 查明是哪个事件。",
  },
  key: {
    fine: "LEDGER_KEY 是这本台账的密钥。",
    off: "台账未签名。",
  },
  owner: {
    fine: "台账属于本工作区、本应用和本商户号，或尚无归属。",
    fineByMchid: "台账属于本商户号，或尚无归属。Slack 没有说明所属工作区。",
  },
  slack: {
    workspace: (url, team, bot, app) =>
      `机器人为 @${bot}，所在工作区 ${[team, url, ...(app === undefined ? [] : [`应用 ${app}`])].join("，")}。`,
    away: (why) => `无法连接 Slack：${why}。请检查网络、HTTPS_PROXY 和 SLACK_API_URL。`,
    refused: (error) => `Slack 拒绝回答（${error}）。请查看 slack-token 和 slack-scopes 两项的说明。`,
    tokenFirst: "请先解决机器人令牌的问题；slack-token 一项说明了原因。",
  },
  scopes: {
    fine: (count) => `令牌具备 manifest.yml 的全部 ${count} 项权限。`,
    missing: (scopes) =>
      `令牌缺少权限：${scopes}。请按 manifest.yml 的权限重新安装应用（api.slack.com/apps 的 Install App 页面）。`,
    extra: (scopes) =>
      `令牌还有机器人不需要的权限：${scopes}。请在 api.slack.com/apps 的 OAuth & Permissions 页面移除，然后重新安装应用。`,
    unknown: "Slack 没有说明令牌的权限。",
  },
  socket: {
    http: "无需检查：未配置 SLACK_APP_TOKEN，机器人使用 HTTP 模式。",
    appToken: "Slack 接受应用级令牌。",
    appTokenFirst: "请先解决应用级令牌的问题；slack-app-token 一项说明了原因。",
    otherApp: (appToken, botToken) =>
      `SLACK_APP_TOKEN 属于 Slack 应用 ${appToken}，而 SLACK_BOT_TOKEN 属于 ${botToken}：表单无法打开，对机器人消息的点击也无法送达。请从同一个应用复制这两个令牌（api.slack.com/apps）。`,
    greeted: (others) => `已与 Slack 建立 WebSocket。该应用另有 ${others} 个连接。`,
    unconnected: (why) =>
      `无法建立到 Slack 的 WebSocket（${why}）。请允许本机访问 wss://*.slack.com，并让代理放行 WebSocket。`,
    strangers: (others, instances) =>
      `该 Slack 应用另有 ${others} 个连接，而台账中运行的实例只有 ${instances} 个：有其他部署在接收部分命令和点击。请为其配置单独的应用和数据库。`,
  },
  channels: {
    any: "未配置 RECEIPT_CHANNELS，命令在所有频道可用。",
    fine: (count) => (count === 1 ? "机器人在该频道中。" : `机器人在全部 ${count} 个频道中。`),
    "not-in": (id) =>
      `机器人不在频道 ${id} 中，或该频道不存在。请将其邀请到该频道（/invite），或改正 RECEIPT_CHANNELS。`,
    archived: (id) => `频道 ${id} 已归档。请从 RECEIPT_CHANNELS 中去掉，或恢复该频道。`,
    "needs-a-channel": (id) => `会话 ${id} 是私信，无人可以审批。请在 RECEIPT_CHANNELS 中填写频道。`,
  },
  hosts: {
    fine: (list) => `${list} 均有应答。`,
    unknown: (host) => `SLACK_API_URL 不在 slack.com，其回复和文件的域名随请求给出，无法事先检查。${host} 有应答。`,
    answers: (host, why) =>
      `无法连接 ${host}：${why}。机器人对命令和点击的回复发往该域名，无法连接时回复会延迟，或改为私信。请在防火墙或代理中放行 ${host}。`,
    files: (host, why) =>
      `无法连接 ${host}：${why}。机器人在该域名上传名单和结果，并读取表单中的文件。请在防火墙或代理中放行 ${host}。`,
  },
  admins: {
    none: "RECEIPT_ADMINS 为空。如果此前没有在 Slack 中指定管理员，则无人可以授予角色。",
    fine: (count) => (count === 1 ? "该管理员为正式成员。" : `全部 ${count} 位管理员均为正式成员。`),
    unknown: (id) => `Slack 中没有 ID 为 ${id} 的用户。请改正 RECEIPT_ADMINS。`,
    deactivated: (id) => `账号 ${id} 已停用。请从 RECEIPT_ADMINS 中去掉。`,
    guest: (id) => `用户 ${id} 是访客，不能拥有角色。请从 RECEIPT_ADMINS 中去掉。`,
    bot: (id) => `用户 ${id} 是机器人，不能拥有角色。请从 RECEIPT_ADMINS 中去掉。`,
    stranger: (id) => `用户 ${id} 属于其他工作区，不能拥有角色。请从 RECEIPT_ADMINS 中去掉。`,
  },
  escalation: {
    off: "未配置 ESCALATE_TO。",
    fine: (group) => `用户组 ${group} 可以收到通知。`,
  },
  messages: {
    accepted: (count) => `Slack 接受所有消息和表单，使用示例内容校验了 ${count} 次。`,
    refused: (count) => `Slack 拒绝了机器人的 ${count} 条消息或表单，用户将无法看到。请附上以下内容报告此问题。`,
    unanswered: (why) => `Slack 没有说明是否接受机器人的消息（${why}）。`,
  },
  keys: {
    privateKey: "私钥是 2048 位的 RSA 密钥。",
    noCertificate: "未配置 WECHATPAY_CERTIFICATE。配置后，机器人每次启动都会检查序列号、私钥和有效期。",
    certificate: (date) => `序列号、商户号和私钥均与证书一致，证书于 ${date} 过期。`,
    certificateOfSigner: (date) => `序列号和商户号均与证书一致，证书于 ${date} 过期。`,
    publicKey: (id) => `公钥 ${id} 是 2048 位的 RSA 密钥，且不是我方自己的密钥。`,
    publicKeyAlone: (id) =>
      `公钥 ${id} 是 2048 位的 RSA 密钥。未配置 WECHATPAY_CERTIFICATE，没有与我方自己的密钥比较。`,
    noPublicKey: "未配置 WECHATPAY_PUBLIC_KEY，机器人用平台证书验签。",
  },
  platformCertificates: {
    off: "未配置 WECHATPAY_APIV3_KEY，机器人用微信支付公钥验签。",
    fine: (count, date, days) =>
      `APIv3 密钥解密了 ${count} 张平台证书，其中最新的一张于 ${date} 过期，还有 ${days} 天。`,
    ending: (date, days) =>
      `最新的平台证书于 ${date} 过期，还有 ${days} 天。请在服务商平台“账户中心 → API 安全”查看是否须由我方开始更换证书，或改用微信支付公钥。`,
    notNeeded: "微信支付没有我方的平台证书。可以去掉 WECHATPAY_APIV3_KEY。",
    unknown: "微信支付没有返回证书列表；wechatpay-endpoints 和 wechatpay-signature 两项说明了原因。",
  },
  signer: {
    fine: (signer) => `${signer} 用 WECHATPAY_CERTIFICATE 的私钥签名。`,
    signs: (signer) => `${signer} 能够签名。未配置 WECHATPAY_CERTIFICATE，无法确认签名服务的私钥是否正确。`,
    otherKey: (signer) =>
      `${signer} 签名所用的私钥与 WECHATPAY_CERTIFICATE 不是一对。请让签名服务使用同一次下载中的 apiclient_key.pem，并重启签名服务。`,
    first: "请先解决签名服务的问题；wechatpay-private-key 一项说明了原因。",
  },
  endpoints: {
    fine: (list) => `可以访问：${list}。`,
    unreachable: (endpoint, sentence) =>
      `无法访问 ${endpoint}。${sentence}请检查 DNS、防火墙、HTTPS_PROXY 和 WECHATPAY_ENDPOINTS。`,
  },
  signature: {
    accepted: "微信支付接受了一次无改动调用的签名，其应答通过了验签。",
    refused: (why) => `一次无改动的签名调用失败：${why}。`,
    advice: (todo) => `申请因此失败时，机器人给出的建议：${todo}`,
    passing: "微信支付此刻自身出错，没有说明签名是否有效。请重新运行。",
    unreachable: "所有地址都无法访问；wechatpay-endpoints 一项说明了原因。",
  },
};
