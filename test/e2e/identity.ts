/** The keys of every playground in this process: to make them takes longer than anything else about one. */
import { createWeChatPayIdentity } from "../../src/playground/wechatpay/identity.ts";

export const identity = createWeChatPayIdentity();
