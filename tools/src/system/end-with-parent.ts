/**
 * Preloaded into every program that the supervisor starts: when our standard input closes, the supervisor has ended, however
 * that happened, and the program shuts down as on SIGTERM.
 */
const patienceSeconds = 10;

process.stdin.on("close", () => {
  process.kill(process.pid, "SIGTERM");
  setTimeout(() => process.exit(1), patienceSeconds * 1000).unref();
});
process.stdin.resume();
if ("unref" in process.stdin) process.stdin.unref();
