import { ownColumns } from "@sor/core/datasets";
import {
  hasOffset,
  type LoggedRow,
  type LoggedUnit,
  type LogOffset,
  type Reading,
  readLoggedRows,
  type UnitChoice,
} from "@sor/core/register-log";
import { danishTimestamp, startOfDayInDenmark } from "@sor/core/validity";
import { type Field, legacyFields } from "./legacy-fields.ts";
import { codeRecords, messageTypeRecords } from "./listed-records.ts";
import type { Datatype } from "./records.ts";

/** What stands where an end is not known. */
const openEnd = "2999-12-31T00:00:00+01:00";

const offsetOf = ([sequence, id]: readonly [number, number]): LogOffset => ({ sequence, id });

function written<Row>(fields: readonly Field<Row>[], row: Row): [string, string][] {
  return fields.flatMap(({ name, of }): [string, string][] => {
    const value = of(row);
    return value === null || value === undefined || value === "" ? [] : [[name, value]];
  });
}

type Reader<Row> = (
  reading: Reading,
  page: { after: LogOffset; limit: number; subjects: readonly string[] | undefined },
) => Promise<LoggedRow<Row>[]>;

/** Between which instants a row was what the register knew. */
const knownBetween = ({ recordedAt, supersededAt }: { recordedAt: Date; supersededAt: Date | null }) => [
  ["ValidFrom", danishTimestamp(recordedAt)] as const,
  ["ValidTo", supersededAt ? danishTimestamp(supersededAt) : openEnd] as const,
];

function logged<Row>(
  of: Pick<Datatype, "register" | "registerVersion" | "name">,
  read: Reader<Row>,
  fieldsOf: (logged: LoggedRow<Row>) => readonly (readonly [string, string])[],
): Datatype {
  return {
    ...of,
    read: async (reading, { after, limit, subjects }) =>
      (await read(reading, { after: offsetOf(after), limit, subjects })).map((row) => ({
        place: [row.sequence, row.id],
        at: row.at,
        fields: fieldsOf(row),
      })),
    knows: (reading, place) => hasOffset(reading, offsetOf(place)),
  };
}

const unitsOf =
  (units: UnitChoice): Reader<LoggedUnit> =>
  (reading, page) =>
    readLoggedRows.units(reading, { ...page, units });

const v2 = { register: "sor", registerVersion: 2 } as const;
const current: readonly Datatype[] = [
  logged({ ...v2, name: "SorEntity" }, unitsOf("all"), ({ row }) => [
    ["UniqueCurrentKey", row.row.id],
    ...written(ownColumns.units, ownColumns.lineOf(row)),
    ...knownBetween(row.row),
  ]),
  logged({ ...v2, name: "ShakSorMap" }, unitsOf("with-shak"), ({ row }) => [
    ["UniqueCurrentKey", row.row.id],
    ...written(ownColumns.shakSor, ownColumns.lineOf(row)),
    ...knownBetween(row.row),
  ]),
  logged({ ...v2, name: "eanlocationcodeeditype" }, readLoggedRows.registrations, ({ row }) => [
    ["UniqueCurrentKey", row.id],
    ...written(ownColumns.registrations, row),
    ...knownBetween(row),
  ]),
  logged({ ...v2, name: "eanlocationcode" }, readLoggedRows.locations, ({ row }) => [
    ["UniqueCurrentKey", row.row.id],
    ...written(ownColumns.locations, row),
    ...knownBetween(row.row),
  ]),
  { ...v2, name: "SORClassifications", ...codeRecords },
  { ...v2, name: "EDITypes", ...messageTypeRecords },
];

const day = (text: string) => danishTimestamp(startOfDayInDenmark(text));

/** From the first day until the day after the last; a row that the register no longer holds ended when that became known. */
function validBetween(
  { validFrom, validTo }: { validFrom: string; validTo: string | null },
  ended: Date | null,
) {
  const end = ended ? danishTimestamp(ended) : validTo === null ? openEnd : day(validTo);
  return [["validFrom", day(validFrom)] as const, ["validTo", end] as const];
}

const choices = {
  apotek: "pharmacies",
  praksis: "practices",
  sygehus: "hospitals",
  sygehusafdeling: "departments",
  yder: "providers",
} as const;

const older = Object.entries(choices).map(([name, units]) =>
  logged({ register: "sor", registerVersion: 1, name }, unitsOf(units), ({ row }) => [
    ...written(legacyFields[name as keyof typeof choices], row),
    ...validBetween(row.row, row.row.supersededAt),
  ]),
);

const shak = logged({ register: "shak", registerVersion: 1, name: "shak" }, readLoggedRows.shak, (logged) => {
  const { code, kind, name, groups, lastChanged } = logged.row;
  const letters = ["a", "b", "c", "d"];
  return [
    ["shakkode", code],
    ["recordart", kind === "hospital" ? "sgh" : "afd"],
    ["tekst", name],
    ...letters.flatMap((letter, at): [string, string][] => {
      const group = groups[at]?.trim();
      return group ? [[`${letter}Gruppe`, group]] : [];
    }),
    ...(lastChanged ? [["sidstAendret", lastChanged] as const] : []),
    ...validBetween(logged.row, logged.isRemoved ? logged.at : null),
  ];
});

/** Everything that can be copied. */
const datatypes: readonly Datatype[] = [...current, ...older, shak];

/** Finds what is asked for; letter case is ignored. Without a version of the register the newest that has the name. */
export function findDatatype(register: string, name: string, registerVersion: number | undefined) {
  return datatypes.find(
    (each) =>
      each.register === register.toLowerCase() &&
      each.name.toLowerCase() === name.toLowerCase() &&
      (registerVersion === undefined || each.registerVersion === registerVersion),
  );
}
