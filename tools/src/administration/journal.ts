import { closeDatabase, openDatabase } from "@sor/core";
import { type JournalQuestion, verifyJournal } from "@sor/core/journal";
import type { Config } from "../system/config.ts";
import { openOwnDatabase } from "./own-database.ts";
import { requireSchema } from "./schema.ts";

const tellEvery = 100_000;

/** The journal entry that the operator noted: NUMBER:HASH; undefined for other texts. */
export function anchorOf(text: string): JournalQuestion["anchor"] {
  const [, sequence, hash = ""] = /^--noted=(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  return sequence === undefined ? undefined : { sequence: Number(sequence), hash };
}

/** Verifies the whole journal while programs run, and reports progress. Rejects with the first invalid entry. */
export async function verifyEntries(config: Config, anchor: JournalQuestion["anchor"]): Promise<void> {
  const { url, close } = await openOwnDatabase(config);
  try {
    await requireSchema(config, url);
    const database = openDatabase(url);
    try {
      let told = 0;
      const onPage = (sequence: number, last: number) => {
        if (sequence - told < tellEvery) return;
        told = sequence;
        console.log(`${sequence} of ${last} entries checked`);
      };
      const check = await verifyJournal(database, { anchor, onPage });
      if (!check.intact) throw new Error(`Entry ${check.sequence} of the journal is ${check.why}.`);
      console.log(`The journal is intact: ${check.entries} entries.`);
      console.log(`Note elsewhere, and give it next time: --noted=${check.sequence}:${check.hash}`);
    } finally {
      await closeDatabase(database);
    }
  } finally {
    await close();
  }
}
