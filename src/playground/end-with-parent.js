/**
 * Loaded with `--import` into processes that the playground and the tests start: the process ends as soon as its parent
 * is gone, even when the parent was killed. The parent never writes to this standard input, so its end means just that.
 */
process.stdin.once("close", () => process.kill(process.pid, "SIGKILL"));
process.stdin.resume();
process.stdin.unref();
