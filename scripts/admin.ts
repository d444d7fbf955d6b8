import { ZodError } from "zod";
import { inviteFirstAdministrator } from "../packages/core/src/access/index.ts";
import { closeDatabase, migrateDatabase, openDatabase } from "../packages/core/src/database/index.ts";
import { pruneNow, rotateKeys } from "./admin-storage.ts";
import { type Config, readConfig } from "./config.ts";
import { openOwnDatabase } from "./own-database.ts";

const usage = `Usage: npm run admin -- invite USERNAME [--again]
Prints a link, good for one use, with which USERNAME becomes administrator of this installation.
--again invites another one although there is an administrator already.

       npm run admin -- rotate-keys
Brings all stored letters under the newest PAYLOAD_KEY, beside running programs; see docs/operations.md.

       npm run admin -- prune
Removes now what the gateways remove every hour: content and metadata that are past their time (RETENTION_…_DAYS).`;

async function invite(config: Config, username: string, again: boolean): Promise<void> {
  const { url, close } = await openOwnDatabase(config);
  try {
    await migrateDatabase(url);
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

const [command, username, ...flags] = process.argv.slice(2);
const outcome = readConfig(process.env);
const storage = { "rotate-keys": rotateKeys, prune: pruneNow }[command ?? ""];
if (storage && !username && "config" in outcome) {
  await storage(outcome.config).catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
} else if (command !== "invite" || !username || flags.some((flag) => flag !== "--again")) {
  console.error(usage);
  process.exitCode = 1;
} else if ("faults" in outcome) {
  console.error(outcome.faults.join("\n"));
  process.exitCode = 1;
} else {
  await invite(outcome.config, username, flags.length > 0).catch((error: Error) => {
    console.error(
      error instanceof ZodError ? error.issues.map(({ message }) => message).join("\n") : error.message,
    );
    process.exitCode = 1;
  });
}
