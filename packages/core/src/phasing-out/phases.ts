import { and, eq } from "drizzle-orm";
import { type Context, change, unchanged } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { type ExpectedEtag, etagOf, requireEtag } from "../etag.ts";
import { type MessageType, messageTypes } from "../message-types/index.ts";
import { versionPhases } from "../message-types/tables.ts";
import { dayInDenmark } from "../validity/index.ts";
import type { PhaseStatus, VersionPhase, VersionPhaseFields } from "./schemas.ts";

type Row = typeof versionPhases.$inferSelect;
type Pair = { messageType: string; version: string };

/** A version of a type in the catalogue, and how it is phased out; the ETag is that of its phase. */
export type TypeVersion = Pair &
  Pick<MessageType, "format" | "nameDa" | "nameEn"> & {
    status: PhaseStatus;
    phase: VersionPhase | null;
    etag: string;
  };

const catalogue = [
  ...new Map(
    messageTypes.flatMap(({ kind, code, version, format, nameDa, nameEn }) =>
      kind === "namespace" || code === undefined || version === undefined
        ? []
        : [[`${code} ${version}`, { messageType: code, version, format, nameDa, nameEn }] as const],
    ),
  ).values(),
].toSorted((a, b) => (`${a.messageType} ${a.version}` < `${b.messageType} ${b.version}` ? -1 : 1));

function phaseOf(row: Row | undefined): VersionPhase | null {
  if (!row) return null;
  const { phasedOutFrom, endsOn, successorType, successorVersion } = row;
  const successor =
    successorType === null || successorVersion === null
      ? null
      : { messageType: successorType, version: successorVersion };
  return { phasedOutFrom, endsOn, successor };
}

function statusOf(phase: VersionPhase | null, day: string): PhaseStatus {
  if (phase === null || phase.phasedOutFrom > day) return "in-use";
  return phase.endsOn !== null && phase.endsOn <= day ? "ended" : "phasing-out";
}

/** Every version of every type in the catalogue, by type and version, with how it is phased out. */
export async function listVersions({ db, now }: Pick<Context, "db" | "now">): Promise<TypeVersion[]> {
  const rows = await db.select().from(versionPhases);
  const phases = new Map(rows.map((row) => [`${row.messageType} ${row.version}`, row]));
  const day = dayInDenmark(now);
  return catalogue.map((each) => {
    const phase = phaseOf(phases.get(`${each.messageType} ${each.version}`));
    return { ...each, status: statusOf(phase, day), phase, etag: etagOf(phase) };
  });
}

/**
 * Says how a version is phased out; with `phase` null that it is in use. For the register authority. `conflict` when `etag` does not
 * match the present phase.
 */
export async function setPhase(
  ctx: Context,
  { etag, ...fields }: VersionPhaseFields & { etag?: ExpectedEtag },
): Promise<void> {
  const subject = { type: "register", id: subjectIdOf(fields) } as const;
  await change(ctx, { action: "register.configure", subject }, async (tx) => {
    const entry = await writePhase(tx, fields, etag);
    return entry ? { result: undefined, entries: [entry] } : unchanged(undefined);
  });
}

const subjectIdOf = ({ messageType, version }: Pair) => `${messageType} ${version}`;

/** Writes the phase of one version, and returns what the journal tells of it; undefined when it is so already. */
export async function writePhase(
  tx: Transaction,
  { messageType, version, phase }: VersionPhaseFields,
  etag?: ExpectedEtag,
) {
  const own = and(eq(versionPhases.messageType, messageType), eq(versionPhases.version, version));
  const [row] = await tx.select().from(versionPhases).where(own).for("update");
  const before = phaseOf(row);
  requireEtag(etag, etagOf(before), "phase-changed");
  if (etagOf(before) === etagOf(phase)) return undefined;
  if (phase === null) await tx.delete(versionPhases).where(own);
  else {
    const { phasedOutFrom, endsOn, successor } = phase;
    const values = {
      ...{ phasedOutFrom, endsOn },
      successorType: successor?.messageType ?? null,
      successorVersion: successor?.version ?? null,
    };
    await tx
      .insert(versionPhases)
      .values({ messageType, version, ...values })
      .onConflictDoUpdate({ target: [versionPhases.messageType, versionPhases.version], set: values });
  }
  const subject = { subjectType: "message-type-version", subjectId: subjectIdOf({ messageType, version }) };
  return { ...subject, before, after: phase };
}
