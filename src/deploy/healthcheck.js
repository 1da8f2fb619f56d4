/**
 * Exits with 0 while the bot on this machine answers /healthz on OPS_PORT: for images that have no shell and no curl.
 */
const { OPS_PORT, OPS_HOST } = process.env;
const isEvery = OPS_HOST === undefined || OPS_HOST === "" || OPS_HOST === "0.0.0.0" || OPS_HOST === "::";
const host = isEvery ? "127.0.0.1" : OPS_HOST;
const urlHost = host.includes(":") ? `[${host}]` : host;

/** Why the bot is not healthy; undefined if it is. */
async function problem() {
  if (!OPS_PORT) return "OPS_PORT is not set";
  const address = `http://${urlHost}:${OPS_PORT}/healthz`;
  if (!URL.canParse(address)) return "OPS_HOST and OPS_PORT are no address";
  const answer = await fetch(address, { signal: AbortSignal.timeout(4_000) }).catch((error) => error);
  return answer.ok
    ? undefined
    : `/healthz on OPS_PORT does not answer: ${answer.status ?? answer.cause?.code ?? answer}`;
}

const found = await problem();
if (found) {
  process.stderr.write(`${found}\n`);
  process.exitCode = 1;
}
