import { startOfDayInDenmark } from "../validity/index.ts";
import { addMunicipality, addPharmacy, addPractice, addSmallClinic } from "./blocks.ts";
import { closeAndSchedule } from "./closings.ts";
import { createDraft, type Draft, type Place } from "./draft.ts";
import { addHospital, type DraftShak } from "./hospital.ts";
import { regions, townName } from "./names.ts";
import { everyEntry } from "./profiles.ts";
import { createRandom } from "./random.ts";

export type Country = Pick<Draft, "organisations" | "locations" | "registrations"> & {
  shakCodes: DraftShak[];
  /** A practice that sends, and the test recipient that takes every message of the catalogue. */
  example: { sender: string; receiver: string };
};

const hospitalNames = [
  "Universitetshospital",
  "Regionshospital",
  "Sygehus",
  "Centralsygehus",
  "Specialhospital",
];

/**
 * Invents a country of about `units` units, the same for the same seed and day: regions with hospitals,
 * municipalities, practices, pharmacies and clinics, with closings, successors and coming changes.
 */
export function inventCountry(units: number, seed: number, today: Date): Country {
  const draft = createDraft(createRandom(seed), today);
  const shakCodes: DraftShak[] = [];
  const places = regions.flatMap((region, r) =>
    region.municipalities.map((municipality, m): Place & { regionIndex: number } => ({
      regionCode: region.code,
      regionIndex: r,
      municipality,
      municipalityCode: String(901 + r * 20 + m),
    })),
  );
  const owners = regions.map((region) =>
    draft.addOrganisation({
      level: "owner",
      parentSorId: null,
      name: region.name,
      typeCode: "550881000005103",
      validFrom: "2007-01-01",
      validTo: null,
      cvr: draft.nextCvr(),
      postalAddress: draft.address(region.code),
      telephone: draft.telephone(),
      regionCode: region.code,
    }),
  );
  const example = addExample(draft, places[0] as Place);
  let hospitals = 0;
  let pharmacies = 0;
  let municipalities = 0;
  while (draft.organisations.length < units) {
    const place = draft.random.pick(places);
    const dice = draft.random.next();
    if (dice < 0.05) {
      const owner = owners[place.regionIndex] as string;
      const shak = String(9000 + (hospitals % 1000));
      const name = `${townName(draft.random)} ${hospitalNames[hospitals % hospitalNames.length]}`;
      // SHAK has room for 10,000 hospitals; a larger demo country leaves the code out of the later ones.
      if (hospitals < 1000) shakCodes.push(...addHospital(draft, place, owner, name, shak));
      hospitals += 1;
    } else if (dice < 0.11 && municipalities < places.length) {
      addMunicipality(draft, places[municipalities] as Place);
      municipalities += 1;
    } else if (dice < 0.2) {
      pharmacies += 1;
      addPharmacy(draft, place, 100 + pharmacies);
    } else if (dice < 0.7) {
      addPractice(draft, place);
    } else {
      addSmallClinic(draft, place);
    }
  }
  closeAndSchedule(draft, new Set([example.sender, example.receiver]));
  const { organisations, locations, registrations } = draft;
  return { organisations, locations, registrations, shakCodes, example };
}

function addExample(draft: Draft, place: Place): Country["example"] {
  const sender = addPractice(draft, place).gln;
  const since = "2020-01-01";
  const receiver = draft.nextGln();
  draft.locations.push({
    gln: receiver,
    systemIndex: 2,
    regionCode: place.regionCode,
    validFrom: since,
    validTo: null,
    nonActive: false,
    successorGln: null,
  });
  const owner = draft.addOrganisation({
    level: "owner",
    parentSorId: null,
    name: "SORDEMO Testmodtager",
    typeCode: null,
    validFrom: since,
    validTo: null,
    cvr: draft.nextCvr(),
    gln: receiver,
    postalAddress: draft.address(place.regionCode),
    regionCode: place.regionCode,
    municipalityCode: place.municipalityCode,
  });
  draft.addOrganisation({
    level: "institution",
    parentSorId: owner,
    name: "SORDEMO Testmodtager, alle meddelelsestyper",
    typeCode: "394761003",
    validFrom: since,
    validTo: null,
    glnInherited: true,
  });
  for (const entry of everyEntry()) {
    draft.registrations.push({
      gln: receiver,
      systemIndex: 2,
      ...entry,
      validFrom: startOfDayInDenmark(since),
      validTo: null,
    });
  }
  // The sending practice is set on the first vendor's system, whatever the dice said.
  for (const row of [...draft.locations, ...draft.registrations]) if (row.gln === sender) row.systemIndex = 0;
  return { sender, receiver };
}
