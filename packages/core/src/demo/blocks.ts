import type { Draft, Place } from "./draft.ts";
import {
  doctorLabel,
  municipalServices,
  practiceNames,
  specialistKinds,
  streets,
  townName,
} from "./names.ts";
import type { ProfileName } from "./profiles.ts";
import { systemFor } from "./vendors.ts";

const privateOwner = "550891000005100";

function privateOwnerAndClinic(
  draft: Draft,
  place: Place,
  clinic: { name: string; typeCode: string; profile: ProfileName; pharmacy?: string },
) {
  const since = draft.pastDay();
  const postalAddress = draft.address(place.regionCode);
  const cvr = draft.nextCvr();
  const shared = {
    validFrom: since,
    validTo: null,
    regionCode: place.regionCode,
    municipalityCode: place.municipalityCode,
  };
  const gln = draft.addLocation(place, systemFor(draft.random, clinic.profile), clinic.profile, since);
  const owner = draft.addOrganisation({
    ...shared,
    level: "owner",
    parentSorId: null,
    name: clinic.name,
    typeCode: privateOwner,
    gln,
    cvr,
    postalAddress,
    telephone: draft.telephone(),
  });
  const institution = draft.addOrganisation({
    ...shared,
    level: "institution",
    parentSorId: owner,
    name: clinic.name,
    typeCode: clinic.typeCode,
    glnInherited: true,
    cvr,
    pNumber: draft.nextPNumber(),
    pharmacyIdentifier: clinic.pharmacy,
  });
  return { owner, institution, gln, since, shared };
}

/** A practice: owner, institution, and one unit per doctor, all on one location number. */
export function addPractice(draft: Draft, place: Place) {
  const { random } = draft;
  const town = townName(random);
  const clinic = privateOwnerAndClinic(draft, place, {
    name: `${random.pick(practiceNames)} ${random.chance(0.5) ? random.pick(streets) : town}`,
    typeCode: "394761003",
    profile: "practice",
  });
  const providerNumber = draft.nextProviderNumber();
  const doctors = random.between(1, 5);
  for (let doctor = 1; doctor <= doctors; doctor += 1) {
    draft.addOrganisation({
      ...clinic.shared,
      level: "unit",
      parentSorId: clinic.institution,
      name: `${doctorLabel} ${doctor}, ${town}`,
      typeCode: "550851000005109",
      glnInherited: true,
      providerNumber,
      specialities: [{ code: "408443003" }],
      geographicalParentRelation: "2",
    });
  }
  return clinic;
}

type SmallClinic = {
  profile: ProfileName;
  typeCode: string;
  name: (town: string) => string;
  speciality?: string;
};

const smallClinics: readonly SmallClinic[] = [
  { profile: "physiotherapy", typeCode: "547011000005103", name: (town) => `Fysioterapien ${town}` },
  { profile: "psychology", typeCode: "550711000005101", name: (town) => `Psykologhuset ${town}` },
  { profile: "dentist", typeCode: "550681000005102", name: (town) => `Tandlægerne ${town}` },
  ...specialistKinds.map(
    (kind): SmallClinic => ({
      profile: "specialist",
      typeCode: "550671000005100",
      name: (town) => `${kind.name} ${town}`,
      speciality: kind.speciality,
    }),
  ),
];

/** A clinic with one unit: physiotherapist, psychologist, dentist or medical specialist. */
export function addSmallClinic(draft: Draft, place: Place) {
  const { random } = draft;
  const kind = random.pick(smallClinics);
  const clinic = privateOwnerAndClinic(draft, place, {
    name: kind.name(townName(random)),
    typeCode: kind.typeCode,
    profile: kind.profile,
  });
  draft.addOrganisation({
    ...clinic.shared,
    level: "unit",
    parentSorId: clinic.institution,
    name: "Klinik",
    typeCode: "550851000005109",
    glnInherited: true,
    providerNumber: draft.nextProviderNumber(),
    specialities: kind.speciality ? [{ code: kind.speciality }] : [],
    geographicalParentRelation: "2",
  });
  return clinic;
}

/** A pharmacy, sometimes with a branch on a location number of its own. */
export function addPharmacy(draft: Draft, place: Place, pharmacyNumber: number) {
  const { random } = draft;
  const town = townName(random);
  const clinic = privateOwnerAndClinic(draft, place, {
    name: `${town} ${random.pick(["Løve", "Svane", "Hjorte", "Bjørne", "Ørne"])}apotek`,
    typeCode: "264372000",
    profile: "pharmacy",
    pharmacy: `${pharmacyNumber}`,
  });
  if (random.chance(0.4)) {
    draft.addOrganisation({
      ...clinic.shared,
      level: "institution",
      parentSorId: clinic.owner,
      name: `${town} Apoteksfilial`,
      typeCode: "557501000005109",
      gln: draft.addLocation(place, systemFor(random, "pharmacy"), "pharmacy", clinic.since),
      pharmacyIdentifier: `${pharmacyNumber},1`,
      pNumber: draft.nextPNumber(),
    });
  }
  return clinic;
}

/** A municipality: owner, institutions for its services, and the groups below them. */
export function addMunicipality(draft: Draft, place: Place) {
  const { random } = draft;
  const since = "2007-01-01";
  const shared = {
    validFrom: since,
    validTo: null,
    regionCode: place.regionCode,
    municipalityCode: place.municipalityCode,
  };
  const owner = draft.addOrganisation({
    ...shared,
    level: "owner",
    parentSorId: null,
    name: `${place.municipality} Kommune`,
    typeCode: "547211000005108",
    cvr: draft.nextCvr(),
    gln: draft.addLocation(place, systemFor(random, "municipality"), "municipality", since),
    postalAddress: draft.address(place.regionCode),
    telephone: draft.telephone(),
  });
  for (const service of municipalServices) {
    const institution = draft.addOrganisation({
      ...shared,
      level: "institution",
      parentSorId: owner,
      name: `${service.name}, ${place.municipality}`,
      typeCode: service.typeCode,
      gln: draft.addLocation(place, systemFor(random, "municipality"), "municipality", since),
      pNumber: draft.nextPNumber(),
      postalAddress: draft.address(place.regionCode),
    });
    for (let group = 1; group <= random.between(1, 3); group += 1) {
      draft.addOrganisation({
        ...shared,
        level: "unit",
        parentSorId: institution,
        name: `Gruppe ${group}`,
        typeCode: "550821000005102",
        glnInherited: true,
        geographicalParentRelation: "2",
      });
    }
  }
}
