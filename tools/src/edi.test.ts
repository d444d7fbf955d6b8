import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inspect } from "@sor/edi/inspect";
import { afterAll, expect, test } from "vitest";

const sound =
  "UNB+UNOC:3+5790000120420:14+5790000128686:14+990115:1202+KUV1++++1'UNH+B1+MEDDIS:D:93A:UN:D0134L+DIS01'PNA+PAT+2512489996:CPR+BERGGREN'UNT+3+B1'UNZ+1+KUV1'";
const broken = sound.replace("UNT+3", "UNT+4");
const latin1 = (text: string) => Buffer.from(text, "latin1");
const folder = mkdtempSync(join(tmpdir(), "edi-"));
const script = fileURLToPath(new URL("edi.ts", import.meta.url));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, latin1(text));
  return path;
}

const run = (...words: string[]) => spawnSync(process.execPath, [script, ...words], { encoding: "utf8" });

afterAll(() => rmSync(folder, { recursive: true }));

test("the command's exit status says whether every file is valid", () => {
  const good = file("good.edi", sound);
  const bad = file("bad.edi", broken);
  expect(run("inspect", good).status).toBe(0);
  expect(run("inspect", good, bad).status).toBe(1);
  expect(run("inspect", join(folder, "absent.edi")).status).toBe(1);
  for (const words of [[], ["inspect"], ["look", good], ["inspect", "--nonsense", good]]) {
    expect(run(...words).status, words.join(" ")).toBe(2);
  }
});

test("the command's JSON contains the same inspection", () => {
  const path = file("json.edi", broken);
  const { status, stdout } = run("inspect", "--json", path);
  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toEqual(
    JSON.parse(JSON.stringify([inspect(path, latin1(broken), { showContent: false })])),
  );
});
