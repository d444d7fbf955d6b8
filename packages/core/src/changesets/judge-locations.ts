import type { ReadDatabase } from "../database/index.ts";
import { type LocationFields, locationContent } from "../endpoints/index.ts";
import { compareEnds, reconcile } from "../validity/index.ts";
import { lastsBeyond } from "./judge-closings.ts";
import type { Report } from "./problems.ts";
import { type LocationDraft, loadSystems, type RegisterCopy } from "./register-copy.ts";

const touchedLocations = (copy: RegisterCopy) =>
  [...copy.locations.values()].filter((location) => location.touchedBy.length > 0);

const addedContents = ({ rows, pieces }: LocationDraft): LocationFields[] =>
  reconcile(rows, pieces, locationContent).added.map((piece) => piece.content);

/** Reads the systems that touched location numbers name. */
export async function loadSystemsOfLocations(db: ReadDatabase, copy: RegisterCopy): Promise<void> {
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
    const subject = { type: "location", id: location.gln } as const;
    const contents = addedContents(location);
    const isForeign = contents.some(
      ({ systemId, supplierId }) => systemId !== null && copy.systems.get(systemId) !== supplierId,
    );
    if (isForeign) {
      report(location, subject, {
        field: "systemId",
        fault: "system-of-another",
        severity: "error",
        details: {},
      });
    }
    const missing = location.isNew
      ? mandatory.filter((field) => contents.some((content) => content[field] === null))
      : [];
    if (missing.length > 0) {
      const problem = {
        field: missing[0] ?? null,
        fault: "location-data-missing",
        severity: "warning",
      } as const;
      report(location, subject, { ...problem, details: { fields: missing } });
    }
    const end = location.pieces.at(-1)?.validTo ?? null;
    const isClosed = end !== null && compareEnds(end, location.rows.at(-1)?.validTo ?? null) < 0;
    if (isClosed && lastsBeyond(copy, location.gln, end)) {
      report(location, subject, {
        field: "validFrom",
        fault: "registrations-beyond",
        severity: "error",
        details: {},
      });
    }
  }
}
