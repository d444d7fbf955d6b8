import { liveBytes } from "@sor/edi/testing/live-bytes";

// Loaded before the program (node --import) by startWatchedGateway: it looks at what the program holds, again and again, and
// tells the test by the channel between them. Garbage and memory not given back to the system count for nothing.
let before = 0;
let most = 0;

function look(): void {
  most = Math.max(most, liveBytes(most));
}

// Looking takes a quarter of the time, however slow the machine is: the program has the rest.
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
// The channel is no reason to go on.
process.channel?.unref();
lookAgain();
