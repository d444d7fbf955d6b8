import { inArray } from "drizzle-orm";
import { type Changed, type Context, change } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import { listLocationVersions, locationSubject, presentVersion } from "../endpoints/index.ts";
import { endpoints } from "../endpoints/tables.ts";
import { DomainError } from "../errors.ts";
import { compareEnds, dayInDenmark } from "../validity/index.ts";
import { loadRegistrationRows, registrationsEtag } from "./list-registrations.ts";
import { planRegistrations } from "./plan-registrations.ts";
import type { PlanInput, RegistrationFact, RegistrationPlan, RegistrationRow } from "./registration-plan.ts";
import type { NewRegistration, RegistrationEnd, RegistrationSet, WantedRegistration } from "./schemas.ts";
import { registrations } from "./tables.ts";

/** What was done, or would be, the tag of the state that it left, and its number in the journal where something was done. */
export type RegistrationsOutcome = { plan: RegistrationPlan; etag: string; sequence: number | null };

type Wanting = {
  gln: string;
  etag?: string | undefined;
  comment?: string | undefined;
  allowGaps?: boolean;
  wantedOf: (lasting: readonly RegistrationRow[]) => readonly WantedRegistration[];
};

type Planned = { gln: string; plan: RegistrationPlan; now: Date };
type Ending = (tx: Transaction, planned: Planned) => Promise<Changed<RegistrationsOutcome>>;

// The location number stays locked from the loading to the end, so that two writers take turns.
async function planUnderLock(ctx: Context, input: Wanting, end: Ending): Promise<RegistrationsOutcome> {
  const { gln, etag, comment, allowGaps = false } = input;
  const subject = (tx: Transaction) => locationSubject(tx, gln, ctx.now);
  return await change(ctx, { action: "registration.edit", subject, comment }, async (tx) => {
    const current = await loadRegistrationRows(tx, gln);
    if (etag !== undefined && etag !== registrationsEtag(current)) {
      throw new DomainError("conflict", "Somebody else has changed what the location number receives.", {
        fault: "etag",
        gln,
      });
    }
    const now = notBefore(ctx.now, current);
    const wanted = input.wantedOf(current.filter((row) => compareEnds(now, row.validTo) < 0));
    const plan = planRegistrations(await loadPlanInput(tx, now, { gln, current, wanted, allowGaps }));
    return await end(tx, { gln, plan, now });
  });
}

// A writer that waited for the lock continues from what the writer before it recorded, not from before that.
function notBefore(now: Date, current: readonly RegistrationRow[]): Date {
  return new Date(Math.max(now.getTime(), ...current.map((row) => row.recordedAt.getTime())));
}

async function loadPlanInput(
  tx: Transaction,
  now: Date,
  given: {
    gln: string;
    current: RegistrationRow[];
    wanted: readonly WantedRegistration[];
    allowGaps: boolean;
  },
): Promise<PlanInput> {
  const { gln, ...wishes } = given;
  const versions = await listLocationVersions(tx, gln);
  const ids = [...new Set(wishes.wanted.flatMap((each) => each.endpointId ?? []))];
  // Shared, so that nobody closes an endpoint while something new is pointed at it.
  const named =
    ids.length === 0
      ? []
      : await tx
          .select()
          .from(endpoints)
          .where(inArray(endpoints.id, ids))
          .orderBy(endpoints.id)
          .for("share");
  return {
    ...wishes,
    endpoints: named.map((each) => ({ ...each, state: each.drainThen === "closed" ? "closed" : each.state })),
    supplierId: presentVersion(versions, dayInDenmark(now))?.supplierId ?? null,
    closesOn: versions.at(-1)?.validTo ?? null,
    now,
  };
}

const show: Ending = async (tx, { gln, plan }) => {
  const etag = registrationsEtag(await loadRegistrationRows(tx, gln));
  return { result: { plan, etag, sequence: null }, entries: [] };
};

