import type { Server } from "node:http";
import { closeDatabase, createContext, type Database, openDatabase } from "@sor/core";
import { followRoutingTable, type RoutingFollower } from "@sor/core/routing";
import {
  aLocation,
  anEndpoint,
  applySet,
  aVendor,
  setApprovalRules,
  testDatabaseUrl,
} from "@sor/core/testing";
import { closeServer, createGatewayServer, listen } from "../server.ts";
import { testDeps } from "./index.ts";

const gln = "5790000123117";
/** What a unit under a hospital has to say. */
export const activity = { hasAmbulantActivity: true, admitsPatients: false, isReportingLevel: false };

/** A gateway on a socket with a small register: an owner, a hospital, and a ward with a location number that receives DIS91. */
export type ServedRegister = {
  url: string;
  db: Database;
  routing: RoutingFollower;
  origin: string;
  gln: string;
  owner: string;
  house: string;
  ward: string;
  /** The gateway's clock; set it to let days pass. */
  now: Date;
  /** Applies commands as one change set; gives the unit or location number of each. */
  apply: (commands: readonly object[]) => Promise<string[]>;
  stop: () => Promise<void>;
};

const create = (sorId: string, level: string, attributes: object) => ({
  ...{ kind: "unit.create", sorId, level, validFrom: "2020-01-01" },
  attributes,
});
const units = [
  create("new:o", "owner", {
    ...{ parentSorId: null, name: "Region Ærø", typeCode: "550881000005103", cvr: "29190623" },
  }),
  create("new:h", "institution", {
    ...{ parentSorId: "new:o", name: "Sygehus Nord", typeCode: "22232009", shakCode: "1301" },
    postalAddress: { street: "Vej", building: "1", postCode: "8000", district: "Aarhus C" },
  }),
  create("new:w", "unit", {
    ...{ parentSorId: "new:h", name: "Øjenafdeling & <klinik>", gln, specialities: [{ code: "394594003" }] },
    ...{ shakCode: "1301010", providerNumber: "012345" },
    ...activity,
  }),
];

/** Starts it; `stop` ends what it holds. */
export async function aServedRegister(): Promise<ServedRegister> {
  const url = await testDatabaseUrl();
  const db = openDatabase(url);
  await setApprovalRules(db, []);
  const { supplierId } = await aVendor(db, "Leverandør");
  const endpointId = await anEndpoint(db, { supplierId });
  await aLocation(db, { gln, supplierId });
  const routing = await followRoutingTable({ url, db, pollSeconds: 60 });
  const held: { server?: Server } = {};
  const register: ServedRegister = {
    ...{ url, db, routing, gln, origin: "", owner: "", house: "", ward: "" },
    now: new Date("2026-06-01T10:00:00Z"),
    apply: (commands) => applySet(createContext(db, { kind: "system", job: "test" }, register.now), commands),
    stop: async () => {
      held.server?.closeAllConnections();
      if (held.server) await closeServer(held.server);
      await routing.stop();
      await closeDatabase(db);
    },
  };
  const [owner = "", house = "", ward = ""] = await register.apply(units);
  Object.assign(register, { owner, house, ward });
  const type = { messageType: "DIS91", version: "D9134L", endpointId, validFrom: "2020-01-01T00:00:00Z" };
  await register.apply([{ kind: "registrations.add", gln, ...type }]);
  await routing.look();
  held.server = createGatewayServer(testDeps({ db, routing, clock: () => register.now }));
  register.origin = await listen(held.server, 0, "127.0.0.1");
  return register;
}
