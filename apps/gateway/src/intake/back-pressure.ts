import { createShares, type Held, type NoRoom } from "@sor/core/shares";
import type { Deps } from "../app-env.ts";
import { freeSpoolBytes, spoolFolder } from "./spool-space.ts";

/** Why nothing more is taken in for a while. */
export type PressureReason = "bytes-in-flight" | "disk" | "database";

/** What is short, and whether it is for all or because this client's supplier has its share. */
export type Pressure = { reason: PressureReason; noRoom: NoRoom };

/** A body that may come. */
export type Coming = {
  /** Told of every piece as it comes: why no more of it may. */
  arrived: (bytes: number) => Promise<Pressure | undefined>;
  release: () => void;
};

export type Intake = {
  /** Where bodies are spooled. */
  folder: string;
  /** The largest body, packed and unpacked. */
  bytesMax: number;
  /** Asks whether a body may come: from whom, and how many bytes where that is told. It takes nothing before bytes arrive. */
  admit: (
    client: string,
    sizeBytes: number | undefined,
  ) => Promise<{ coming: Coming } | { pressure: Pressure }>;
};

const megabyte = 1024 * 1024;
/** How long a measurement of the disk is good. */
const diskMilliseconds = 1000;
/** Requests that may wait for a connection to the database before more are turned away. */
const waitingMax = 200;
/** Room is kept for what will have come by then, at the speed that a body has shown: many that begin together do not all break off. */
const aheadSeconds = 30;

/**
 * The door before the intake: bounds the bytes of all bodies under way and of each supplier's, and turns away while the disk of the
 * spool (which an embedded database shares) has too little left, or too many wait for the database. What has arrived is counted,
 * and what its speed promises; what is only announced holds nothing.
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

/** How much is free where bodies are spooled: measured once a second, and what has arrived since is taken off. */
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
