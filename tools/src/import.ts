import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createContext, DomainError } from "@sor/core";
import { closeDatabase, openDatabase } from "@sor/core/database";
import {
  type Finding,
  findingText,
  type ImportReport,
  importShak,
  importSor,
  type OnProgress,
} from "@sor/core/imports";
import { openOwnDatabase } from "./administration/own-database.ts";
import { requireSchema } from "./administration/schema.ts";
import { readConfig } from "./system/config.ts";

const usage = `Usage: npm run import -- sor FILE [--full]     SOR XML version 1
       npm run import -- shak FILE [--full]    SHAKCOMPLETE.TXT
A file is taken as a whole or, when it breaks a rule, not at all. --full says that the file holds everything there is:
units that are not in it close on its snapshot day, SHAK rows that are not in it are removed.`;

const stepNames: Readonly<Record<string, string>> = {
  read: "læser / reading",
  units: "enheder / units",
  locations: "lokationsnumre / locations",
  close: "lukker / closing",
  shak: "SHAK",
  journal: "journal",
};

/** One line per step with a counter that updates in place; no output when stderr is not a terminal. */
function progressLine(fileBytes: number): { onProgress: OnProgress; stop: () => void } {
  const { stderr } = process;
  if (!stderr.isTTY) return { onProgress: () => undefined, stop: () => undefined };
  let current: string | undefined;
  const stop = () => {
    if (current !== undefined) stderr.write("\n");
    current = undefined;
  };
  const onProgress: OnProgress = ({ step, done, total = step === "read" ? fileBytes : done }) => {
    if (step !== current) stop();
    current = step;
    const percentage = total === 0 ? 100 : Math.floor((100 * done) / total);
    stderr.write(`\r${String(percentage).padStart(3)}% ${stepNames[step]} ${done}/${total}`);
  };
  return { onProgress, stop };
}

function printReport({ counts, notInFile, warnings, moreWarnings }: ImportReport): void {
  const kinds = Object.keys(counts);
  const width = Math.max(...kinds.map((kind) => kind.length));
  for (const kind of kinds) {
    const { created = 0, changed = 0, closed = 0, unchanged = 0 } = counts[kind] ?? {};
    console.log(
      `${kind.padEnd(width)}  oprettet/created ${created}, ændret/changed ${changed}, lukket/closed ${closed}, uændret/unchanged ${unchanged}`,
    );
  }
  console.log(`ikke i filen / not in the file: ${notInFile}`);
  printFindings("advarsler / warnings", warnings, moreWarnings);
}

function printFindings(title: string, findings: readonly Finding[], more: number): void {
  console.log(`${title}: ${findings.length + more}`);
  for (const finding of findings) {
    console.log(`  ${findingText(finding, "da")}\n  ${findingText(finding, "en")}`);
  }
}

function printRefusal(error: unknown): void {
  const faults =
    error instanceof DomainError ? (error.details["faults"] as Finding[] | undefined) : undefined;
  if (!faults) {
    console.error(error instanceof Error ? error.message : String(error));
    return;
  }
  console.error("Filen er afvist, intet er ændret. / The file is refused, nothing has changed.");
  for (const fault of faults) {
    console.error(`  ${findingText(fault, "da")}\n  ${findingText(fault, "en")}`);
  }
}

async function importFile(kind: "sor" | "shak", file: string, isFull: boolean): Promise<void> {
  const outcome = readConfig(process.env);
  if ("faults" in outcome) throw new Error(outcome.faults.join("\n"));
  const { size } = await stat(file);
  const { url, close } = await openOwnDatabase(outcome.config);
  const { onProgress, stop } = progressLine(size);
  try {
    await requireSchema(outcome.config, url);
    const database = openDatabase(url, { statementTimeoutSeconds: 3600 });
    const ctx = createContext(database, { kind: "system", job: `import-${kind}` }, new Date());
    const bytes = createReadStream(file);
    try {
      const run = kind === "sor" ? importSor : importShak;
      const report = await run(ctx, { bytes, isFull, onProgress });
      stop();
      printReport(report);
    } finally {
      stop();
      await closeDatabase(database);
    }
  } finally {
    await close();
  }
}

const [kind, file, ...flags] = process.argv.slice(2);
if ((kind !== "sor" && kind !== "shak") || !file || flags.some((flag) => flag !== "--full")) {
  console.error(usage);
  process.exitCode = 1;
} else {
  await importFile(kind, file, flags.length > 0).catch((error: unknown) => {
    printRefusal(error);
    process.exitCode = 1;
  });
}
