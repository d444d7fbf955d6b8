import { createContext } from "@sor/core";
import {
  gather,
  giveBackDeliveries,
  latelyAfter,
  type TakenDelivery,
  takeDeliveries,
} from "@sor/core/deliveries";
import type { Deps, WorkerDeps } from "../app-env.ts";
import { attempt, deliverer, slowestOf } from "./attempt.ts";
import { type Crew, createCrew } from "./crew.ts";
import { createRecorder } from "./record.ts";
import { createAgents } from "./send-webhook.ts";

type DeliveryWorker = { wake: () => void; stop: () => Promise<void> };

/** Long enough to record what was sent before another process may send it; longer for a large message. */
const leaseOf = (config: Deps["config"]) => config.DELIVERY_TIMEOUT_SECONDS * 2;
/** How long a stopping worker waits for deliveries in progress before it aborts them. */
const graceSeconds = 5;
const pollMilliseconds = 1000;

/** Leases due deliveries, sends them, and records the outcome, until it is stopped. */
export function startDelivery(deps: WorkerDeps, worker: string): DeliveryWorker {
  const { agents, close } = createAgents();
  const stopping = new AbortController();
  const breaking = new AbortController();
  const tools = { worker, recorder: createRecorder(deps), agents, signal: breaking.signal };
  const rest = createRest();
  let ended = 0;

  const { DELIVERIES_MAX: limit, SUPPLIER_SHARE: share } = deps.config;
  const crew = createCrew({ limit, share }, () => {
    ended += 1;
    rest.wake();
  });
  const send = async (delivery: TakenDelivery) => {
    const outcome = await attempt(deps, delivery, tools);
    if (outcome === "late") await giveBack(deps, [delivery]);
  };
  const begin = (delivery: TakenDelivery) =>
    crew.begin(delivery.supplierId, () =>
      send(delivery).catch((error: unknown) => {
        deps.log.error({ err: error, deliveryId: delivery.id }, "delivery not finished");
      }),
    );

  const run = async () => {
    let lately = 0;
    while (!stopping.signal.aborted) {
      // Deliveries leased together end at about the same time; wait briefly to lease the next ones in one batch.
      await gather(() => ended, lately);
      ended = 0;
      const free = crew.free();
      const taken = free.limit > 0 ? await take(deps, free, worker) : [];
      if (stopping.signal.aborted) return await giveBack(deps, taken);
      for (const delivery of taken) begin(delivery);
      lately = latelyAfter(lately, taken.length);
      // Everything due for which there is a slot was leased: look again when one ends, at a notification, or in a second.
      if (taken.length < free.limit || free.limit === 0) await rest.pause(pollMilliseconds);
    }
  };
  const running = run();

  return {
    wake: rest.wake,
    stop: async () => {
      stopping.abort();
      rest.wake();
      await running;
      const timer = setTimeout(() => breaking.abort(), graceSeconds * 1000);
      await crew.settled();
      clearTimeout(timer);
      close();
    },
  };
}

/** A pause that `wake` ends; one that comes between two pauses ends the next at once. */
function createRest() {
  let wakeUp = () => {};
  let isWoken = false;
  return {
    wake: () => {
      isWoken = true;
      wakeUp();
    },
    pause: async (milliseconds: number) => {
      if (!isWoken) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, milliseconds);
          wakeUp = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      isWoken = false;
    },
  };
}

// Without the database the lease expires; deliveries in progress must still be finished.
async function giveBack(deps: WorkerDeps, taken: readonly TakenDelivery[]): Promise<void> {
  try {
    await giveBackDeliveries(createContext(deps.db, deliverer, deps.clock()), taken);
  } catch (error) {
    deps.log.warn({ err: error }, "work not given back");
  }
}

async function take(
  deps: WorkerDeps,
  free: ReturnType<Crew["free"]>,
  worker: string,
): Promise<TakenDelivery[]> {
  const { config } = deps;
  const lease = { leaseSeconds: leaseOf(config), bytesPerSecondMin: slowestOf(config) };
  const question = { ...free, ...lease, perEndpoint: config.DELIVERIES_PER_ENDPOINT, worker };
  try {
    return await takeDeliveries(createContext(deps.db, deliverer, deps.clock()), question);
  } catch (error) {
    deps.log.warn({ err: error }, "no work taken: the database does not answer");
    return [];
  }
}
