/**
 * Decides what the signer signs: the two calls that switch a sub-merchant, and the one that reads WeChat Pay's
 * certificates. A request's message is METHOD, PATH, TIMESTAMP, NONCE and BODY, each followed by a line feed.
 */

/** How far a timestamp may be from the signer's clock, in seconds. WeChat Pay itself accepts 300. */
const clockToleranceSeconds = 60;

const merchant = '"sub_mchid":"[0-9]{1,32}","operation_type":"(OPEN|CLOSE)"';
const scene = '"operation_pay_scene":"(JSAPI|MINIPROGRAM|JSAPI_AND_MINIPROGRAM)"';

/** The permitted calls. The bodies are exactly these bytes: no other key, order, space or escape. */
const permittedCalls: readonly { method: string; path: string; body: RegExp }[] = [
  {
    method: "POST",
    path: "/v3/goldplan/merchants/changecustompagestatus",
    body: new RegExp(`^\\{${merchant}\\}$`),
  },
  {
    method: "POST",
    path: "/v3/goldplan/merchants/changegoldplanstatus",
    body: new RegExp(`^\\{${merchant},${scene}\\}$`),
  },
  { method: "GET", path: "/v3/certificates", body: /^$/ },
];

/** `why` contains nothing of the message. The rest is for the signer's log. */
export type Judgement =
  | { isPermitted: true; call: string; body: string }
  | { isPermitted: false; why: string; call?: string };

/** What the log shows of a call that is not permitted, in characters. */
const callLengthMax = 120;

/**
 * @param pathPrefix the path of the bot's endpoint, which precedes every permitted path; usually empty
 * @param now the signer's clock, in milliseconds since 1970
 */
export function judge(message: Buffer, { pathPrefix, now }: { pathPrefix: string; now: number }): Judgement {
  // Printable ASCII and line feeds: every other byte could be read differently by somebody else.
  if (!/^[\x20-\x7e\n]*$/.test(message.toString("latin1"))) return refuse("the message is not plain ASCII");
  const lines = message.toString("latin1").split("\n");
  const [method = "", path = "", timestamp = "", nonce = "", body = "", end] = lines;
  if (lines.length !== 6 || end !== "") return refuse("the message does not have five lines");

  const call = permittedCalls.find((each) => each.method === method && pathPrefix + each.path === path);
  if (call === undefined)
    return {
      ...refuse("this method and path are not permitted"),
      call: `${method} ${path}`.slice(0, callLengthMax),
    };
  // Ten digits last until 2286; milliseconds have thirteen.
  if (!/^[1-9][0-9]{9}$/.test(timestamp)) return refuse("the timestamp is not in seconds");
  const aheadSeconds = Number(timestamp) - now / 1_000;
  if (aheadSeconds < -clockToleranceSeconds) return refuse("the timestamp is more than 60 s old");
  if (aheadSeconds > clockToleranceSeconds) return refuse("the timestamp is more than 60 s ahead");
  if (!/^[A-Za-z0-9]{32}$/.test(nonce)) return refuse("the nonce does not have 32 letters and digits");
  if (!call.body.test(body)) return refuse("the body is not as documented for this path");
  return { isPermitted: true, call: `${method} ${path}`, body };
}

function refuse(why: string) {
  return { isPermitted: false, why } as const;
}
