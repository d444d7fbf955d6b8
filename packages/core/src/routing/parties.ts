import type { RetryHints } from "./schemas.ts";

/** The gateway's default retry settings. */
const standardRetry: RetryHints = {
  firstSeconds: 30,
  factor: 2,
  longestSeconds: 3600,
  giveUpSeconds: 432_000,
};

/** An endpoint of a system, as the table holds it. */
export type TableEndpoint = {
  readonly id: string;
  readonly supplierId: string;
  readonly systemId: string | null;
  readonly name: string;
  readonly transport: "webhook" | "mailbox" | "folder";
  readonly address: string | null;
  readonly mimeTypes: readonly string[];
  readonly state: "active" | "paused" | "closed";
  /** Seconds since 1970. */
  readonly pausedUntil: number | null;
  /** Measured outside the register: it changes without a new sequence. */
  readonly lastVerifiedAt: number | null;
  /** Of the server's certificate, hexadecimal. */
  readonly certificateSha256: string | null;
  /** Its own retry settings. Absent in a table saved by an older version of the program. */
  readonly retry?: RetryHints | null;
};
type TableSystem = { readonly id: string; readonly name: string; readonly version: string | null };
type TableSupplier = { readonly id: string; readonly name: string };
type TableOperator = { readonly code: string; readonly name: string };

/** What locations share: their responsible parties and state. One entry per combination that occurs. */
export type Profile = {
  readonly systemId: string | null;
  readonly supplierId: string | null;
  readonly netOperatorCode: string | null;
  readonly regionCode: string | null;
  readonly successorGln: string | null;
  readonly nonActive: boolean;
  readonly onlyInternal: boolean;
};

export type PartyRows = {
  readonly endpoints: readonly TableEndpoint[];
  readonly systems: readonly TableSystem[];
  readonly suppliers: readonly TableSupplier[];
  readonly operators: readonly TableOperator[];
};

/** Endpoints, systems, suppliers, net operators and profiles, numbered, so that pairs and locations store numbers. */
export class Parties {
  readonly endpoints: TableEndpoint[] = [];
  readonly profiles: Profile[] = [];
  readonly systems = new Map<string, TableSystem>();
  readonly suppliers = new Map<string, TableSupplier>();
  readonly operators = new Map<string, TableOperator>();
  /** The gateway's retry settings for endpoints without their own. Set before the first lookup. */
  retry: RetryHints = standardRetry;
  /** Incremented on changes, so that JSON built from the parties can be cached until the next change. */
  version = 0;
  readonly #endpointNumbers = new Map<string, number>();
  readonly #profileNumbers = new Map<string, number>();

  /** Adds or updates rows; nothing is ever removed, since pairs refer to them by number. */
  put(rows: Partial<PartyRows>): void {
    for (const endpoint of rows.endpoints ?? []) {
      const number = this.#endpointNumbers.get(endpoint.id) ?? this.endpoints.length;
      this.#endpointNumbers.set(endpoint.id, number);
      this.endpoints[number] = endpoint;
    }
    for (const system of rows.systems ?? []) this.systems.set(system.id, system);
    for (const supplier of rows.suppliers ?? []) this.suppliers.set(supplier.id, supplier);
    for (const operator of rows.operators ?? []) this.operators.set(operator.code, operator);
    this.version += 1;
  }

  /** Updates when endpoints were last verified (seconds since 1970). Does not invalidate JSON built from the parties. */
  verify(moments: ReadonlyMap<string, number>): void {
    for (const [id, lastVerifiedAt] of moments) {
      const number = this.#endpointNumbers.get(id);
      const endpoint = number === undefined ? undefined : this.endpoints[number];
      if (number === undefined || !endpoint || endpoint.lastVerifiedAt === lastVerifiedAt) continue;
      this.endpoints[number] = { ...endpoint, lastVerifiedAt };
    }
  }

  /** The number of an endpoint added before; -1 otherwise. */
  endpointNumber(id: string): number {
    return this.#endpointNumbers.get(id) ?? -1;
  }

  profileNumber(profile: Profile): number {
    const { systemId, supplierId, netOperatorCode, regionCode, successorGln, nonActive, onlyInternal } =
      profile;
    const key = `${systemId}|${supplierId}|${netOperatorCode}|${regionCode}|${successorGln}|${nonActive}|${onlyInternal}`;
    const known = this.#profileNumbers.get(key);
    if (known !== undefined) return known;
    const number = this.profiles.push(profile) - 1;
    this.#profileNumbers.set(key, number);
    return number;
  }

  rows(): PartyRows {
    return {
      endpoints: this.endpoints,
      systems: [...this.systems.values()],
      suppliers: [...this.suppliers.values()],
      operators: [...this.operators.values()],
    };
  }
}