const save: Ending = async (tx, { gln, plan, now }) => {
  const errors = plan.problems.filter((problem) => problem.severity === "error");
  if (errors.length > 0) {
    throw new DomainError("invalid", "The registrations cannot be saved as they are.", {
      problems: errors,
    });
  }
  await record(tx, now, gln, plan);
  const etag = registrationsEtag(await loadRegistrationRows(tx, gln));
  const touched = plan.changes.filter((each) => each.kind !== "unchanged");
  const result = { plan, etag, sequence: null };
  if (touched.length === 0) return { result, entries: [] };
  const entry = {
    subjectType: "location",
    subjectId: gln,
    glns: [gln],
    before: { registrations: touched.flatMap((each) => each.before) },
    after: { registrations: touched.flatMap((each) => each.after) },
  };
  return { result, entries: [entry], numbered: (sequence) => ({ ...result, sequence }) };
};

async function record(tx: Transaction, now: Date, gln: string, plan: RegistrationPlan): Promise<void> {
  const ids = plan.superseded.map((row) => row.id);
  if (ids.length > 0) {
    await tx.update(registrations).set({ supersededAt: now }).where(inArray(registrations.id, ids));
  }
  if (plan.added.length > 0) {
    await tx
      .insert(registrations)
      .values(plan.added.map((fact: RegistrationFact) => ({ id: newId(), gln, ...fact, recordedAt: now })));
  }
}

/**
 * Sets everything that a location number receives and sends from now on; what held before stays as it was. Types
 * left out end now. `conflict` when the state is not the one that `etag` names; `invalid` with the problems found, among
 * them every gap unless `allowGaps`.
 */
export async function setRegistrations(ctx: Context, input: RegistrationSet): Promise<RegistrationsOutcome> {
  const { registrations: wanted, ...rest } = input;
  return await planUnderLock(ctx, { ...rest, wantedOf: () => wanted }, save);
}

/** What `setRegistrations` would do, with its problems, without doing it. Asks the same permission. */
export async function previewRegistrations(
  ctx: Context,
  input: RegistrationSet,
): Promise<RegistrationsOutcome> {
  const { registrations: wanted, ...rest } = input;
  return await planUnderLock(ctx, { ...rest, wantedOf: () => wanted }, show);
}

const asWanted = ({ messageType, version, direction, endpointId, validFrom, validTo }: RegistrationFact) => ({
  messageType,
  version,
  direction,
  endpointId,
  validFrom,
  validTo,
});

const isPair = (row: RegistrationRow, pair: { messageType: string; version: string; direction: string }) =>
  row.messageType === pair.messageType && row.version === pair.version && row.direction === pair.direction;

/** Registers one type more; everything else stays. `invalid` with `overlap` where it is registered already. */
export async function addRegistration(ctx: Context, input: NewRegistration): Promise<RegistrationsOutcome> {
  const { gln, comment, ...added } = input;
  const wantedOf = (lasting: readonly RegistrationRow[]) => [...lasting.map(asWanted), added];
  return await planUnderLock(ctx, { gln, comment, wantedOf }, save);
}

/** Ends one type in one version, now or at a later instant; everything else stays. `not-found` when it is not registered. */
export async function endRegistration(ctx: Context, input: RegistrationEnd): Promise<RegistrationsOutcome> {
  const { gln, comment, at } = input;
  if (at !== null && at <= ctx.now) {
    throw new DomainError("invalid", "A registration ends now or later.", { field: "at", fault: "past" });
  }
  const wantedOf = (lasting: readonly RegistrationRow[]) => {
    if (!lasting.some((row) => isPair(row, input))) {
      const details = { gln, messageType: input.messageType, version: input.version };
      throw new DomainError("not-found", "The location number has no such registration.", details);
    }
    return lasting.flatMap((row) => {
      if (!isPair(row, input)) return [asWanted(row)];
      if (at === null || row.validFrom >= at) return [];
      return [{ ...asWanted(row), validTo: compareEnds(row.validTo, at) < 0 ? row.validTo : at }];
    });
  };
  return await planUnderLock(ctx, { gln, comment, allowGaps: true, wantedOf }, save);
}
