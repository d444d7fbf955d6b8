/**
 * Loaded into every program that the supervisor starts: when our standard input closes, the supervisor is gone, however it
 * ended, and the program is asked to end as with SIGTERM.
 */
const patienceSeconds = 10;

process.stdin.on("close", () => {
  process.kill(process.pid, "SIGTERM");
  setTimeout(() => process.exit(1), patienceSeconds * 1000).unref();
});
process.stdin.resume();
if ("unref" in process.stdin) process.stdin.unref();
