/**
 * Preloaded into a bot's process (`--import`): shifts its clock by `FAULTS_CLOCK_OFF_MS` milliseconds, not the
 * machine's.
 */

const offMs = Number(process.env["FAULTS_CLOCK_OFF_MS"]);
if (!Number.isFinite(offMs)) throw new Error("FAULTS_CLOCK_OFF_MS must be a number of milliseconds");

const right = Date.now;
Date.now = () => right() + offMs;
