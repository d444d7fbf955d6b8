import { mkdir, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Deps } from "../app-env.ts";

/** Why nothing more is taken in for a while. */
export type PressureReason = "bytes-in-flight" | "disk" | "database";

export type Admission = { admitted: true; release: () => void } | { admitted: false; reason: PressureReason };

export type Intake = {
  /** Where bodies are spooled. */
  folder: string;
  /** The largest body, packed and unpacked. */
  bytesMax: number;
  /** Asks whether a body of so many bytes may come (undefined: not told, counted as the most there can be). */
  admit: (sizeBytes: number | undefined) => Promise<Admission>;
};

const megabyte = 1024 * 1024;
/** How long a measurement of the disk is good. */
const diskSeconds = 1;
/** Requests that may wait for a connection to the database before more are turned away. */
const waitingMax = 200;

/**
 * The door before the intake: bounds the bytes of all bodies under way, and turns away while the disk of the spool (which an
 * embedded database shares) has too little left, or too many wait for the database.
 */
export function createIntake(deps: Deps): Intake {
  const { config, metrics } = deps;
  const folder = join(config.DATA_DIR, "spool");
  const bytesMax = config.INTERCHANGE_MEGABYTES_MAX * megabyte;
  const inFlightMax = config.INTAKE_MEGABYTES_MAX * megabyte;
  let inFlight = 0;
  let freeBytes: number | undefined;
  let measuredAt = Number.NEGATIVE_INFINITY;

  const measureDisk = async () => {
    const now = performance.now();
    if (now - measuredAt < diskSeconds * 1000) return;
    measuredAt = now;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { bavail, bsize } = await statfs(folder);
    freeBytes = bavail * bsize;
    metrics.spoolFreeBytes.set(freeBytes);
  };

  const reasonAgainst = (size: number): PressureReason | undefined => {
    // One alone may always come, however large: else the largest would never be taken.
    if (inFlight > 0 && inFlight + size > inFlightMax) return "bytes-in-flight";
    if (deps.db.$client.waitingCount >= waitingMax) return "database";
    const wanted = config.SPOOL_FREE_MEGABYTES_MIN * megabyte + inFlight + size;
    return freeBytes !== undefined && freeBytes < wanted ? "disk" : undefined;
  };

  return {
    folder,
    bytesMax,
    admit: async (sizeBytes) => {
      await measureDisk();
      const size = Math.min(sizeBytes ?? bytesMax, bytesMax);
      const reason = reasonAgainst(size);
      if (reason) {
        metrics.intakeRefused.inc({ reason });
        return { admitted: false, reason };
      }
      inFlight += size;
      metrics.intakeBytes.set(inFlight);
      let isReleased = false;
      const release = () => {
        if (isReleased) return;
        isReleased = true;
        inFlight -= size;
        metrics.intakeBytes.set(inFlight);
      };
      return { admitted: true, release };
    },
  };
}
