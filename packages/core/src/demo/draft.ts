import { completeGln, makeSorId } from "../identifiers/index.ts";
import type { OrganisationLevel, PostalAddress, Speciality } from "../organisations/index.ts";
import { startOfDayInDenmark } from "../validity/index.ts";
import { streets, townName } from "./names.ts";
import { inOlderVersion, type ProfileName, profileEntries } from "./profiles.ts";
import type { Random } from "./random.ts";

export type DraftOrganisation = {
  sorId: string;
  level: OrganisationLevel;
  parentSorId: string | null;
  name: string;
  typeCode: string | null;
  validFrom: string;
  validTo: string | null;
  gln?: string | undefined;
  glnInherited?: boolean | undefined;
  shakCode?: string | undefined;
  providerNumber?: string | undefined;
  pharmacyIdentifier?: string | undefined;
  cvr?: string | undefined;
  pNumber?: string | undefined;
  postalAddress?: PostalAddress | undefined;
  activityAddress?: PostalAddress | undefined;
  telephone?: string | undefined;
  specialities?: Speciality[] | undefined;
  regionCode?: string | undefined;
  municipalityCode?: string | undefined;
  organisationalLevelName?: string | undefined;
  geographicalParentRelation?: string | undefined;
};

type DraftLocation = {
  gln: string;
  systemIndex: number;
  regionCode: string;
  validFrom: string;
  validTo: string | null;
  nonActive: boolean;
  successorGln: string | null;
};

export type DraftRegistration = {
  gln: string;
  systemIndex: number;
  messageType: string;
  version: string;
  format: "EDIFACT" | "XML" | "FHIR";
  validFrom: Date;
  validTo: Date | null;
};

export type Place = { regionCode: string; municipalityCode: string; municipality: string };

const cvrWeights = [2, 7, 6, 5, 4, 3, 2];

/** Numbers that are valid, and each given out once. */
function createNumbers(random: Random) {
  let sorSequence = 500_000;
  let glnSequence = 1_000;
  let cvrSequence = 3_100_000;
  let pSequence = 1_900_000_000;
  let providerSequence = 100_000;
  return {
    nextSorId: () => makeSorId(++sorSequence),
    nextGln: () => completeGln(`579999${String(++glnSequence).padStart(6, "0")}`),
    nextPNumber: () => String(++pSequence),
    nextProviderNumber: () => String(++providerSequence),
    nextCvr: () => {
      for (;;) {
        cvrSequence += random.between(1, 9);
        const digits = String(cvrSequence);
        const sum = cvrWeights.reduce((total, weight, i) => total + weight * (digits.charCodeAt(i) - 48), 0);
        const check = (11 - (sum % 11)) % 11;
        if (check < 10) return `${digits}${check}`;
      }
    },
  };
}

/** Of each region: the first digit of its post codes, a municipality, and a place from which addresses lie within 15 km. */
const places: Readonly<
  Record<string, { post: number; municipalityCode: string; north: number; east: number }>
> = {
  "1081": { post: 9, municipalityCode: "0851", north: 6_322_000, east: 555_000 },
  "1082": { post: 8, municipalityCode: "0751", north: 6_223_000, east: 570_000 },
  "1083": { post: 6, municipalityCode: "0461", north: 6_140_000, east: 587_000 },
  "1084": { post: 2, municipalityCode: "0101", north: 6_175_000, east: 720_000 },
  "1085": { post: 4, municipalityCode: "0265", north: 6_170_000, east: 693_000 },
};

function inventAddress(random: Random, regionCode: string): PostalAddress {
  const place = places[regionCode];
  const street = random.pick(streets);
  const building = random.between(1, 180);
  const floor = random.chance(0.25) ? { floor: String(random.between(1, 4)) } : {};
  const code = random.between(100, 989);
  const address = { street, building: String(building), ...floor, postCode: `${place?.post ?? 5}${code}` };
  const town = { ...address, district: townName(random), country: "DK" };
  if (!place) return town;
  // From what is drawn already: another draw would change the whole country.
  const metres = (from: number, by: number) => `${from + ((code * by + building * 97) % 15_000)}.${code}`;
  const streetCode = String(1000 + streets.indexOf(street) * 37).padStart(4, "0");
  const where = { north: metres(place.north, 53), east: metres(place.east, 71) };
  return { ...town, municipalityCode: place.municipalityCode, streetCode, ...where };
}

/** Every how many location numbers one still receives the version that is being phased out. */
const behindEach = 7;

/** Collects an invented country; every number it gives out is valid and unique within the draft. */
export function createDraft(random: Random, today: Date) {
  const organisations: DraftOrganisation[] = [];
  const locations: DraftLocation[] = [];
  const registrations: DraftRegistration[] = [];
  const year = today.getUTCFullYear();
  const numbers = createNumbers(random);
  const pastDay = (latestYear = year - 2) =>
    `${random.between(2005, latestYear)}-${String(random.between(1, 12)).padStart(2, "0")}-01`;

  const addOrganisation = (unit: Omit<DraftOrganisation, "sorId">) => {
    const sorId = numbers.nextSorId();
    organisations.push({ ...unit, name: unit.name.slice(0, 60), sorId });
    return sorId;
  };

  const addLocation = (place: Place, systemIndex: number, profile: ProfileName, validFrom: string) => {
    const gln = numbers.nextGln();
    locations.push({
      gln,
      systemIndex,
      regionCode: place.regionCode,
      validFrom,
      validTo: null,
      nonActive: false,
      successorGln: null,
    });
    const since = startOfDayInDenmark(validFrom);
    // Not the first ones, which are examples elsewhere.
    const isBehind = locations.length % behindEach === 0;
    const entries = profileEntries(profile);
    for (const entry of isBehind ? inOlderVersion(entries) : entries) {
      registrations.push({ gln, systemIndex, ...entry, validFrom: since, validTo: null });
    }
    return gln;
  };

  return {
    organisations,
    locations,
    registrations,
    random,
    today,
    address: (regionCode: string) => inventAddress(random, regionCode),
    addLocation,
    addOrganisation,
    ...numbers,
    pastDay,
    telephone: () => String(random.between(70_000_000, 79_999_999)),
  };
}
export type Draft = ReturnType<typeof createDraft>;
