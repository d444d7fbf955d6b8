import type { Transaction } from "../database/index.ts";
import { type SearchFields, searchFieldsOfPath } from "../organisations/index.ts";
import type { Finding } from "./faults.ts";
import { SorReader } from "./read-sor-xml.ts";
import { faultsMax, type ImportReport, type OnProgress, refuseFile, warn } from "./report.ts";
import { type ReadLocation, type ReadUnit, readUnit } from "./sor-unit.ts";
import { type StagedRow, stageRows } from "./staging.ts";

/** A staged unit, without the parts that are staged separately. */
export type StagedUnit = Omit<ReadUnit, "location" | "replaces" | "replacedBy"> & { search: SearchFields };
export type StagedLocation = ReadLocation;

const stageAtRows = 500;

type Source = { bytes: AsyncIterable<Uint8Array>; report: ImportReport; onProgress: OnProgress };

/**
 * Reads a file of SOR XML into the staging tables with bounded memory and returns its snapshot day. Throws `invalid` with every
 * fault found, up to a hundred, when the file breaks a rule.
 */
export async function stageSor(tx: Transaction, { bytes, report, onProgress }: Source): Promise<string> {
  const faults: Finding[] = [];
  const around: ReadUnit[] = [];
  let snapshotDate = "";
  let waiting: StagedRow[] = [];
  const reader = new SorReader({
    onSnapshotDate: (day) => {
      snapshotDate = day;
    },
    onFault: (fault) => faults.push(fault),
    onUnit: (found) => {
      if (faults.length > 0) return;
      const read = readUnit(found, around[found.depth - 1]);
      around.length = found.depth;
      around.push(read.unit);
      faults.push(...read.faults);
      warn(report, ...read.warnings);
      waiting.push(...rowsOf(read.unit, around));
    },
  });
  let bytesRead = 0;
  for await (const text of decodeUtf8(bytes, () =>
    faults.push({ line: reader.line, place: "file", rule: "not-utf-8" }),
  )) {
    const goesOn = reader.write(text.text);
    bytesRead += text.bytes;
    onProgress({ step: "read", done: bytesRead });
    if (!goesOn || faults.length >= faultsMax) refuseFile(faults.slice(0, faultsMax));
    if (waiting.length >= stageAtRows && faults.length === 0) {
      await stageRows(tx, waiting);
      waiting = [];
    }
  }
  if (faults.length === 0) reader.end();
  if (faults.length > 0) refuseFile(faults.slice(0, faultsMax));
  await stageRows(tx, waiting);
  return snapshotDate;
}

function rowsOf(read: ReadUnit, around: readonly ReadUnit[]): StagedRow[] {
  const { location, replaces, replacedBy, ...unit } = read;
  const { line, sorId } = unit;
  const path = around
    .toReversed()
    .map((each) => ({ sorId: each.sorId, level: each.level, ...each.attributes }));
  const search = searchFieldsOfPath(path);
  return [
    { kind: "unit", key: sorId, line, data: { ...unit, search } satisfies StagedUnit },
    ...(location ? [{ kind: "location", key: location.gln, line, data: location }] : []),
    ...replaces.map((from) => ({ kind: "succession", key: from, line, data: { to: sorId } })),
    ...replacedBy.map((to) => ({ kind: "succession", key: sorId, line, data: { to } })),
  ];
}

async function* decodeUtf8(
  bytes: AsyncIterable<Uint8Array>,
  onFault: () => void,
): AsyncGenerator<{ text: string; bytes: number }> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (piece?: Uint8Array): string | undefined => {
    try {
      return piece ? decoder.decode(piece, { stream: true }) : decoder.decode();
    } catch {
      // The decoder fails only if the bytes are not UTF-8.
      onFault();
      return undefined;
    }
  };
  for await (const piece of bytes) {
    const text = decode(piece);
    if (text === undefined) return;
    yield { text, bytes: piece.length };
  }
  const rest = decode();
  if (rest !== undefined && rest !== "") yield { text: rest, bytes: 0 };
}
