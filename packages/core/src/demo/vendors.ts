import type { ProfileName } from "./profiles.ts";
import type { Random } from "./random.ts";

/** Invented vendors. The order is the order of the demo accounts. */
export const vendors = [
  {
    name: "Nordlys Sundheds-it A/S",
    netOperator: "41000035001",
    systems: ["Nordlys Praksis", "Nordlys Speciallæge"],
  },
  { name: "Fjordsoft ApS", netOperator: "51000035003", systems: ["Fjord Klinik", "Fjord Terapi"] },
  { name: "Kysthav Systems A/S", netOperator: "81000035007", systems: ["Kysthav EPJ", "Kysthav Lab"] },
  { name: "Lyngdal Data A/S", netOperator: "51000035003", systems: ["Lyngdal Omsorg", "Lyngdal Apotek"] },
] as const;

export const systemsInOrder = vendors.flatMap((vendor, vendorIndex) =>
  vendor.systems.map((name) => ({ name, vendorIndex, netOperator: vendor.netOperator })),
);

const systemsOf: Readonly<Record<ProfileName, readonly number[]>> = {
  practice: [0, 0, 0, 2, 2],
  specialist: [1, 1, 2],
  physiotherapy: [3],
  psychology: [3],
  dentist: [3, 2],
  pharmacy: [7],
  department: [4],
  radiology: [4],
  laboratory: [5],
  microbiology: [5],
  pathology: [5],
  municipality: [6],
};

/** The system (by its place in `systemsInOrder`) that a new unit of that kind bought. */
export function systemFor(random: Random, profile: ProfileName): number {
  return random.pick(systemsOf[profile]);
}
