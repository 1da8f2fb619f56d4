/** Sample values for the texts of `npm run doctor`. */
import type { Texts } from "../../text/en/catalogue.ts";

/** For the parameters of `npm run doctor`'s texts that the others lack, or that mean something else there. */
export function doctorTextSamples(texts: Texts): Record<string, readonly unknown[]> {
  return {
    "doctor.team": ["T0DEMO0001"],
    "doctor.bot": ["receipt"],
    "doctor.why": ["connect ECONNREFUSED 127.0.0.1:5432"],
    "doctor.signature.refused.why": [texts.guidance["sign-serial"].short],
    "doctor.signature.advice.todo": [texts.guidance["sign-serial"].todo],
    "doctor.unknownCheck.name": ["colour"],
    "doctor.name": ["PostgreSQL 9"],
    "doctor.id": ["C0MERCHANT"],
    "doctor.keys.publicKey.id": ["PUB_KEY_ID_0119000000012026112300000000000001"],
    "doctor.seconds": [12],
    "doctor.server": ["slack", "weChatPay"],
    "doctor.group": ["S0ONCALL01"],
    "doctor.file": ["/run/secrets/apiclient_key.pem"],
    "doctor.files.fine.count": [0, 3],
    "doctor.scopes.fine.count": [9],
    date: ["2026-11-24"],
    encoding: ["UTF8"],
    endpoint: ["https://api.mch.weixin.qq.com"],
    "doctor.endpoints.fine.list": ["https://api.mch.weixin.qq.com"],
    failures: [1],
    folder: ["data"],
    instances: [1],
    megabytes: [512],
    ms: [3],
    needed: [24],
    others: [0, 2],
    path: ["data/receipts.db"],
    "doctor.place": ["SQLite, data/receipts.db"],
    scopes: ["files:read, im:write"],
    seals: [1_000],
    sentence: [
      texts.connection.dns({
        host: "api.mch.weixin.qq.com",
        proxy: undefined,
        code: "ENOTFOUND",
        status: undefined,
        date: undefined,
      }),
    ],
    skipped: [2],
    step: ["0018-tickets"],
    steps: ["0017-history-and-lanes, 0018-tickets"],
    url: ["https://receipt-demo.slack.com/"],
    version: ["24.21.0"],
    warnings: [1],
  };
}
