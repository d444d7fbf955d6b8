import { createContext } from "../context.ts";
import { newId, openDatabase } from "../database/index.ts";
import { recordAttempt, takeDeliveries } from "../deliveries/index.ts";
import { listLocationVersions, presentVersion } from "../endpoints/index.ts";
import { systems } from "../endpoints/tables.ts";
import { acceptInterchange } from "../intake/index.ts";
import { listRegistrations } from "../message-types/index.ts";
import type { Actor } from "../permissions/index.ts";
import {
  acceptSwitch,
  beginSwitch,
  confirmMapping,
  continueSwitches,
  NewVendorSwitch,
  SwitchAcceptance,
} from "../vendor-switches/index.ts";
import { aLocation, anEndpoint, anInterchange, aVendor, newGln, receives } from "./a-message-route.ts";
import { testDatabaseUrl } from "./test-database.ts";
import { aPerson } from "./two-sides.ts";

/** The instant at which switches are begun. */
export const switchNow = new Date("2026-06-01T10:00:00Z");

const types = [
  ["DIS91", "D9134L"],
  ["CTL01", "C0130Q"],
] as const;

type World = Awaited<ReturnType<typeof vendorsOfSwitch>>;

async function vendorsOfSwitch() {
  const url = await testDatabaseUrl();
  const db = openDatabase(url);
  const as =
    (actor: Actor) =>
    (at: Date = switchNow) =>
      createContext(db, actor, at);
  const [from, to, other] = [await aVendor(db), await aVendor(db), await aVendor(db)];
  const personOf = async ({ supplierId }: { supplierId: string }) =>
    as(await aPerson(db, supplierId, switchNow));
  const [giver, taker, stranger] = [await personOf(from), await personOf(to), await personOf(other)];
  const all = { role: "authority", scope: { kind: "all" }, validFrom: new Date(0), validTo: null } as const;
  const authority = as({ kind: "user", id: newId(), name: "Myndighed", supplierId: null, grants: [all] });
  const system = as({ kind: "system", job: "test" });
  const webhook = (supplierId: string, name: string) =>
    anEndpoint(db, { supplierId, address: `https://${name}.example.dk/in` });
  const oldEndpoint = await webhook(from.supplierId, "old");
  const newEndpoint = await webhook(to.supplierId, "new");
  const second = await webhook(to.supplierId, "second");
  const systemId = newId();
  await db.insert(systems).values({ id: systemId, supplierId: to.supplierId, name: "Nyt system" });
  const supplierIds = { fromSupplierId: from.supplierId, toSupplierId: to.supplierId };
  const endpoints = { oldEndpoint, newEndpoint, second, systemId };
  return { url, db, giver, taker, stranger, authority, system, ...supplierIds, ...endpoints };
}

function stepsOf({ giver, taker, system, toSupplierId, systemId, newEndpoint }: World) {
  const begin = (glns: string[], waves: object[], more: object = {}) =>
    beginSwitch(giver(), NewVendorSwitch.parse({ toSupplierId, glns, waves, ...more }));
  const accept = (key: string, more: object = {}, ctx = taker()) =>
    acceptSwitch(ctx, SwitchAcceptance.parse({ key, ...more }));
  const mappingOf = (more: object = {}) => ({ systemId, endpointId: newEndpoint, types: [], ...more });
  return {
    ...{ begin, accept, mappingOf },
    /** A switch that the new vendor has accepted and mapped. */
    mapped: async (glns: string[], waves: object[], more: object = {}): Promise<string> => {
      const { id, key } = await begin(glns, waves, more);
      await accept(key);
      await confirmMapping(taker(), { id, mapping: mappingOf() });
      return id;
    },
    run: async (at = switchNow): Promise<void> => {
      while (await continueSwitches(system(at)));
    },
  };
}

function looksAt({ db, system, toSupplierId, systemId, ...endpoints }: World) {
  const names = new Map([
    [endpoints.oldEndpoint, "old"],
    [endpoints.newEndpoint, "new"],
    [endpoints.second, "second"],
  ]);
  const nameOf = (id: string | null) => names.get(id ?? "") ?? null;
  return {
    nameOf,
    /** What a location number receives at an instant, and at which endpoint. */
    held: async (gln: string, at: string): Promise<string[]> =>
      (await listRegistrations(system(), { gln, at: new Date(at) })).map(
        ({ messageType, endpointId }) => `${messageType} ${nameOf(endpointId)}`,
      ),
    /** Whose a location number is on a day, and whether it has the new system. */
    vendorOf: async (gln: string, day: string) => {
      const version = presentVersion(await listLocationVersions(db, gln), day);
      return [version?.supplierId === toSupplierId ? "to" : "from", version?.systemId === systemId];
    },
  };
}

function messagesOf({ db, system, fromSupplierId, oldEndpoint }: World) {
  return {
    /** Location numbers of the giver that receive two types at its endpoint. */
    someGlns: async (count: number): Promise<string[]> => {
      const glns = Array.from({ length: count }, newGln).toSorted();
      for (const gln of glns) {
        await aLocation(db, { gln, supplierId: fromSupplierId });
        await receives(db, gln, oldEndpoint, types);
      }
      return glns;
    },
    /** Sends a message to a location number. */
    send: async (gln: string, at = switchNow): Promise<void> => {
      const { supplierId, key } = await aVendor(db);
      const sender = newGln();
      await aLocation(db, { gln: sender, supplierId });
      const bytes = anInterchange({ sender, receiver: gln });
      await acceptInterchange(createContext(db, key, at), { bytes, gatewayParty: "SORGATEWAY" });
    },
    /** Delivers what is due; every endpoint answers so. */
    deliver: async (kind: "refused" | "delivered", at: Date): Promise<void> => {
      const work = { limit: 10, leaseSeconds: 60, perEndpoint: 10, worker: "w" };
      for (const delivery of await takeDeliveries(system(at), work)) {
        await recordAttempt(system(at), {
          delivery,
          outcome: kind === "refused" ? { kind, status: 410 } : { kind, status: 202 },
          ...{ startedAt: at, latencyMilliseconds: 5, responseExcerpt: null, worker: "w", random: 0.5 },
          gatewayParty: "SORGATEWAY",
        });
      }
    },
  };
}

/** A database with a vendor that gives location numbers away, one that takes them, a stranger and a person of the authority. */
export async function switchingVendors() {
  const world = await vendorsOfSwitch();
  return { ...world, ...stepsOf(world), ...looksAt(world), ...messagesOf(world) };
}
