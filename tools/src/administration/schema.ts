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
 * Brings the embedded database to this version's schema. A database of one's own is only asked: its schema changes by
 * `migrate` alone, never beside another command. Throws with what has to be done first.
 */
export async function requireSchema(config: Config, url: string): Promise<void> {
  if (!config.databaseUrl) return migrateDatabase(url);
  const fault = schemaFault(await stateOf(url));
  if (fault) throw new Error(fault);
}

/** Applies the migrations that are missing, or with `isCheck` only says which state the schema is in. Throws when it is behind. */
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
