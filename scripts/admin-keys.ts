import { closeDatabase, createContext, migrateDatabase, openDatabase } from "../packages/core/src/index.ts";
import { countUnrotated, rotatePayloadKeys } from "../packages/core/src/messages/index.ts";
import { holdKeyring, keySettings, loadKeyring } from "../packages/core/src/vault/index.ts";
import type { Config } from "./config.ts";
import { openOwnDatabase } from "./own-database.ts";

const partsAtOnce = 500;

/** Brings every payload under the newest PAYLOAD_KEY and says how far it is; may be stopped and started again. */
export async function rotateKeys(config: Config): Promise<void> {
  holdKeyring(loadKeyring({ ...keySettings(process.env), dataDir: config.dataDir, mayMake: false }));
  const { url, close } = await openOwnDatabase(config);
  try {
    await migrateDatabase(url);
    const database = openDatabase(url);
    const job = () => createContext(database, { kind: "system", job: "rotate-keys" }, new Date());
    try {
      const total = await countUnrotated(job());
      console.log(`${total} payload parts are not under the newest key yet.`);
      let [wrapped, encrypted] = [0, 0];
      for (;;) {
        const done = await rotatePayloadKeys(job(), { limit: partsAtOnce });
        if (done.wrapped + done.encrypted === 0) break;
        wrapped += done.wrapped;
        encrypted += done.encrypted;
        console.log(`${wrapped} keys wrapped anew, ${encrypted} payloads encrypted`);
      }
      const left = await countUnrotated(job());
      console.log(
        left === 0
          ? "Everything is under the newest key; the older ones can go."
          : `${left} parts were stored under an older key meanwhile: give all processes the new key first, then run this again.`,
      );
    } finally {
      await closeDatabase(database);
    }
  } finally {
    await close();
  }
}
