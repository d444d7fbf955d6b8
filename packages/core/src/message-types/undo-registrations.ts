import { findMessageType } from "@sor/edi";
import type { Context } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { type JournalEntry, listJournal } from "../journal/index.ts";
import {
  changeRegistrations,
  loadPlanInput,
  type RegistrationsOutcome,
  type Standing,
  save,
  show,
} from "./change-registrations.ts";
import { findLocationChange } from "./list-location-history.ts";
import { planUndo, type RecordedChange, wantedAfterUndo } from "./plan-undo.ts";
import { keyOf, type RegistrationFact } from "./registration-plan.ts";
import { type JournalPeriod, JournalRegistrations, type RegistrationUndo } from "./schemas.ts";

/** The later change that prevents an undo: it has undone the change, or changed the same types. */
export type LaterChange = {
  fault: "undone" | "changed-since";
  sequence: number;
  at: Date;
  /** As in the history: the person or key for one's own side, the organisation for another. */
  who: string | null;
};

type InTheWay = Omit<LaterChange, "who">;
type Asked = { gln: string; sequence: number };

/** Maximum number of later changes examined. */
const laterMax = 500;

/** A dry run of an undo, with its problems; or the later change that prevents it. */
export async function previewUndo(
  ctx: Context,
  input: Asked,
): Promise<RegistrationsOutcome & { later: LaterChange | null }> {
  const stands: { later: InTheWay | null } = { later: null };
  const planOf = async (tx: Transaction, standing: Standing) => {
    const found = await loadUndo(tx, input);
    stands.later = found.later;
    return await planOfUndo(tx, { ...input, allowGaps: true }, { ...standing, recorded: found.recorded });
  };
  const outcome = await changeRegistrations(ctx, { ...input, planOf }, show);
  const { later } = stands;
  if (!later) return { ...outcome, later };
  const line = await findLocationChange(ctx, { gln: input.gln, sequence: later.sequence });
  return { ...outcome, later: { ...later, who: line?.who ?? line?.supplierName ?? null } };
}

/**
 * Undoes a change of what a location number receives and sends, as a new change that refers to it. `conflict` when the state does
 * not match `etag`, or when a later change has touched the same types; `not-found` when the journal has no such change of the
 * location number; `invalid` with the problems found, among them every gap unless `allowGaps`.
 */
export async function undoRegistrations(
  ctx: Context,
  input: RegistrationUndo,
): Promise<RegistrationsOutcome> {
  const { gln, etag, sequence } = input;
  const planOf = async (tx: Transaction, standing: Standing) => {
    const { recorded, later } = await loadUndo(tx, input);
    if (later) {
      throw new DomainError("conflict", "changed-since", {
        fault: later.fault,
        sequence: later.sequence,
      });
    }
    return await planOfUndo(tx, input, { ...standing, recorded });
  };
  return await changeRegistrations(ctx, { gln, etag, undoes: sequence, planOf }, save);
}

async function planOfUndo(
  tx: Transaction,
  { gln, allowGaps }: { gln: string; allowGaps: boolean },
  { recorded, ...standing }: Standing & { recorded: RecordedChange },
) {
  const wanted = wantedAfterUndo(recorded, standing.current, standing.now);
  const input = await loadPlanInput(tx, { gln, wanted }, standing);
  return planUndo(recorded, { ...input, allowGaps });
}

async function loadUndo(
  tx: Transaction,
  { gln, sequence }: Asked,
): Promise<{ recorded: RecordedChange; later: InTheWay | null }> {
  const filter = { gln, subjectType: "location", subjectId: gln, outcome: "done" } as const;
  const [entry] = await listJournal(tx, { ...filter, before: sequence + 1, limit: 1 });
  // Moves because of a closed endpoint cannot be undone separately from the closing.
  const isOurs = entry?.sequence === sequence && entry.action === "registration.edit";
  const recorded = isOurs ? recordedOf(entry) : undefined;
  if (!recorded) {
    throw new DomainError("not-found", "no-such-change", { gln, sequence });
  }
  const since = await listJournal(tx, { ...filter, after: sequence, limit: laterMax });
  const touched = new Set([...recorded.before, ...recorded.after].map(keyOf));
  // If the limit was reached, an unexamined change may conflict: report the oldest one examined.
  const unseen = since.length === laterMax ? since.at(-1) : undefined;
  const found = since.toReversed().find((each) => keysOf(each).some((key) => touched.has(key))) ?? unseen;
  if (!found) return { recorded, later: null };
  const isUndone = JournalRegistrations.safeParse(found.after).data?.undoes === sequence;
  const fault = isUndone ? "undone" : "changed-since";
  return { recorded, later: { fault, sequence: found.sequence, at: found.at } };
}

function recordedOf(entry: JournalEntry): RecordedChange | undefined {
  const [before, after] = [entry.before, entry.after].map(
    (value) => JournalRegistrations.safeParse(value).data?.registrations,
  );
  if (!before || !after) return undefined;
  return { at: entry.at, before: before.map(factOfPeriod), after: after.map(factOfPeriod) };
}

function factOfPeriod({ validFrom, validTo, format, ...period }: JournalPeriod): RegistrationFact {
  const known = findMessageType(period.messageType, period.version)?.format;
  const catalogued = known === "XML" || known === "FHIR" ? known : "EDIFACT";
  return {
    ...period,
    format: format ?? catalogued,
    validFrom: new Date(validFrom),
    validTo: validTo === null ? null : new Date(validTo),
  };
}

function keysOf(entry: JournalEntry): string[] {
  const { before, after } = recordedOf(entry) ?? { before: [], after: [] };
  return [...before, ...after].map(keyOf);
}
