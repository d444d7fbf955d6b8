#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { followRegister, MirrorHeld, mirrorOnce } from "./mirror.ts";

const usage = `Usage: sor-mirror --from ADDRESS --to FOLDER [--key-file FILE] [--once] [--force]
                  [--poll SECONDS] [--publish SECONDS]

Keeps the organisation register as files of JSON lines in FOLDER/current: units, successions, locations, registrations, and
state.json, which says of which journal number they are, with hashes. It loads the newest snapshot, follows the changes, and
compares itself with each snapshot that it passes. Killed at any time it leaves a whole version and goes on from there.

--once     brings the folder in step and ends
--force    publishes also when so many units are gone at once that it looks like a fault
--poll     seconds between questions without a key (5); with a key changes arrive as they are made
--publish  seconds between new versions of the folder at least (10)`;

function readOptions() {
  const { values } = parseArgs({
    options: {
      from: { type: "string" },
      to: { type: "string" },
      "key-file": { type: "string" },
      once: { type: "boolean", default: false },
      force: { type: "boolean", default: false },
      poll: { type: "string", default: "5" },
      publish: { type: "string", default: "10" },
    },
  });
  const [pollSeconds, publishSeconds] = [Number(values.poll), Number(values.publish)];
  if (
    !values.from ||
    !URL.canParse(values.from) ||
    !values.to ||
    !(pollSeconds > 0) ||
    !(publishSeconds >= 0)
  )
    throw new Error(usage);
  const file = values["key-file"];
  const key = file === undefined ? undefined : readFileSync(file, "utf8").trim();
  const rest = { pollSeconds, publishSeconds, isForced: values.force };
  return { isOnce: values.once, options: { from: values.from, to: values.to, key, ...rest } };
}

const told = (error: unknown) => (error instanceof Error ? error.message : String(error));

async function run(): Promise<void> {
  const { isOnce, options } = readOptions();
  if (isOnce) {
    const { sequence } = await mirrorOnce(options);
    console.log(`in step with the register at ${sequence}`);
    return;
  }
  const mirror = followRegister({ ...options, onProblem: (error) => console.error(told(error)) });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, mirror.stop);
  await mirror.ended;
}

await run().catch((error: unknown) => {
  console.error(told(error));
  process.exitCode = error instanceof MirrorHeld ? 3 : 1;
});
