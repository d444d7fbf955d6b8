import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "vitest";

const folder = fileURLToPath(new URL("../../../../../shared/reference/", import.meta.url));

/** Whether the public sample files are beside the checkout; they are never part of it. */
export const hasReference = existsSync(folder);

if (!hasReference) {
  process.stderr.write(
    "The sample files (../shared/reference) are absent: tests that read them are skipped.\n",
  );
}

/** A test that reads the sample files, skipped if they are absent. */
export const whenReference = test.skipIf(!hasReference);

/** The bytes of one sample file, named by its path below the samples' folder. */
export function referenceBytes(path: string): Uint8Array {
  return new Uint8Array(readFileSync(folder + path));
}

/** One UTF-8 sample file as text. */
export function referenceText(path: string): string {
  return readFileSync(folder + path, "utf8");
}

/** The paths of all files below a sample folder, sorted; empty if the samples are absent. */
export function referenceFiles(below: string): string[] {
  if (!hasReference) return [];
  return readdirSync(folder + below, { recursive: true, encoding: "utf8" })
    .map((name) => `${below}/${name.replaceAll("\\", "/")}`)
    .filter((path) => statSync(folder + path).isFile() && !path.endsWith(".md"))
    .sort();
}

/** Every EDIFACT sample: MedCom's pairs and variants, and the corpora of other projects. */
export function edifactSamples(): string[] {
  return ["medcom/pairs/edifact", "medcom/variants", "edifact-samples"]
    .flatMap(referenceFiles)
    .filter((path) => !path.endsWith(".xml"));
}
