/** The identity of every playground in the tests: to make keys takes longer than anything else about one. */
import { createWeChatPayIdentity } from "../../../src/playground/wechatpay/identity.ts";
import { merchantPrivateKey, platformPrivateKey } from "../../wechatpay/fixtures/fixtures.ts";

export const identity = createWeChatPayIdentity({ merchant: merchantPrivateKey, weChatPay: platformPrivateKey });
