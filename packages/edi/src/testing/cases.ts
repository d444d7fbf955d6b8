import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "vitest";

const folder = fileURLToPath(new URL("../../../../../shared/cases/edi/", import.meta.url));
const hasCases = existsSync(folder);

if (!hasCases) {
  process.stderr.write("The small inputs (../shared/cases) are absent: tests that read them are skipped.\n");
}

/** A test that reads the small inputs made after public bug reports, skipped if they are absent. */
export const whenCases = test.skipIf(!hasCases);

/** The bytes of one of these inputs, by file name. */
export const caseBytes = (name: string) => new Uint8Array(readFileSync(folder + name));

/** Their file names, sorted; empty if they are absent. */
export const caseFiles = () => (hasCases ? readdirSync(folder).sort() : []);
