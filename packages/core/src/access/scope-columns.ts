import type { GrantScope } from "../permissions/index.ts";

type ScopeColumns = {
  scopeKind: GrantScope["kind"];
  scopeSorId: string | null;
  scopeGlns: string[] | null;
  scopeSupplierId: string | null;
};

/** A scope as columns of a row. */
export function columnsOfScope(scope: GrantScope): ScopeColumns {
  return {
    scopeKind: scope.kind,
    scopeSorId: scope.kind === "subtree" ? scope.sorId : null,
    scopeGlns: scope.kind === "locations" ? [...scope.glns] : null,
    scopeSupplierId: scope.kind === "supplier" ? scope.supplierId : null,
  };
}

/** The scope in a row; a row without the column it needs grants nothing (an empty list of location numbers). */
export function scopeOfColumns(row: ScopeColumns): GrantScope {
  if (row.scopeKind === "all") return { kind: "all" };
  if (row.scopeKind === "subtree" && row.scopeSorId !== null)
    return { kind: "subtree", sorId: row.scopeSorId };
  if (row.scopeKind === "supplier" && row.scopeSupplierId !== null) {
    return { kind: "supplier", supplierId: row.scopeSupplierId };
  }
  return { kind: "locations", glns: row.scopeGlns ?? [] };
}
