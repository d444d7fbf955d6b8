import { setTimeout as pause } from "node:timers/promises";
import { createContext, openDatabase } from "@sor/core";
import type { Random } from "@sor/core/demo";
import { pauseEndpoint, resumeEndpoint } from "@sor/core/endpoints";
import type { TortureDatabase } from "./database.ts";
import type { Fleet } from "./fleet.ts";
import { moveReceiving } from "./world.ts";

/** Incidents, in two concurrent lanes: each lane has one at a time. */
export const incidentLanes = {
  gateways: ["kill-gateway", "freeze-gateway", "kill-two-gateways", "end-gateway"],
  others: ["kill-database", "fill-disk", "pause-endpoint", "shut-down-database", "move-endpoint"],
} as const;
type Lanes = typeof incidentLanes;
export type IncidentKind = Lanes[keyof Lanes][number];

export type Scene = {
  fleet: Fleet;
  database: TortureDatabase;
  random: Random;
  /** Endpoints that may be paused, and the one that is moved, with its replacement; each once. */
  pausable: readonly string[];
  moves: { from: string; to: string }[];
  /** The lease time of a delivery: a gateway is suspended for longer. */
  leaseSeconds: number;
};

const seconds = (random: Random, least: number, most: number) =>
  pause(1000 * (least + random.next() * (most - least)));

/** Changes the database as an operator would, retrying: it may be unavailable. */
async function operate(
  scene: Scene,
  work: (db: ReturnType<typeof openDatabase>) => Promise<unknown>,
): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const db = openDatabase(scene.database.url, { connectionsMax: 1 });
    try {
      await work(db);
      return;
    } catch (error) {
      if (tries === 100) throw error;
      await scene.database.restartIfGone();
      await pause(200);
    } finally {
      await db.$client.end();
    }
  }
}

const operator = { kind: "system", job: "torture" } as const;

async function pauseOne(scene: Scene): Promise<void> {
  const id = scene.random.pick(scene.pausable);
  const reason = "Torture";
  await operate(scene, (db) =>
    pauseEndpoint(createContext(db, operator, new Date()), { id, until: null, reason }),
  );
  await seconds(scene.random, 1.5, 4);
  await operate(scene, (db) => resumeEndpoint(createContext(db, operator, new Date()), { id }));
}

const doing: Record<IncidentKind, (scene: Scene) => Promise<void>> = {
  "kill-gateway": async ({ fleet, random }) => {
    const number = random.between(0, fleet.size - 1);
    fleet.kill(number);
    await seconds(random, 0, 1);
    await fleet.start(number);
    await fleet.untilLive();
  },
  "kill-two-gateways": async ({ fleet, random }) => {
    const first = random.between(0, fleet.size - 1);
    const second = (first + 1) % fleet.size;
    fleet.kill(first);
    fleet.kill(second);
    await seconds(random, 0, 1);
    await Promise.all([fleet.start(first), fleet.start(second)]);
    await fleet.untilLive();
  },
  "end-gateway": async ({ fleet, random }) => {
    const number = random.between(0, fleet.size - 1);
    await fleet.end(number);
    await fleet.start(number);
    await fleet.untilLive();
  },
  "freeze-gateway": async ({ fleet, random, leaseSeconds }) => {
    const number = random.between(0, fleet.size - 1);
    fleet.signal(number, "SIGSTOP");
    await pause(1000 * (leaseSeconds + 1));
    fleet.signal(number, "SIGCONT");
  },
  "kill-database": async ({ database, random }) => {
    await database.kill("SIGKILL");
    await seconds(random, 0, 1.5);
    await database.start();
  },
  "shut-down-database": async ({ database, random }) => {
    await database.kill("SIGQUIT");
    await seconds(random, 0, 1.5);
    await database.start();
  },
  "fill-disk": async ({ database, random }) => {
    await database.fillDisk();
    await seconds(random, 3, 5);
    await database.freeDisk();
    await database.restartIfGone();
  },
  "pause-endpoint": pauseOne,
  "move-endpoint": async (scene) => {
    const move = scene.moves.shift();
    if (move) await operate(scene, (db) => moveReceiving(db, move.from, move.to));
    else await pauseOne(scene);
  },
};

/** Causes one incident and repairs it; what it broke works when this resolves. */
async function bringAbout(kind: IncidentKind, scene: Scene): Promise<void> {
  await doing[kind](scene);
}

/** The next incident of a lane: each kind once in a random order, then any. */
function nextIncident(
  kinds: readonly IncidentKind[],
  before: readonly IncidentKind[],
  random: Random,
): IncidentKind {
  const missing = kinds.filter((kind) => !before.includes(kind));
  return random.pick(missing.length > 0 ? missing : kinds);
}

type Lane = {
  kinds: readonly IncidentKind[];
  scene: Scene;
  /** Whether there were enough; each kind happens at least once. */
  isEnough: () => boolean;
  say: (line: string) => void;
};

/** Causes incidents one after another, with a short pause, until there were enough. Returns what happened. */
export async function runLane({ kinds, scene, isEnough, say }: Lane): Promise<IncidentKind[]> {
  const happened: IncidentKind[] = [];
  while (!isEnough() || kinds.some((kind) => !happened.includes(kind))) {
    await seconds(scene.random, 1, 3);
    const kind = nextIncident(kinds, happened, scene.random);
    happened.push(kind);
    say(kind);
    await bringAbout(kind, scene);
  }
  return happened;
}
