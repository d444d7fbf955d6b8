import { sql } from "drizzle-orm";
import { nameOfCode } from "../code-lists/index.ts";
import { newId, type Transaction } from "../database/index.ts";
import { netOperators, suppliers, systems } from "../endpoints/tables.ts";
import { type ImportReport, newCounts } from "./report.ts";
import { stageEntries } from "./staging.ts";

/** Our ids of the suppliers and systems that a file refers to by SOR's codes. */
export type Parties = {
  supplierId: (code: string) => string | null;
  systemId: (supplierCode: string, systemCode: string) => string | null;
};

/** The code where a location number has no supplier or system, or none that SOR knows: both are mandatory in the file. */
const nobody = "0";

/** Registers all suppliers, systems and net operators of the staged location numbers whose codes are unknown. */
export async function ensureParties(tx: Transaction, report: ImportReport): Promise<Parties> {
  const { rows: named } = await tx.execute<{ supplier: string; system: string; operator: string }>(sql`
    select distinct data->>'systemSupplier' as supplier, data->>'systemType' as system, data->>'netOperator' as operator
    from import_rows where kind = 'location' order by 1, 2, 3`);
  await ensureNetOperators(tx, [...new Set(named.map((row) => row.operator))], report);
  const supplied = named.filter(({ supplier }) => supplier !== nobody);
  const supplierIds = await ensureSuppliers(tx, [...new Set(supplied.map((row) => row.supplier))], report);
  const running = supplied.filter(({ system }) => system !== nobody);
  const systemIds = await ensureSystems(tx, running, { supplierIds, report });
  return {
    supplierId: (code) => supplierIds.get(code) ?? null,
    systemId: (supplier, system) => systemIds.get(`${supplier}/${system}`) ?? null,
  };
}

async function ensureNetOperators(
  tx: Transaction,
  codes: readonly string[],
  report: ImportReport,
): Promise<void> {
  const counts = report.counts["netOperators"] ?? newCounts();
  for (const code of codes) {
    const row = { code, name: nameOfCode("net-operators", code) ?? `Ukendt netoperatør (${code})` };
    const made = await tx.insert(netOperators).values(row).onConflictDoNothing().returning();
    counts[made.length > 0 ? "created" : "unchanged"] += 1;
    if (made.length === 0) continue;
    await stageEntries(tx, [{ subjectType: "net-operator", subjectId: code, after: row }]);
  }
}

async function ensureSuppliers(
  tx: Transaction,
  codes: readonly string[],
  report: ImportReport,
): Promise<Map<string, string>> {
  const counts = report.counts["suppliers"] ?? newCounts();
  const known = await tx
    .select()
    .from(suppliers)
    .where(sql`${suppliers.sorCode} = any(${sql.param(codes)}::text[])`);
  const ids = new Map(known.map((row) => [row.sorCode ?? "", row.id]));
  counts.unchanged += ids.size;
  for (const sorCode of codes.filter((code) => !ids.has(code))) {
    const row = { id: newId(), sorCode, name: `Ukendt leverandør (${sorCode})` };
    await tx.insert(suppliers).values(row);
    await stageEntries(tx, [{ subjectType: "supplier", subjectId: row.id, after: row }]);
    ids.set(sorCode, row.id);
    counts.created += 1;
  }
  return ids;
}

async function ensureSystems(
  tx: Transaction,
  named: readonly { supplier: string; system: string }[],
  { supplierIds, report }: { supplierIds: ReadonlyMap<string, string>; report: ImportReport },
): Promise<Map<string, string>> {
  const counts = report.counts["systems"] ?? newCounts();
  const known = await tx.select().from(systems);
  const ids = new Map<string, string>();
  for (const { supplier, system } of named) {
    const key = `${supplier}/${system}`;
    const supplierId = supplierIds.get(supplier) ?? "";
    if (ids.has(key)) continue;
    const found = known.find((row) => row.supplierId === supplierId && row.sorCode === system);
    counts[found ? "unchanged" : "created"] += 1;
    const row = found ?? {
      id: newId(),
      supplierId,
      sorCode: system,
      name: `Ukendt system (${system})`,
      version: null,
    };
    ids.set(key, row.id);
    if (found) continue;
    await tx.insert(systems).values(row);
    await stageEntries(tx, [{ subjectType: "system", subjectId: row.id, after: row }]);
  }
  return ids;
}
