import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "vitest";

const folder = fileURLToPath(new URL("../../../../../shared/cases/edi/", import.meta.url));
const hasCases = existsSync(folder);

if (!hasCases) {
  process.stderr.write("The small inputs (../shared/cases) are absent: tests that read them are skipped.\n");
}

/** A test that reads the small inputs made after public fault reports, skipped where they are absent. */
export const whenCases = test.skipIf(!hasCases);

/** The bytes of one of them, named by its file. */
export const caseBytes = (name: string) => new Uint8Array(readFileSync(folder + name));

/** The names of all of them, sorted; empty where they are absent. */
export const caseFiles = () => (hasCases ? readdirSync(folder).sort() : []);
