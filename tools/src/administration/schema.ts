import {
  closeDatabase,
  migrateDatabase,
  openDatabase,
  readSchemaState,
  schemaFault,
} from "@sor/core/database";
import type { Config } from "../system/config.ts";
import { openOwnDatabase } from "./own-database.ts";

async function stateOf(url: string) {
  const database = openDatabase(url, { connectionsMax: 1 });
  try {
    return await readSchemaState(database);
  } finally {
    await closeDatabase(database);
  }
}

/**
 * Migrates the embedded database to this version's schema. An external database is only checked: its schema is changed by
 * `migrate` alone, never as part of another command. Throws with the steps to take first.
 */
export async function requireSchema(config: Config, url: string): Promise<void> {
  if (!config.databaseUrl) return migrateDatabase(url);
  const fault = schemaFault(await stateOf(url));
  if (fault) throw new Error(fault);
}

/** Applies missing migrations, or with `isCheck` only reports the state of the schema. Throws when it is behind. */
export async function migrateSchema(config: Config, isCheck: boolean): Promise<void> {
  const { url, close } = await openOwnDatabase(config);
  try {
    const before = await stateOf(url);
    if (!isCheck) await migrateDatabase(url);
    const after = isCheck ? before : await stateOf(url);
    const fault = schemaFault(after);
    if (fault) throw new Error(fault);
    const newer = after.state === "ahead" ? " It is newer than this program: upgrade the program." : "";
    const applied = after.applied - before.applied;
    console.log(
      `The schema has all ${after.wanted} migrations${applied > 0 ? `, ${applied} of them applied now` : ""}.${newer}`,
    );
  } finally {
    await close();
  }
}
