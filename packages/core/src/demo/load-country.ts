import { sql } from "drizzle-orm";
import { type Context, change } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import { foldDanish, searchFieldsOfPath } from "../organisations/index.ts";
import type { Country } from "./country.ts";
import type { DraftOrganisation } from "./draft.ts";
import { systemsInOrder, vendors } from "./vendors.ts";

type LoadedVendor = { supplierId: string; name: string };

const batchRows = 2_000;

/** Inserts rows as one JSON parameter per batch: the fastest way that needs no COPY stream. Keys are column names. */
async function insertRows(
  tx: Transaction,
  table: string,
  rows: readonly Record<string, unknown>[],
): Promise<void> {
  const target = sql.identifier(table);
  const columns = sql.join(
    Object.keys(rows[0] ?? {}).map((column) => sql.identifier(column)),
    sql`, `,
  );
  for (let start = 0; start < rows.length; start += batchRows) {
    const batch = JSON.stringify(rows.slice(start, start + batchRows));
    await tx.execute(
      sql`insert into ${target} (${columns}) select ${columns} from jsonb_populate_recordset(null::${target}, ${batch}::jsonb)`,
    );
  }
}

function organisationRow(unit: DraftOrganisation, above: Above, recordedAt: Date) {
  const search = searchFieldsOfPath(pathOf(unit, above));
  return {
    id: newId(),
    sor_id: unit.sorId,
    valid_from: unit.validFrom,
    valid_to: unit.validTo,
    recorded_at: recordedAt,
    parent_sor_id: unit.parentSorId,
    name: unit.name,
    search_text: search.searchText,
    search_order: search.searchOrder,
    search_key: search.searchKey,
    search_kind: search.searchKind,
    type_code: unit.typeCode,
    local_attributes: [],
    gln_inherited: unit.glnInherited === true,
    specialities: unit.specialities ?? [],
    virtual_address: virtualAddress(unit),
    ...identifierColumns(unit),
    ...placeColumns(unit),
  };
}

type Above = ReadonlyMap<string, DraftOrganisation>;

const virtualAddress = ({ telephone }: DraftOrganisation) => (telephone ? { telephone } : null);

/** The unit first, then its parent, and so on. */
function pathOf(unit: DraftOrganisation, above: Above) {
  const path: DraftOrganisation[] = [];
  for (let at: DraftOrganisation | undefined = unit; at; at = above.get(at.parentSorId ?? "")) path.push(at);
  return path.map((each) => ({
    ...each,
    postalAddress: each.postalAddress ?? null,
    visitingAddress: null,
    activityAddress: each.activityAddress ?? null,
    virtualAddress: virtualAddress(each),
    gln: each.gln ?? null,
    glnInherited: each.glnInherited === true,
  }));
}

function identifierColumns(unit: DraftOrganisation) {
  return {
    gln: unit.gln,
    shak_code: unit.shakCode,
    provider_number: unit.providerNumber,
    pharmacy_identifier: unit.pharmacyIdentifier,
    cvr: unit.cvr,
    p_number: unit.pNumber,
  };
}

function placeColumns(unit: DraftOrganisation) {
  return {
    geographical_parent_relation: unit.geographicalParentRelation,
    postal_address: unit.postalAddress,
    organisational_level_name: unit.organisationalLevelName,
    region_code: unit.regionCode,
    municipality_code: unit.municipalityCode,
  };
}

