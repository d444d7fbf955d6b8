import { liveBytes } from "@sor/edi/testing/live-bytes";

// Preloaded (node --import) by startWatchedGateway: measures the program's live memory repeatedly and reports it to the test over
// the IPC channel. Garbage, and memory not returned to the system, are not counted.
let before = 0;
let most = 0;

function look(): void {
  most = Math.max(most, liveBytes(most));
}

// Measuring takes a quarter of the time, however slow the machine is: the program has the rest.
function lookAgain(): void {
  const started = performance.now();
  look();
  setTimeout(lookAgain, 3 * (performance.now() - started)).unref();
}

process.on("message", (ask: "begin" | "end") => {
  if (ask === "begin") {
    before = liveBytes();
    most = before;
  } else look();
  process.send?.(most - before);
});
// The channel must not keep the process alive.
process.channel?.unref();
lookAgain();
