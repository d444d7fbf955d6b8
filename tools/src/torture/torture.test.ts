import { rm } from "node:fs/promises";
import { expect, test } from "vitest";
import { judge } from "./judge/judge.ts";
import { reportOf } from "./report.ts";
import { runTorture } from "./run.ts";

test("messages sent while gateways and database are killed and the disk is full arrive once, or their senders are notified", async () => {
  const run = await runTorture({
    seed: 20_261_122,
    messages: 300,
    sendSeconds: 25,
    diskMegabytes: 768,
    say: () => {},
  });
  const violations = judge(run);
  const report = [...reportOf(run, violations), `Logs and records: ${run.folder}`].join("\n");
  console.log(report);
  expect(violations, report).toEqual([]);
  await rm(run.folder, { recursive: true });
}, 400_000);
