import { type SQL, sql } from "drizzle-orm";
import { foldDanish } from "../organisations/index.ts";

type Moment = { day: string; now: Date };
type Field = (a: SQL, value: string, at: Moment) => SQL;

const column =
  (name: SQL): Field =>
  (a, value) =>
    sql`${a}.${name} = ${value}`;
const present =
  (name: SQL): Field =>
  (a) =>
    sql`${a}.${name} is not null`;

const pattern = (text: string) => text.toLowerCase().replace(/[\\%_]/g, "\\$&");

// The index of searched texts finds the candidates: a text of a name is part of the text that is searched.
function named(a: SQL, value: string, like: string): SQL {
  const words = foldDanish(value)
    .split(" ")
    .filter((word) => word.length >= 3)
    .slice(0, 4)
    .map((word) => sql`${a}.search_text like ${`%${word}%`}`);
  return sql.join([sql`lower(${a}.name) like ${like}`, ...words], sql` and `);
}

const inForce = (a: SQL, { day }: Moment) =>
  sql`(${a}.valid_from <= ${day} and (${a}.valid_to is null or ${a}.valid_to > ${day}))`;

const receiving = (a: SQL, { now }: Moment, more: SQL) => {
  const instant = now.toISOString();
  return sql`exists (select from registrations r where r.gln = ${a}.gln and r.superseded_at is null and r.direction = 'receive'
    and r.valid_from <= ${instant}::timestamptz and (r.valid_to is null or r.valid_to > ${instant}::timestamptz) ${more})`;
};

/** `code/version`, or a code alone. */
const receivedType: Field = (a, value, at) => {
  const [code = "", version] = value.split("/");
  const exact = version === undefined ? sql`` : sql`and upper(r.version) = ${version.toUpperCase()}`;
  return receiving(a, at, sql`and upper(r.message_type) = ${code.toUpperCase()} ${exact}`);
};

const shared = {
  inForce: (a, _, at) => inForce(a, at),
  receives: receivedType,
  receivesAny: (a, _, at) => receiving(a, at, sql``),
} as const satisfies Record<string, Field>;

const unit = {
  id: column(sql`sor_id`),
  cvr: column(sql`cvr`),
  hasCvr: present(sql`cvr`),
  pNumber: column(sql`p_number`),
  hasPNumber: present(sql`p_number`),
  providerNumber: column(sql`provider_number`),
  hasProviderNumber: present(sql`provider_number`),
  shak: column(sql`shak_code`),
  hasShak: present(sql`shak_code`),
  gln: column(sql`gln`),
  hasGln: present(sql`gln`),
  parent: column(sql`parent_sor_id`),
  hasParent: present(sql`parent_sor_id`),
  geographicalParent: column(sql`geographical_parent_sor_id`),
  hasGeographicalParent: present(sql`geographical_parent_sor_id`),
  level: column(sql`level`),
  type: column(sql`type_code`),
  hasType: present(sql`type_code`),
  hasSpeciality: (a: SQL) => sql`jsonb_array_length(${a}.specialities) > 0`,
  speciality: (a: SQL, value: string) =>
    sql`${a}.specialities @> ${JSON.stringify([{ code: value }])}::jsonb`,
  nameStarts: (a: SQL, value: string) => named(a, value, `${pattern(value)}%`),
  nameContains: (a: SQL, value: string) => named(a, value, `%${pattern(value)}%`),
  nameIs: column(sql`name`),
  town: (a: SQL, value: string) => sql`lower(${a}.postal_address->>'district') like ${`${pattern(value)}%`}`,
  postCode: (a: SQL, value: string) => sql`${a}.postal_address->>'postCode' like ${`${pattern(value)}%`}`,
  validFromBefore: (a: SQL, value: string) => sql`${a}.valid_from < ${value}`,
  validToAfter: (a: SQL, value: string) => sql`(${a}.valid_to is null or ${a}.valid_to > ${value})`,
} as const satisfies Record<string, Field>;

const location = {
  id: column(sql`gln`),
  operator: column(sql`net_operator_code`),
  nonActive: (a: SQL) => sql`${a}.non_active`,
  isHeld: (a: SQL, _: string, { day }: Moment) => sql`exists (select from organisation_versions h
    where h.gln = ${a}.gln and h.superseded_at is null and h.valid_from <= ${day} and (h.valid_to is null or h.valid_to > ${day}))`,
} as const satisfies Record<string, Field>;

export type FieldName = keyof typeof shared | keyof typeof unit | keyof typeof location;

const fields: Record<"unit" | "location", Readonly<Record<string, Field>>> = {
  unit: { ...shared, ...unit },
  location: { ...shared, ...location },
};

/** How a field of a unit or of a location number is compared; a RangeError for one that the kind does not have. */
export function fieldsOf(kind: "unit" | "location", name: FieldName): Field {
  const found = fields[kind][name];
  if (!found) throw new RangeError(`a ${kind} has no ${name}`);
  return found;
}
