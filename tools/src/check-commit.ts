import { readFileSync } from "node:fs";
import { commitFaults } from "./checks/commits.ts";

// Git's hook passes the path of the message; its comment lines are not part of it.
const [path] = process.argv.slice(2);
if (path === undefined) throw new Error("Usage: node tools/src/check-commit.ts FILE");
const written = readFileSync(path, "utf8").replaceAll(/^#.*\n?/gm, "");
const [subject = "", ...body] = written.trim().split("\n");
const faults = commitFaults({ hash: "to be made", subject, body: body.join("\n") });
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
