import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createContext, DomainError } from "@sor/core";
import { closeDatabase, openDatabase } from "@sor/core/database";
import {
  type Braking,
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

const usage = `Usage: npm run import -- sor FILE [--full] [--dry-run] [--endings N]     SOR XML version 1
       npm run import -- shak FILE [--full] [--dry-run] [--endings N]    SHAKCOMPLETE.TXT
A file is taken as a whole or, when it breaks a rule, not at all. --full says that the file holds everything there is:
units that are not in it close on its snapshot day, SHAK rows that are not in it are removed. --dry-run shows what the
file would do, and changes nothing. A file that ends much (50 or more, or 20 or more and over a quarter of what it
touches) is held until --endings has the number that ends.`;

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
  if (error instanceof DomainError && error.details["fault"] === "endings-not-confirmed") {
    const count = String(error.details["endings"]);
    console.error(`Filen lader ${count} ophøre, intet er ændret. Se efter med --dry-run, og gentag med --endings ${count}.
The file ends ${count}, nothing has changed. Look with --dry-run, and repeat with --endings ${count}.`);
    return;
  }
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

type Options = { isFull: boolean } & Braking;

async function importFile(kind: "sor" | "shak", file: string, options: Options): Promise<void> {
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
      const report = await run(ctx, { bytes, onProgress, ...options });
      stop();
      printReport(report);
      if (options.isDryRun) console.log("prøvet, intet er ændret / tried, nothing has changed");
    } finally {
      stop();
      await closeDatabase(database);
    }
  } finally {
    await close();
  }
}

/** The options of the command line; undefined when it has others. */
function readOptions(flags: readonly string[]): Options | undefined {
  const at = flags.indexOf("--endings");
  const typed = at < 0 ? undefined : flags[at + 1];
  if (at >= 0 && !/^\d{1,9}$/.test(typed ?? "")) return undefined;
  const others = at < 0 ? flags : flags.toSpliced(at, 2);
  if (others.some((flag) => flag !== "--full" && flag !== "--dry-run")) return undefined;
  const endings = typed === undefined ? undefined : Number(typed);
  return { isFull: others.includes("--full"), isDryRun: others.includes("--dry-run"), endings };
}

const [kind, file, ...flags] = process.argv.slice(2);
const options = readOptions(flags);
if ((kind !== "sor" && kind !== "shak") || !file || !options) {
  console.error(usage);
  process.exitCode = 1;
} else {
  await importFile(kind, file, options).catch((error: unknown) => {
    printRefusal(error);
    process.exitCode = 1;
  });
}
