import { nameOfCode } from "@sor/core/code-lists";
import type { LoggedUnit } from "@sor/core/register-log";

export type Field<Row> = { name: string; of: (row: Row) => string | null | undefined };
type UnitField = Field<LoggedUnit>;

const field = (name: string, of: UnitField["of"]): UnitField => ({ name, of });

const sorNumber = field("sorNummer", ({ row }) => row.sorId);
const gln = field("eanLokationsnummer", ({ row }) => row.gln);
const name = field("navn", ({ row }) => row.name);
const telephone = field("telefon", ({ row }) => row.virtualAddress?.telephone);

const address = ({ row }: LoggedUnit) => row.visitingAddress ?? row.postalAddress;
const place: readonly UnitField[] = [
  field("vejnavn", (unit) => {
    const { street, building, stairway, floor, suite } = address(unit) ?? {};
    return [street, building, stairway, floor, suite].filter((part) => part !== undefined).join(" ");
  }),
  field("postnummer", (unit) => address(unit)?.postCode),
  field("bynavn", (unit) => address(unit)?.district),
  field("email", ({ row }) => row.virtualAddress?.email),
  field("www", ({ row }) => row.virtualAddress?.website),
];

const speciality: readonly UnitField[] = [
  field("hovedSpecialeKode", ({ row }) => row.specialities[0]?.code),
  field("hovedSpecialeTekst", ({ row }) => nameOfCode("specialities", row.specialities[0]?.code ?? null)),
];

/** The number of a pharmacy and of its branch, `362,1`. */
const pharmacy = (part: 0 | 1) => (unit: LoggedUnit) => unit.row.pharmacyIdentifier?.split(",")[part]?.trim();

/** The columns of version 1 of the register, in their old order. Addresses are the unit's own. */
export const legacyFields = {
  apotek: [
    ...[sorNumber, field("apotekNummer", pharmacy(0)), field("filialNummer", pharmacy(1)), gln],
    ...[field("cvr", ({ row }) => row.cvr), field("pcvr", ({ row }) => row.pNumber), name, telephone],
    ...place,
  ],
  praksis: [sorNumber, gln, field("regionCode", ({ row }) => row.regionCode), name],
  sygehus: [sorNumber, gln, field("nummer", ({ row }) => row.shakCode), telephone, name, ...place],
  sygehusafdeling: [
    ...[sorNumber, gln, field("nummer", ({ row }) => row.shakCode), name],
    field("sygehusSorNummer", ({ row, parentLevel }) =>
      parentLevel === "institution" ? row.parentSorId : null,
    ),
    field("overAfdelingSorNummer", ({ row, parentLevel }) =>
      parentLevel === "unit" ? row.parentSorId : null,
    ),
    field("underlagtSygehusSorNummer", ({ institutionSorId, parentLevel }) =>
      parentLevel === "unit" ? institutionSorId : null,
    ),
    field("afdelingTypeKode", ({ row }) => row.typeCode),
    field("afdelingTypeTekst", ({ row }) => nameOfCode("entity-types", row.typeCode)),
    ...[...speciality, telephone, ...place],
  ],
  yder: [
    field("nummer", ({ row }) => row.providerNumber),
    ...[
      sorNumber,
      field("praksisSorNummer", ({ institutionSorId }) => institutionSorId),
      gln,
      telephone,
      name,
    ],
    ...[...place, ...speciality],
  ],
} as const satisfies Record<string, readonly UnitField[]>;
