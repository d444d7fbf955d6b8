import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openLog, readLog, rotateLog } from "./log-file.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "logs-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function write(path: string, text: string): Promise<number> {
  const { file, from } = await openLog(path);
  await file.write(text);
  await file.close();
  return from;
}

test("a new run appends to the log of the previous one, and its part can be read separately", async () => {
  const path = join(folder, "program.log");
  expect(await write(path, "crashed because\n")).toBe(0);
  const from = await write(path, "second run\n");
  expect(await readFile(path, "utf8")).toBe("crashed because\nsecond run\n");
  expect(await readLog(path, from)).toBe("second run\n");
});

test("a log is rotated while a process writes it, and the five newest parts are kept", async () => {
  const path = join(folder, "busy.log");
  const { file } = await openLog(path);
  const writer = spawn("cat", [], { stdio: ["pipe", file.fd, "inherit"] });
  const stdin = writer.stdin as NodeJS.WritableStream;
  const grown = async (bytes: number) => {
    while ((await file.stat()).size < bytes);
  };
  for (let round = 1; round <= 7; round += 1) {
    stdin.write(`round ${round}\n`);
    await grown(8);
    await rotateLog(path, 4);
  }
  stdin.end("after\n");
  await once(writer, "exit");
  await file.close();
  expect(await readFile(path, "utf8")).toBe("after\n");
  const parts = (await readdir(folder)).filter((name) => name.startsWith("busy.log.")).sort();
  expect(parts).toEqual([1, 2, 3, 4, 5].map((age) => `busy.log.${age}`));
  expect(await readFile(join(folder, "busy.log.1"), "utf8")).toBe("round 7\n");
  expect(await readFile(join(folder, "busy.log.5"), "utf8")).toBe("round 3\n");
});

test("a log below the limit is unchanged", async () => {
  const path = join(folder, "small.log");
  await write(path, "few\n");
  await rotateLog(path, 4);
  expect(await readFile(path, "utf8")).toBe("few\n");
});
