import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { latin1 } from "../testing/bytes.ts";
import { inspect, inspectionText } from "./inspect.ts";

const sound =
  "UNB+UNOC:3+5790000120420:14+5790000128686:14+990115:1202+KUV1++++1'UNH+B1+MEDDIS:D:93A:UN:D0134L+DIS01'PNA+PAT+2512489996:CPR+BERGGREN'UNT+3+B1'UNZ+1+KUV1'";
const broken = sound.replace("UNT+3", "UNT+4").replace("BERGGREN", "BERG\x07GREN");
const folder = mkdtempSync(join(tmpdir(), "edi-"));
const script = fileURLToPath(new URL("../../../../scripts/edi.ts", import.meta.url));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, latin1(text));
  return path;
}

const run = (...words: string[]) => spawnSync(process.execPath, [script, ...words], { encoding: "utf8" });

afterAll(() => rmSync(folder, { recursive: true }));

test("an inspection names kind, parties, messages and findings with their place marked", () => {
  const text = inspectionText(inspect("a.edi", latin1(broken), { showContent: false }));
  expect(text).toContain("a.edi: EDIFACT, windows-1252");
  expect(text).toContain("5790000120420 (14) -> 5790000128686 (14)");
  expect(text).toContain("B1: MEDDIS DIS01 D0134L, Udskrivningsepikrise");
  const lines = text.split("\n");
  const at = lines.findIndex((line) => line.includes("invalid-character"));
  const mark = (lines[at + 4] ?? "").indexOf("^");
  expect(lines[at]).toContain("segment 2");
  expect(lines[at + 3]?.[mark]).toBe("·");
});

test("content is masked unless it is asked for", () => {
  const masked = JSON.stringify(inspect("a", latin1(broken), { showContent: false }).findings);
  expect(masked).not.toMatch(/BERG|2512489996/);
  expect(JSON.stringify(inspect("a", latin1(broken), { showContent: true }).findings)).toContain("BERG");
});

test("the command says by its exit status whether every file is sound", () => {
  const good = file("good.edi", sound);
  const bad = file("bad.edi", broken);
  expect(run("inspect", good).status).toBe(0);
  expect(run("inspect", good, bad).status).toBe(1);
  expect(run("inspect", join(folder, "absent.edi")).status).toBe(1);
  for (const words of [[], ["inspect"], ["look", good], ["inspect", "--nonsense", good]]) {
    expect(run(...words).status, words.join(" ")).toBe(2);
  }
});

test("the command's JSON holds the same inspection", () => {
  const path = file("json.edi", broken);
  const output = spawnSync(process.execPath, [script, "inspect", "--json", path], {
    encoding: "utf8",
  }).stdout;
  expect(JSON.parse(output)).toEqual(
    JSON.parse(JSON.stringify([inspect(path, latin1(broken), { showContent: false })])),
  );
  expect(() => execFileSync(process.execPath, [script, "inspect", path], { stdio: "pipe" })).toThrow();
});
