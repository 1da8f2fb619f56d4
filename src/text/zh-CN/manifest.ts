/**
 * The Slack app's manifest, in Chinese: what people read of the app in Slack, and the notes for the person who installs
 * it.
 */
import type { Texts } from "../en/catalogue.ts";

export const manifest: Texts["manifest"] = {
  paste: [
    "Slack 应用的清单。请在 api.slack.com/apps 选择 Create New App、From a manifest，并粘贴本文件。",
    "本文件用于 Socket Mode。HTTP 模式也须先使用本文件，因为 Slack 会检查运行中的机器人的地址：",
  ],
  httpSteps: [
    "直接用本文件创建应用并安装，复制机器人令牌和 Signing Secret。",
    "填入这两项并启动机器人，不设置应用级令牌，确认其地址可从互联网访问。",
    "在 App Manifest 页面将 socket_mode_enabled 改为 false，加入以下各行（换成自己的域名和 HTTP_PATH）并保存。",
    "如果 Slack 提示地址未验证，请在该页面验证，机器人会应答 Slack 的检查。",
  ],
  readOnlyTab: "机器人不读取私信（否则需要 im:history），它自己发出的私信仍会送达。",
  app: {
    name: "商家小票",
    description: "经同事审批后，为特约商户开通或关闭微信支付商家小票",
  },
  command: {
    description: "开通或关闭特约商户的商家小票",
    usageHint: "开通 1900000109 新店开业；留空则打开表单",
  },
  shortcut: {
    name: "开通或关闭商家小票",
    global: "用表单批量申请开通或关闭商家小票",
    message: "在本频道批量申请开通或关闭商家小票",
  },
};
