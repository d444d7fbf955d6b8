import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { inspect, inspectionText } from "@sor/edi/inspect";

const usage = `Usage: npm run edi -- inspect FILE... [--json] [--show-content]

Shows kind, parties, messages and findings of each file. Content is masked unless --show-content is given.
Exit status: 0 all files sound, 1 a file is not sound or cannot be read, 2 wrong usage.
`;

function words() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { json: { type: "boolean" }, "show-content": { type: "boolean" }, help: { type: "boolean" } },
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return undefined;
  }
}

function bytesOf(path: string): Uint8Array | undefined {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    process.stderr.write(`${path}: ${error.code}\n`);
    return undefined;
  }
}

const given = words();
const [command, ...paths] = given?.positionals ?? [];
if (!given || command !== "inspect" || paths.length === 0) {
  (given?.values.help ? process.stdout : process.stderr).write(usage);
  process.exit(given?.values.help ? 0 : 2);
}

const showContent = given.values["show-content"] ?? false;
let isSound = true;
const inspections = paths.flatMap((path) => {
  const bytes = bytesOf(path);
  const inspection = bytes && inspect(path, bytes, { showContent });
  isSound &&= inspection?.isSound ?? false;
  return inspection ? [inspection] : [];
});
const text = given.values.json
  ? `${JSON.stringify(inspections, null, 2)}\n`
  : inspections.map(inspectionText).join("\n");
// Flush all output before the exit status is set, also when it goes to a pipe.
process.stdout.write(text, () => {
  process.exitCode = isSound ? 0 : 1;
});
