import type { Context, Database } from "@sor/core";
import { closeDatabase, createContext, openDatabase } from "@sor/core";
import { type ClockState, followDatabaseClock } from "@sor/core/database";
import { sealSigningSecrets } from "@sor/core/endpoints";
import {
  countUnrotated,
  prune,
  retentionFault,
  retentionIn,
  rotatePayloadKeys,
  sealKeptAnswers,
} from "@sor/core/retention";
import { sealSubscriptionSecrets } from "@sor/core/subscriptions";
import { holdKeyring, keySettings, loadKeyring } from "@sor/core/vault";
import type { Config } from "../system/config.ts";
import { openOwnDatabase } from "./own-database.ts";
import { requireSchema } from "./schema.ts";

const partsAtOnce = 500;

type Work = (context: () => Context, clock: ClockState) => Promise<void>;

/** Opens the installation's own database for a job, by its clock, and closes it. */
export async function withDatabase(config: Config, job: string, work: Work) {
  const { url, close } = await openOwnDatabase(config);
  let database: Database | undefined;
  try {
    await requireSchema(config, url);
    const opened = openDatabase(url);
    database = opened;
    const clock = followDatabaseClock(opened);
    clock.stop();
    await clock.compare();
    await work(() => createContext(opened, { kind: "system", job }, clock.now()), clock.state());
  } finally {
    if (database) await closeDatabase(database);
    await close();
  }
}

async function rotateAll(context: () => Context): Promise<void> {
  let [wrapped, encrypted] = [0, 0];
  for (let waits = false; ; ) {
    const done = await rotatePayloadKeys(context(), { limit: partsAtOnce, waits });
    const isIdle = done.wrapped + done.encrypted === 0;
    if (isIdle && (waits || (await countUnrotated(context())) === 0)) break;
    // The remaining rows are locked by another process: briefly by a gateway, or by a killed run that has not ended yet.
    waits = isIdle;
    if (isIdle) continue;
    wrapped += done.wrapped;
    encrypted += done.encrypted;
    console.log(`${wrapped} keys wrapped anew, ${encrypted} payloads encrypted`);
  }
}

async function sealAll(context: () => Context): Promise<void> {
  const secrets = (await sealSigningSecrets(context())) + (await sealSubscriptionSecrets(context()));
  let answers = 0;
  for (let sealed = partsAtOnce; sealed === partsAtOnce; answers += sealed) {
    sealed = await sealKeptAnswers(context(), { limit: partsAtOnce });
  }
  if (secrets + answers === 0) return;
  console.log(
    `Sealed under the newest INDEX_KEY: signing secrets of ${secrets} receivers, ${answers} kept answers.`,
  );
}

/**
 * Re-encrypts every payload under the newest PAYLOAD_KEY and every signing secret under the newest INDEX_KEY, and reports
 * progress; may be stopped and started again.
 */
export async function rotateKeys(config: Config): Promise<void> {
  const keyring = loadKeyring({ ...keySettings(process.env), dataDir: config.dataDir, mayMake: false });
  holdKeyring(keyring);
  const [newest, ...older] = keyring.payload.map(({ id }) => id);
  await withDatabase(config, "rotate-keys", async (context) => {
    const waiting = await countUnrotated(context());
    if (waiting > 0) {
      console.log(`Payload parts that are not under the newest key, ${newest}, yet: ${waiting}.`);
      console.log("Every running program must have this key by now: without it none can read them any more.");
    }
    await rotateAll(context);
    await sealAll(context);
    const left = await countUnrotated(context());
    const canGo = older.length > 0 ? ` No payload needs ${older.join(", ")} any more.` : "";
    console.log(
      left === 0
        ? `Everything is under the newest key, ${newest}.${canGo}`
        : `Stored under an older key meanwhile: ${left}. Some program does not have ${newest} first in its PAYLOAD_KEY; restart it, then run this again.`,
    );
  });
}

/** Removes data that has expired by the retention settings now, and reports what it was. */
export async function pruneNow(config: Config): Promise<void> {
  const retention = retentionIn(process.env);
  const fault = retentionFault(retention);
  if (fault) throw new Error(fault);
  await withDatabase(config, "prune", async (context, { isTrusted, skewSeconds }) => {
    if (!isTrusted) {
      const seconds = Math.round(skewSeconds ?? 0);
      throw new Error(
        `This machine's clock is ${seconds} seconds ahead of the database's: set right the one that is wrong. Nothing was removed.`,
      );
    }
    const onBatch = ({ kind, removed }: { kind: string; removed: number }) => {
      if (removed > 0) console.log(`${kind}: ${removed} removed so far`);
    };
    const reports = await prune(context(), { retention, onBatch });
    if (reports.length === 0) console.log("Another process is removing what is due.");
    for (const { kind, removed, removedBytes, before, certificate } of reports) {
      const due = `from before ${before.toISOString()}`;
      const bytes = removedBytes > 0 ? ` (${removedBytes} bytes)` : "";
      console.log(
        removed === 0
          ? `${kind}: nothing was left ${due}`
          : `${kind}: ${removed} ${due} are removed${bytes}, certificate ${certificate}`,
      );
    }
  });
}
