import fc from "fast-check";
import { expect, test } from "vitest";
import { UnitClosing } from "../changesets/index.ts";
import { createContext } from "../context.ts";
import { closeOrganisation, createOrganisation, testDatabase, updateOrganisation } from "../testing/index.ts";
import { addDays, holdsAt } from "../validity/index.ts";
import {
  findOrganisation,
  listOrganisationHistory,
  NewOrganisation,
  OrganisationUpdate,
  type OrganisationVersion,
} from "./index.ts";

const day = (n: number) => addDays("2026-01-01", n);
const days = Array.from({ length: 27 }, (_, n) => n - 1);

type Step = { kind: "update" | "close"; from: number; to: number | null; name: string };
const step: fc.Arbitrary<Step> = fc
  .record({
    kind: fc.constantFrom("update" as const, "update" as const, "close" as const),
    from: fc.integer({ min: 0, max: 20 }),
    length: fc.option(fc.integer({ min: 1, max: 10 })),
    name: fc.constantFrom("A", "B", "C"),
  })
  .map(({ length, ...rest }) => ({ ...rest, to: length === null ? null : rest.from + length }));

/** The unit's names by day as known at an instant; fails when two versions are valid on one day. */
function namesKnownAt(history: readonly OrganisationVersion[], instant: Date): (string | undefined)[] {
  const known = history.filter(
    (version) =>
      version.recordedAt <= instant && (version.supersededAt === null || version.supersededAt > instant),
  );
  return days.map((n) => {
    const held = known.filter((version) => holdsAt<string>(version, day(n)));
    expect(held.length).toBeLessThanOrEqual(1);
    return held[0]?.name;
  });
}

/** The expected names after an accepted step. */
function after(
  { kind, from, to, name }: Step,
  held: readonly (string | undefined)[],
): (string | undefined)[] {
  const isWithin = (n: number) => n >= from && (to === null || n < to);
  if (kind === "close") return held.map((each, i) => ((days[i] ?? 0) >= from ? undefined : each));
  return held.map((each, i) => (each !== undefined && isWithin(days[i] ?? 0) ? name : each));
}

test("after any changes each day has at most one version, the right one, and earlier knowledge is unchanged", async () => {
  const db = await testDatabase();
  const contextAt = (seconds: number) =>
    createContext(db, { kind: "system", job: "test" }, new Date(Date.UTC(2026, 5, 1, 0, 0, seconds)));
  const take = async ({ kind, from, to, name }: Step, sorId: string, ctx: ReturnType<typeof contextAt>) => {
    if (kind === "close")
      return await closeOrganisation(ctx, UnitClosing.parse({ sorId, validTo: day(from) }));
    const input = {
      sorId,
      validFrom: day(from),
      validTo: to === null ? null : day(to),
      attributes: { name },
    };
    return await updateOrganisation(ctx, OrganisationUpdate.parse(input));
  };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
      const attributes = { parentSorId: null, name: "A" };
      const unit = { level: "owner", validFrom: day(0), validTo: day(25), attributes };
      const { sorId } = await createOrganisation(contextAt(0), NewOrganisation.parse(unit));
      const told = [namesKnownAt(await listOrganisationHistory(contextAt(0), { sorId }), contextAt(0).now)];
      for (const [n, each] of steps.entries()) {
        const ctx = contextAt(n + 1);
        const done = await take(each, sorId, ctx).catch((error) => error);
        const held = told[n] ?? [];
        if (done instanceof Error) expect(done).toMatchObject({ code: "invalid" });
        told.push(done instanceof Error ? held : after(each, held));
      }
      const history = await listOrganisationHistory(contextAt(0), { sorId });
      for (const [n, names] of told.entries()) expect(namesKnownAt(history, contextAt(n).now)).toEqual(names);
      const read = await findOrganisation(contextAt(9), {
        sorId,
        validAt: day(12),
        knownAt: contextAt(1).now,
      });
      expect(read?.name).toBe(told[1]?.[13]);
    }),
    { numRuns: 25 },
  );
}, 60_000);
