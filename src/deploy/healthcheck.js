/** Exits with 0 while the bot on this machine answers /healthz on OPS_PORT: for images that have no shell and no curl. */
const { OPS_PORT, OPS_HOST } = process.env;
const isEvery = OPS_HOST === undefined || OPS_HOST === "" || OPS_HOST === "0.0.0.0" || OPS_HOST === "::";
const host = isEvery ? "127.0.0.1" : OPS_HOST;
const urlHost = host.includes(":") ? `[${host}]` : host;
const answer = await fetch(`http://${urlHost}:${OPS_PORT}/healthz`, { signal: AbortSignal.timeout(4_000) }).catch(
  (error) => error,
);
if (!answer.ok) {
  process.stderr.write(`/healthz on OPS_PORT does not answer: ${answer.status ?? answer.cause?.code ?? answer}\n`);
  process.exitCode = 1;
}
