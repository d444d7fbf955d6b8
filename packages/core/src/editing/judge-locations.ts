import type { ReadDatabase } from "../database/index.ts";
import { type LocationFields, locationContent } from "../endpoints/index.ts";
import { findUnallocated } from "../location-numbers/index.ts";
import { compareEnds, reconcile } from "../validity/index.ts";
import { lastsBeyond } from "./judge-closings.ts";
import type { Report } from "./problems.ts";
import { type LocationDraft, loadSystems, type RegisterCopy } from "./register-copy.ts";

const touchedLocations = (copy: RegisterCopy) =>
  [...copy.locations.values()].filter((location) => location.touchedBy.length > 0);

const addedContents = ({ rows, pieces }: LocationDraft): LocationFields[] =>
  reconcile(rows, pieces, locationContent).added.map((piece) => piece.content);

/** Reads the systems that touched location numbers name, and which new ones are not allocated. */
export async function loadAroundLocations(db: ReadDatabase, copy: RegisterCopy): Promise<void> {
  const created = touchedLocations(copy).flatMap(({ gln, isNew }) => (isNew ? [gln] : []));
  for (const [gln, state] of await findUnallocated(db, created, copy.today)) copy.unallocated.set(gln, state);
  const contents = touchedLocations(copy).flatMap(addedContents);
  await loadSystems(
    db,
    copy,
    contents.flatMap((content) => content.systemId ?? []),
  );
}

/** What a new location number must say (SOR, "Opret lokationsnummer"). */
const mandatory = ["systemId", "supplierId", "netOperatorCode", "regionCode", "ediAdministrator"] as const;

/** Judges the touched location numbers as the commands leave them. */
export function judgeLocations(copy: RegisterCopy, report: Report): void {
  for (const location of touchedLocations(copy)) {
    for (const problem of locationProblems(copy, location)) {
      report(location, { type: "location", id: location.gln }, problem);
    }
  }
}

type Found = Parameters<Report>[2];

function locationProblems(copy: RegisterCopy, location: LocationDraft): Found[] {
  const error = (field: string, fault: Found["fault"], details: Found["details"] = {}): Found => ({
    severity: "error",
    field,
    fault,
    details,
  });
  const state = copy.unallocated.get(location.gln);
  const contents = addedContents(location);
  const isForeign = contents.some(
    ({ systemId, supplierId }) => systemId !== null && copy.systems.get(systemId) !== supplierId,
  );
  const end = location.pieces.at(-1)?.validTo ?? null;
  const isClosed = end !== null && compareEnds(end, location.rows.at(-1)?.validTo ?? null) < 0;
  return [
    ...(state === undefined ? [] : [error("gln", "location-not-allocated", { state })]),
    ...(isForeign ? [error("systemId", "system-of-another")] : []),
    ...missingData(location, contents),
    ...(isClosed && lastsBeyond(copy, location.gln, end) ? [error("validFrom", "registrations-beyond")] : []),
  ];
}

function missingData(location: LocationDraft, contents: readonly LocationFields[]): Found[] {
  if (!location.isNew) return [];
  const fields = mandatory.filter((field) => contents.some((content) => content[field] === null));
  const [field] = fields;
  if (field === undefined) return [];
  return [{ severity: "warning", field, fault: "location-data-missing", details: { fields } }];
}
