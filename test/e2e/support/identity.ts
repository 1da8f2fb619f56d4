/**
 * The identity of every playground in the tests. Creating keys takes longer than everything else about a playground.
 */
import { createWeChatPayIdentity } from "../../../src/playground/wechatpay/identity.ts";
import { merchantPrivateKey, platformPrivateKey } from "../../wechatpay/fixtures/fixtures.ts";

export const identity = createWeChatPayIdentity({ merchant: merchantPrivateKey, weChatPay: platformPrivateKey });
