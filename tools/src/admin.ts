import { englishOf } from "@sor/core";
import { inviteFirstAdministrator } from "@sor/core/access";
import { closeDatabase, openDatabase } from "@sor/core/database";
import { ZodError } from "zod";
import { anchorOf, verifyEntries } from "./administration/journal.ts";
import { openOwnDatabase } from "./administration/own-database.ts";
import { reasonOf, rebase } from "./administration/rebase.ts";
import { migrateSchema, requireSchema } from "./administration/schema.ts";
import { pruneNow, rotateKeys } from "./administration/storage.ts";
import { type Config, readConfig } from "./system/config.ts";

const usage = `Usage: npm run admin -- invite USERNAME [--again]
Prints a link, good for one use, with which USERNAME becomes administrator of this installation.
--again invites another one although there is an administrator already.

       npm run admin -- migrate [--check]
Brings the database to this version's schema, beside running programs. --check changes nothing; it exits with 1 when the
schema is behind.

       npm run admin -- rotate-keys
Brings all stored messages under the newest PAYLOAD_KEY, beside running programs; see docs/operations.md.

       npm run admin -- prune
Removes now what the gateways remove every hour: content and metadata that are past their time (RETENTION_…_DAYS).

       npm run admin -- rebase --reason=restore|migration|archive|repair
Tells everybody who follows the register that data changed outside the journal, and asks for a snapshot from which they begin again;
beside running programs. Needed after tables were restored apart, or corrected by hand: never after an ordinary stop.

       npm run admin -- verify-journal [--noted=NUMBER:HASH]
Checks that no entry of the journal is missing or altered, beside running programs, and names the first that is; exits with 1 then.
--noted is what an earlier run said at its end: a journal that was written anew as a whole differs from it.`;

async function invite(config: Config, username: string, again: boolean): Promise<void> {
  const { url, close } = await openOwnDatabase(config);
  try {
    await requireSchema(config, url);
    const database = openDatabase(url);
    try {
      const { token, expiresAt } = await inviteFirstAdministrator(database, { username, again }, new Date());
      console.log(
        `${config.portalOrigin}/invitation/${token}\ngood for one use until ${expiresAt.toISOString()}`,
      );
    } finally {
      await closeDatabase(database);
    }
  } finally {
    await close();
  }
}

/** The command that these arguments name; undefined when they name none. */
function commandOf([name, ...words]: string[]): ((config: Config) => Promise<void>) | undefined {
  const has = (flag: string) => words.every((word) => word === flag) && words.length <= 1;
  if (name === "rotate-keys" && words.length === 0) return rotateKeys;
  if (name === "prune" && words.length === 0) return pruneNow;
  if (name === "migrate" && has("--check")) return (config) => migrateSchema(config, words.length > 0);
  if (name === "rebase" || name === "verify-journal") return journalCommandOf(name, words);
  const [username, ...flags] = words;
  if (name !== "invite" || !username || flags.length > 1 || flags.some((flag) => flag !== "--again")) return;
  return (config) => invite(config, username, flags.length > 0);
}

function journalCommandOf(name: string, words: readonly string[]) {
  const [word = "", ...more] = words;
  if (more.length > 0) return undefined;
  const reason = name === "rebase" ? reasonOf(word) : undefined;
  if (reason) return (config: Config) => rebase(config, reason);
  const anchor = anchorOf(word);
  const isVerified = name === "verify-journal" && (anchor !== undefined || words.length === 0);
  return isVerified ? (config: Config) => verifyEntries(config, anchor) : undefined;
}

async function run(words: string[]): Promise<void> {
  const command = commandOf(words);
  if (!command) throw new Error(usage);
  const outcome = readConfig(process.env);
  if ("faults" in outcome) throw new Error(outcome.faults.join("\n"));
  await command(outcome.config);
}

await run(process.argv.slice(2)).catch((error: Error) => {
  console.error(
    error instanceof ZodError
      ? error.issues.map(({ message }) => englishOf(message)).join("\n")
      : error.message,
  );
  process.exitCode = 1;
});
