import { and, asc, eq, inArray, isNull, or, type SQL, sql } from "drizzle-orm";
import { type Context, change, unchanged } from "../context.ts";
import { newId, type ReadDatabase, type Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import { type ExpectedEtag, etagOf, requireEtag } from "../etag.ts";
import { isDeviating, isProfileOf, LocationFilter, locationConditions } from "../message-types/index.ts";
import { profileTypes, typeProfiles } from "../message-types/tables.ts";
import { type Action, may, mayAnywhere, type Subject } from "../permissions/index.ts";
import type { ProfileFields, ProfileType } from "./schemas.ts";

type Row = typeof typeProfiles.$inferSelect;

/** A profile with its types, and how many of the actor's location numbers have it and deviate from it. */
export type TypeProfile = Row & {
  types: ProfileType[];
  locations: number;
  deviating: number;
  mayEdit: boolean;
  etag: string;
};

const profilesMost = 100;

/** Who may edit a profile: the authority its own, a supplier's editors those of the supplier. */
const guardOf = (supplierId: string | null): { action: Action; subject: Subject } =>
  supplierId === null
    ? { action: "register.configure", subject: { type: "register", id: "profiles" } }
    : { action: "registration.edit", subject: { type: "location", id: "profiles", supplierId } };

/** Those of the authority, and those of the actor's supplier; whoever may configure the register sees all. */
function isVisible({ actor, now }: Context): SQL | undefined {
  if (actor.kind === "anonymous") return sql`false`;
  if (mayAnywhere(actor, "register.configure", now)) return undefined;
  const supplierId = actor.kind === "system" ? null : actor.supplierId;
  const isAuthoritys = isNull(typeProfiles.supplierId);
  return supplierId === null ? isAuthoritys : or(isAuthoritys, eq(typeProfiles.supplierId, supplierId));
}

/** The profiles that the actor may use, by name. */
export async function listProfiles(ctx: Context): Promise<TypeProfile[]> {
  return await readProfiles(ctx, undefined);
}

/** One profile that the actor may use; throws `not-found`. */
export async function getProfile(ctx: Context, { id }: { id: string }): Promise<TypeProfile> {
  const [profile] = await readProfiles(ctx, eq(typeProfiles.id, id));
  if (!profile) throw new DomainError("not-found", "no-such-profile");
  return profile;
}

async function readProfiles(ctx: Context, condition: SQL | undefined): Promise<TypeProfile[]> {
  const rows = await ctx.db
    .select()
    .from(typeProfiles)
    .where(and(isVisible(ctx), condition))
    .orderBy(asc(typeProfiles.name), asc(typeProfiles.id));
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return [];
  const [types, counts] = [await typesOf(ctx.db, ids), await countsOf(ctx, ids)];
  return rows.map((row) => {
    const own = types.get(row.id) ?? [];
    const { action, subject } = guardOf(row.supplierId);
    return {
      ...row,
      types: own,
      ...(counts.get(row.id) ?? { locations: 0, deviating: 0 }),
      mayEdit: may(ctx.actor, action, subject, ctx.now),
      etag: etagOf([row.name, own]),
    };
  });
}

async function typesOf(
  db: ReadDatabase | Transaction,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ProfileType[]>> {
  const { profileId, messageType, version, direction } = profileTypes;
  const rows = await db
    .select({ profileId, messageType, version, direction })
    .from(profileTypes)
    .where(inArray(profileId, [...ids]))
    .orderBy(sql`${messageType} collate "C", ${version} collate "C", ${direction}`);
  const types = Map.groupBy(rows, (row) => row.profileId);
  return new Map([...types].map(([id, own]) => [id, own.map(({ profileId: _, ...type }) => type)]));
}

async function countsOf(ctx: Context, ids: readonly string[]) {
  const own = await locationConditions(ctx, LocationFilter.parse({}), "exact");
  const rows = await ctx.db
    .select({
      id: sql<string>`held.profile_id`,
      locations: sql<number>`count(*)::int`,
      deviating: sql<number>`count(*) filter (where ${isDeviating})::int`,
    })
    .from(
      sql`profile_locations held join type_profiles profile on profile.id = held.profile_id
        join location_versions lv on lv.gln = held.gln`,
    )
    .where(and(own, isProfileOf, sql`held.profile_id = any(${sql.param([...ids])}::uuid[])`))
    .groupBy(sql`1`);
  return new Map(rows.map(({ id, ...counts }) => [id, counts]));
}

type Saving = ProfileFields & { id?: string; supplierId: string | null; etag?: ExpectedEtag };

/**
 * Adds a profile, or changes one: `supplierId` null for the authority's own. `conflict` when another has its name, or `etag` does not
 * match; `too-many` for more than a supplier may have. Location numbers stay as they are until a change set follows the profile.
 */
export async function saveProfile(ctx: Context, input: Saving): Promise<{ id: string }> {
  const { name, types, supplierId } = input;
  const id = input.id ?? newId();
  return await change(ctx, { ...guardOf(supplierId), once: true }, async (tx) => {
    const row = await lockProfile(tx, input);
    const before = row && { name: row.name, types: (await typesOf(tx, [id])).get(id) ?? [] };
    if (before) requireEtag(input.etag, etagOf([before.name, before.types]), "profile-changed");
    if (before && etagOf([before.name, before.types]) === etagOf([name, types])) return unchanged({ id });
    await tx
      .insert(typeProfiles)
      .values({ id, supplierId, name })
      .onConflictDoUpdate({ target: typeProfiles.id, set: { name } });
    await tx.delete(profileTypes).where(eq(profileTypes.profileId, id));
    await tx.insert(profileTypes).values(types.map((type) => ({ profileId: id, ...type })));
    const subject = { subjectType: "type-profile", subjectId: id };
    return { result: { id }, entries: [{ ...subject, before: before ?? null, after: { name, types } }] };
  });
}

/** The profile to be changed, undefined for a new one, with its owner's locked; throws where it cannot be saved. */
async function lockProfile(tx: Transaction, { id, name, supplierId }: Saving): Promise<Row | undefined> {
  const ofOwner =
    supplierId === null ? isNull(typeProfiles.supplierId) : eq(typeProfiles.supplierId, supplierId);
  const own = await tx.select().from(typeProfiles).where(ofOwner).for("update");
  const row = own.find((each) => each.id === id);
  if (id !== undefined && !row) throw new DomainError("not-found", "no-such-profile");
  if (own.some((each) => each.id !== id && each.name === name))
    throw new DomainError("conflict", "profile-named", { field: "name" });
  if (!row && own.length >= profilesMost)
    throw new DomainError("too-many", "too-many-profiles", { profilesMost });
  return row;
}

/** Removes a profile; its location numbers have none from then on, and keep what they receive and send. */
export async function removeProfile(ctx: Context, { id }: { id: string }): Promise<void> {
  const { supplierId, name, types } = await getProfile(ctx, { id });
  await change(ctx, guardOf(supplierId), async (tx) => {
    await tx.delete(typeProfiles).where(eq(typeProfiles.id, id));
    const subject = { subjectType: "type-profile", subjectId: id };
    return { result: undefined, entries: [{ ...subject, before: { name, types }, after: null }] };
  });
}
