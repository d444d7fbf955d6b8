import { completeGln } from "@sor/core/identifiers";
import { noEnd, type PairRow, type PeriodRow, RoutingTable } from "@sor/core/routing";
import { messageTypes } from "@sor/edi";

/** How many types each synthetic location receives; about as many as a practice registers. */
export const pairsPerLocation = 12;
const endpointCount = 200;
const from = 1_600_000_000;

const types = messageTypes.flatMap(({ code, version, format, kind }) =>
  code && version && kind === "message" && format === "EDIFACT" ? [{ code, version, format }] : [],
);

export const glnOf = (i: number) => completeGln(`5790${String(i).padStart(8, "0")}`);
export const typesOf = (i: number) =>
  Array.from(
    { length: pairsPerLocation },
    (_, k) => types[(i + k * 3) % types.length] as (typeof types)[number],
  );
export const endpointIdOf = (i: number) =>
  `0196f1f0-0000-7000-8000-${String(i % endpointCount).padStart(12, "0")}`;

const parties = {
  endpoints: Array.from({ length: endpointCount }, (_, i) => ({
    id: endpointIdOf(i),
    supplierId: "supplier",
    systemId: "system",
    name: `Modtagelse ${i}`,
    transport: "mailbox" as const,
    address: null,
    mimeTypes: ["application/EDIFACT"],
    state: "active" as const,
    pausedUntil: null,
    lastVerifiedAt: 1_800_000_000,
    certificateSha256: "34380452f60dcbcb26a40e2ae08824b7f23affb5fb1e6f4138d98c8fe7d41995",
  })),
  systems: [{ id: "system", name: "Journalsystem", version: "4.2" }],
  suppliers: [{ id: "supplier", name: "Leverandør A/S" }],
  operators: [{ code: "1", name: "Netoperatør" }],
};

const profile: PeriodRow["profile"] = {
  systemId: "system",
  supplierId: "supplier",
  netOperatorCode: "1",
  regionCode: "1084",
  successorGln: null,
  nonActive: false,
  onlyInternal: false,
};

/** A table of that many pairs, built by the same builder as the loaded one. */
export function syntheticTable(pairs: number): RoutingTable {
  const locations = Math.ceil(pairs / pairsPerLocation);
  const table = new RoutingTable(4711, locations);
  table.parties.put(parties);
  for (let i = 0; i < locations; i += 1) {
    const gln = glnOf(i);
    const rows = typesOf(i).map(
      ({ code, version }): PairRow => ({
        code,
        version,
        format: "EDIFACT",
        direction: "receive",
        endpointId: endpointIdOf(i),
        from,
        to: noEnd,
      }),
    );
    table.setPeriods(gln, [{ from, to: noEnd, profile }]);
    table.setPairs(gln, rows);
  }
  return table;
}

/** A reproducible sequence of pseudo-random numbers below `limit` (mulberry32). */
export function randomBelow(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * limit);
  };
}