async function insertVendors(
  tx: Transaction,
): Promise<{ suppliers: LoadedVendor[]; systemIds: string[]; endpointIds: string[] }> {
  const suppliers = vendors.map((vendor) => ({ supplierId: newId(), name: vendor.name }));
  const systemIds = systemsInOrder.map(() => newId());
  const endpointIds = systemsInOrder.map(() => newId());
  const supplierOf = (index: number) => suppliers[index]?.supplierId;
  await insertRows(
    tx,
    "suppliers",
    suppliers.map(({ supplierId, name }, i) => ({
      id: supplierId,
      name,
      email: `drift${i + 1}@example.dk`,
      is_active: true,
    })),
  );
  await insertRows(
    tx,
    "systems",
    systemsInOrder.map((system, i) => ({
      id: systemIds[i],
      supplier_id: supplierOf(system.vendorIndex),
      name: system.name,
    })),
  );
  await insertRows(
    tx,
    "endpoints",
    systemsInOrder.map((system, i) => ({
      id: endpointIds[i],
      supplier_id: supplierOf(system.vendorIndex),
      system_id: systemIds[i],
      name: `${system.name} postkasse`,
      transport: "mailbox",
      mime_types: ["application/edifact", "application/xml", "application/fhir+json", "application/fhir+xml"],
      state: "active",
    })),
  );
  return { suppliers, systemIds, endpointIds };
}

async function insertOrganisations(tx: Transaction, country: Country, now: Date): Promise<void> {
  await insertRows(
    tx,
    "organisations",
    country.organisations.map((unit) => ({
      sor_id: unit.sorId,
      level: unit.level,
      first_from: unit.validFrom,
    })),
  );
  const above = new Map(country.organisations.map((unit) => [unit.sorId, unit]));
  await insertRows(
    tx,
    "organisation_versions",
    country.organisations.map((unit) => organisationRow(unit, above, now)),
  );
  await insertRows(
    tx,
    "shak_codes",
    country.shakCodes.map((shak) => ({
      code: shak.code,
      valid_from: "1999-01-01",
      last_changed: "2025-04-01",
      kind: shak.kind,
      name: shak.name,
      search_text: foldDanish(shak.name),
      groups: shak.groups,
    })),
  );
}

async function insertLocations(
  tx: Transaction,
  country: Country,
  ids: { suppliers: LoadedVendor[]; systemIds: string[]; endpointIds: string[] },
  now: Date,
): Promise<void> {
  await insertRows(
    tx,
    "locations",
    country.locations.map(({ gln }) => ({ gln })),
  );
  await insertRows(
    tx,
    "location_versions",
    country.locations.map((location) => ({
      id: newId(),
      gln: location.gln,
      valid_from: location.validFrom,
      valid_to: location.validTo,
      recorded_at: now,
      only_internal: false,
      non_active: location.nonActive,
      system_id: ids.systemIds[location.systemIndex],
      supplier_id: ids.suppliers[systemsInOrder[location.systemIndex]?.vendorIndex ?? 0]?.supplierId,
      net_operator_code: systemsInOrder[location.systemIndex]?.netOperator,
      region_code: location.regionCode,
      edi_administrator: "106",
      successor_gln: location.successorGln,
    })),
  );
  await insertRows(
    tx,
    "registrations",
    country.registrations.map((registration) => ({
      id: newId(),
      gln: registration.gln,
      message_type: registration.messageType,
      version: registration.version,
      format: registration.format,
      direction: "receive",
      endpoint_id: ids.endpointIds[registration.systemIndex],
      valid_from: registration.validFrom,
      valid_to: registration.validTo,
      recorded_at: now,
    })),
  );
}

const netOperators = [
  { code: "41000035001", name: "KMD" },
  { code: "51000035003", name: "TrueCommerce Denmark ApS" },
  { code: "81000035007", name: "DataGruppen MultiMed A/S" },
];

/** Writes an invented country in one change; gives the vendors in the order of the demo accounts. */
export async function loadCountry(ctx: Context, country: Country): Promise<LoadedVendor[]> {
  return await change(
    ctx,
    { action: "register.import", subject: { type: "register", id: "demo" } },
    async (tx) => {
      for (const operator of netOperators) {
        await tx.execute(
          sql`insert into net_operators (code, name) values (${operator.code}, ${operator.name}) on conflict do nothing`,
        );
      }
      const ids = await insertVendors(tx);
      await insertOrganisations(tx, country, ctx.now);
      await insertLocations(tx, country, ids, ctx.now);
      const after = { units: country.organisations.length, locations: country.locations.length };
      return { result: ids.suppliers, entries: [{ subjectType: "register", subjectId: "demo", after }] };
    },
  );
}
