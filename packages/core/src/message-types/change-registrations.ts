import { inArray, sql } from "drizzle-orm";
import { type Changed, type Context, change, unchanged } from "../context.ts";
import { newId, type Transaction } from "../database/index.ts";
import { listLocationVersions, locationSubject } from "../endpoints/index.ts";
import { endpoints } from "../endpoints/tables.ts";
import { DomainError } from "../errors.ts";
import { type ExpectedEtag, requireEtag } from "../etag.ts";
import { loadRegistrationRows, registrationsEtag } from "./list-registrations.ts";
import type { PlanInput, RegistrationFact, RegistrationPlan, RegistrationRow } from "./registration-plan.ts";
import type { WantedRegistration } from "./schemas.ts";
import { registrations } from "./tables.ts";

/** The executed or previewed plan, the resulting ETag, and the sequence number of the journal entry if anything was written. */
export type RegistrationsOutcome = { plan: RegistrationPlan; etag: string; sequence: number | null };

/** The state read under the lock of the location number: its rows, and the time from which a change applies. */
export type Standing = { current: RegistrationRow[]; now: Date };

type Changing = {
  gln: string;
  /** The ETag the change is based on; absent: any state will do. */
  etag?: ExpectedEtag;
  comment?: string | undefined;
  /** The sequence number of the journal entry that the change undoes. */
  undoes?: number;
  planOf: (tx: Transaction, standing: Standing) => Promise<RegistrationPlan>;
};

type Planned = { gln: string; plan: RegistrationPlan; now: Date; undoes: number | undefined };
type Ending = (tx: Transaction, planned: Planned) => Promise<Changed<RegistrationsOutcome>>;

/**
 * Plans a change under the lock of the location number, and finishes it with `show` or `save`. Concurrent writers are serialised.
 * `conflict` when the state does not match `etag`.
 */
export async function changeRegistrations(
  ctx: Context,
  input: Changing,
  end: Ending,
): Promise<RegistrationsOutcome> {
  const { gln, etag, comment, undoes } = input;
  const subject = (tx: Transaction) => locationSubject(tx, gln, ctx.now);
  return await change(ctx, { action: "registration.edit", subject, comment }, async (tx) => {
    const current = await loadRegistrationRows(tx, gln);
    const present = registrationsEtag(current);
    requireEtag(etag, present, "registrations-changed");
    const now = notBefore(ctx.now, current);
    const plan = await input.planOf(tx, { current, now });
    const ended = await end(tx, { gln, plan, now, undoes });
    return ctx.isRehearsal ? { ...ended, result: { ...ended.result, etag: present } } : ended;
  });
}

// A writer that waited for the lock continues from what the previous writer recorded, even if its own time is earlier.
function notBefore(now: Date, current: readonly RegistrationRow[]): Date {
  return new Date(Math.max(now.getTime(), ...current.map((row) => row.recordedAt.getTime())));
}

/** Other input of a plan: the endpoints referred to, the location number's supplier and its closing day. */
export async function loadPlanInput(
  tx: Transaction,
  { gln, wanted }: { gln: string; wanted: readonly WantedRegistration[] },
  { current, now }: Standing,
): Promise<Omit<PlanInput, "allowGaps">> {
  const versions = await listLocationVersions(tx, gln);
  const ids = [...new Set(wanted.flatMap((each) => each.endpointId ?? []))];
  // FOR SHARE, so that nobody closes an endpoint while a registration is pointed at it.
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
    current,
    wanted,
    endpoints: named.map((each) => ({ ...each, state: each.drainThen === "closed" ? "closed" : each.state })),
    suppliers: versions,
    closesOn: versions.at(-1)?.validTo ?? null,
    received: await loadReceived(tx, wanted, { current, now }),
    now,
  };
}

/** Which of the types that are newly sent somebody receives, now or later; those sent already count as received. */
async function loadReceived(
  tx: Transaction,
  wanted: readonly WantedRegistration[],
  { current, now }: Standing,
): Promise<Set<string>> {
  const sent = new Set(current.filter((row) => row.direction === "send").map(pairText));
  const fresh = [...new Set(wanted.filter((each) => each.direction === "send").map(pairText))]
    .filter((pair) => !sent.has(pair))
    .map((pair) => pair.split(" "));
  if (fresh.length === 0) return sent;
  const [codes, versions] = [0, 1].map((at) => sql.param(fresh.map((pair) => pair[at] ?? "")));
  const { rows } = await tx.execute<{ pair: string }>(sql`
    select asked.code || ' ' || asked.version as pair
    from unnest(${codes}::text[], ${versions}::text[]) as asked(code, version)
    where exists (
      select from registrations r where r.message_type = asked.code and r.version = asked.version
        and r.direction = 'receive' and r.superseded_at is null
        and (r.valid_to is null or r.valid_to > ${now.toISOString()}::timestamptz))`);
  return new Set([...sent, ...rows.map((row) => row.pair)]);
}

const pairText = ({ messageType, version }: { messageType: string; version: string }) =>
  `${messageType} ${version}`;

/** Finishes a change without writing it. */
export const show: Ending = async (tx, { gln, plan }) => {
  const etag = registrationsEtag(await loadRegistrationRows(tx, gln));
  return unchanged({ plan, etag, sequence: null });
};

/** Finishes a change by writing it; `invalid` with its problems if one is an error. */
export const save: Ending = async (tx, { gln, plan, now, undoes }) => {
  const errors = plan.problems.filter((problem) => problem.severity === "error");
  if (errors.length > 0) {
    throw new DomainError("invalid", "registrations-unusable", {
      problems: errors,
    });
  }
  await record(tx, now, gln, plan);
  const etag = registrationsEtag(await loadRegistrationRows(tx, gln));
  const touched = plan.changes.filter((each) => each.kind !== "unchanged");
  const result = { plan, etag, sequence: null };
  if (touched.length === 0) return unchanged(result);
  const entry = {
    subjectType: "location",
    subjectId: gln,
    glns: [gln],
    before: { registrations: touched.flatMap((each) => each.before) },
    after: { registrations: touched.flatMap((each) => each.after), ...(undoes !== undefined && { undoes }) },
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
