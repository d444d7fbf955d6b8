import type { Draft, DraftOrganisation, Place } from "./draft.ts";
import { departments } from "./names.ts";
import type { ProfileName } from "./profiles.ts";
import { systemFor } from "./vendors.ts";

const profileOfDepartment: Readonly<Record<string, ProfileName>> = {
  R: "radiology",
  L: "laboratory",
  Ø: "microbiology",
  P: "pathology",
};

export type DraftShak = {
  code: string;
  name: string;
  kind: "hospital" | "department" | "ward";
  groups: string[];
};

/** The kind of institution by its code in SHAK. */
const kindOf = (name: string) => (name.includes("Universitetshospital") ? "101" : "103");

/** A hospital of a region: departments with SHAK codes and location numbers of their own, wards that inherit. */
export function addHospital(
  draft: Draft,
  place: Place,
  region: string,
  name: string,
  shak: string,
): DraftShak[] {
  const { random } = draft;
  const since = draft.pastDay(2015);
  const shared = {
    validFrom: since,
    validTo: null,
    regionCode: place.regionCode,
    municipalityCode: place.municipalityCode,
  };
  const codes: DraftShak[] = [{ code: shak, name, kind: "hospital", groups: [kindOf(name), "1"] }];
  const hospital = draft.addOrganisation({
    ...shared,
    level: "institution",
    parentSorId: region,
    name,
    typeCode: "22232009",
    shakCode: shak,
    gln: draft.addLocation(place, systemFor(random, "department"), "department", since),
    pNumber: draft.nextPNumber(),
    postalAddress: draft.address(place.regionCode),
    telephone: draft.telephone(),
    organisationalLevelName: "Hospital",
  });
  const first = random.between(0, 4);
  for (const [i, department] of departments.slice(first, first + random.between(8, 11)).entries()) {
    const departmentShak = `${shak}${String(i + 1).padStart(2, "0")}`;
    const profile = profileOfDepartment[department.short] ?? "department";
    const departmentName = `${department.name} ${department.short}`;
    codes.push({ code: departmentShak, name: `${name}, ${departmentName}`, kind: "department", groups: [] });
    const departmentSorId = draft.addOrganisation({
      ...shared,
      level: "unit",
      parentSorId: hospital,
      name: departmentName,
      typeCode: "550851000005109",
      shakCode: departmentShak,
      gln: draft.addLocation(place, systemFor(random, profile), profile, since),
      specialities: [{ code: department.speciality }],
      organisationalLevelName: "Afdeling",
      geographicalParentRelation: "2",
    });
    const wards = addWards(draft, { shared, department, sorId: departmentSorId, shak: departmentShak });
    codes.push(...wards);
  }
  return codes;
}

type DepartmentFacts = {
  shared: Pick<DraftOrganisation, "validFrom" | "validTo" | "regionCode" | "municipalityCode">;
  department: (typeof departments)[number];
  sorId: string;
  shak: string;
};

/** The wards of a department: SHAK codes of their own, and its location number. */
function addWards(draft: Draft, { shared, department, sorId, shak }: DepartmentFacts): DraftShak[] {
  return department.wards.map((ward, i) => {
    const code = `${shak}${i + 1}`;
    draft.addOrganisation({
      ...shared,
      level: "unit",
      parentSorId: sorId,
      name: `${ward} ${department.short}${i + 1}`,
      typeCode: ward.startsWith("Skadestue") ? "225728007" : "550851000005109",
      shakCode: code,
      glnInherited: true,
      specialities: [{ code: department.speciality }],
      organisationalLevelName: "Afsnit",
      geographicalParentRelation: "2",
    });
    const name = `${department.name} ${department.short}, ${ward}`;
    return { code, name, kind: "ward", groups: ["084"] };
  });
}
