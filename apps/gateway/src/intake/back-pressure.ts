import { createShares, type Held, type NoRoom } from "@sor/core/shares";
import type { Deps } from "../app-env.ts";
import { freeSpoolBytes, spoolFolder } from "./spool-space.ts";

/** Why nothing more is accepted for now. */
type PressureReason = "bytes-in-flight" | "disk" | "database";

/** Which resource is short, and whether for everybody or because this client's supplier has used its share. */
export type Pressure = { reason: PressureReason; noRoom: NoRoom };

/** A body that was admitted. */
export type Coming = {
  /** Called with every piece as it arrives; gives the reason why no more is accepted. */
  arrived: (bytes: number) => Promise<Pressure | undefined>;
  release: () => void;
};

export type Intake = {
  /** Directory where bodies are spooled. */
  folder: string;
  /** Size limit of a body, compressed and decompressed. */
  bytesMax: number;
  /** Asks to admit a body: from whom, and its size if announced. Nothing is reserved before bytes arrive. */
  admit: (
    client: string,
    sizeBytes: number | undefined,
  ) => Promise<{ coming: Coming } | { pressure: Pressure }>;
};

const megabyte = 1024 * 1024;
/** How long a measurement of the disk is valid. */
const diskMilliseconds = 1000;
/** Requests that may wait for a database connection before further ones are refused. */
const waitingMax = 200;
/** Reserves what a body will bring within this time at its measured speed: otherwise many that start together all break off. */
const aheadSeconds = 30;

/**
 * Back-pressure before the intake: limits the bytes of all bodies in progress and of each supplier's, and refuses more while
 * the disk of the spool (shared with an embedded database) is low or too many requests wait for the database. It counts the
 * bytes received and those expected at the measured speed; announced bytes reserve nothing.
 */
export function createIntake(deps: Deps): Intake {
  const { config, metrics } = deps;
  const folder = spoolFolder(config);
  const bytesMax = config.INTERCHANGE_MEGABYTES_MAX * megabyte;
  const limit = config.INTAKE_MEGABYTES_MAX * megabyte;
  const shares = createShares({ limit, share: config.SUPPLIER_SHARE });
  const disk = createDiskGauge(deps);

  const pressureOn = async (expected: number): Promise<Pressure | undefined> => {
    const free = await disk.freeBytes();
    if (deps.db.$client.waitingCount >= waitingMax) return { reason: "database", noRoom: "full" };
    const isFull = free - expected < config.SPOOL_FREE_MEGABYTES_MIN * megabyte;
    return isFull ? { reason: "disk", noRoom: "full" } : undefined;
  };
  const held = (noRoom: NoRoom): Pressure => ({ reason: "bytes-in-flight", noRoom });
  const show = () => metrics.intakeBytes.set(shares.total());

  const coming = (place: Held, sizeBytes: number): Coming => {
    const began = performance.now();
    let length = 0;
    return {
      arrived: async (bytes) => {
        length += bytes;
        disk.used(bytes);
        const seconds = Math.max(1, (performance.now() - began) / 1000);
        const ahead = (length / seconds) * aheadSeconds;
        const noRoom = place.hold(Math.max(length, Math.min(sizeBytes, Math.ceil(length + ahead))));
        show();
        return noRoom ? held(noRoom) : await pressureOn(0);
      },
      release: () => {
        place.giveBack();
        show();
      },
    };
  };

  return {
    folder,
    bytesMax,
    admit: async (client, sizeBytes) => {
      const size = Math.min(sizeBytes ?? 0, bytesMax);
      const noRoom = shares.noRoomFor(client, Math.max(1, size));
      const pressure = noRoom ? held(noRoom) : await pressureOn(size);
      if (pressure) return { pressure };
      const taken = shares.take(client, 0);
      if ("noRoom" in taken) return { pressure: held(taken.noRoom) };
      return { coming: coming(taken.held, sizeBytes ?? bytesMax) };
    },
  };
}

/** Free space where bodies are spooled: measured once a second, less the bytes received since. */
function createDiskGauge({ metrics, config }: Pick<Deps, "metrics" | "config">) {
  let measured = Number.POSITIVE_INFINITY;
  let measuredAt = Number.NEGATIVE_INFINITY;
  let since = 0;
  return {
    used: (bytes: number) => {
      since += bytes;
    },
    freeBytes: async (): Promise<number> => {
      const now = performance.now();
      if (now - measuredAt >= diskMilliseconds) {
        measuredAt = now;
        since = 0;
        measured = await freeSpoolBytes(config);
        metrics.spoolFreeBytes.set(measured);
      }
      return measured - since;
    },
  };
}
