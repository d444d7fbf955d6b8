import type { Context, DomainError } from "@sor/core";
import { Gln, queryNumber, Uuid } from "@sor/core/identifiers";
import {
  allocateNumber,
  createRange,
  getNumber,
  getRange,
  type LocationNumber,
  listNumbers,
  listRanges,
  NumberAllocation,
  NumberFilter,
  NumberRange,
  NumberReservation,
  releaseNumber,
  reserveNumber,
  retireNumber,
  updateRange,
} from "@sor/core/location-numbers";
import { nameUnits } from "@sor/core/organisations";
import { addDays, dayInDenmark, WrittenDay } from "@sor/core/validity";
import { redirect } from "@sveltejs/kit";
import { z } from "zod";
import { sentenceOf } from "#lib/server/fault-text.ts";
import { submitForm } from "#lib/server/forms.ts";
import { hasRole, requireRole } from "#lib/server/guards.ts";
import { readFilter } from "#lib/server/queries.ts";
import { typedUnit } from "#lib/server/typed-unit.ts";
import type { Actions, PageServerLoad, RequestEvent } from "./$types";

const done = ["added", "opened", "closed", "reserved", "allocated", "released", "retired"] as const;
type Done = (typeof done)[number];
const Query = z.object({
  state: NumberFilter.shape.state,
  prefix: NumberFilter.shape.prefix,
  after: NumberFilter.shape.after,
  gjort: z.enum(done).optional(),
  nummer: Gln.optional(),
});
const numbersShown = 50;
const keptDays = 90;

export const load: PageServerLoad = async (event) => {
  const user = requireRole(event, "authority", "region");
  const { ctx } = event.locals;
  const { query, problem } = readFilter(Query, event.url, ["prefix"]);
  const { gjort, nummer, after, ...filter } = query;
  const page = await listNumbers(ctx, { ...filter, after, limit: numbersShown });
  const names = await nameUnits(ctx, { sorIds: page.items.flatMap(({ unitSorId }) => unitSorId ?? []) });
  const kept = new URLSearchParams({
    ...(filter.state && { state: filter.state }),
    ...(filter.prefix && { prefix: filter.prefix }),
  });
  return {
    problem,
    query: filter,
    isAuthority: hasRole(user, ctx.now, "authority"),
    ranges: (await listRanges(ctx)).map(({ id, prefix, from, to, next, isOpen, note }) => {
      const digits = 12 - prefix.length;
      const written = (item: number) => prefix + String(item).padStart(digits, "0");
      return {
        id,
        first: written(from),
        last: written(to),
        size: to - from + 1,
        left: to - next + 1,
        isOpen,
        note,
      };
    }),
    numbers: page.items.map(({ gln, state, holder, unitSorId, reservedUntil }) => ({
      ...{ gln, state, holder, unitSorId },
      unitName: unitSorId === null ? null : (names.get(unitSorId) ?? unitSorId),
      // People are shown the last day.
      keptTo: reservedUntil === null ? null : addDays(reservedUntil, -1),
    })),
    keptToday: addDays(dayInDenmark(ctx.now), keptDays),
    done: gjort ? { what: gjort, gln: nummer ?? null } : null,
    next: page.next === null ? null : `?${new URLSearchParams([...kept, ["after", page.next]])}`,
    first: after === undefined ? null : `?${kept}`,
  };
};

/** What core says, at the field that it names. */
function said({ words, details: { field } }: DomainError): string | { field: string; text: string } {
  const text = sentenceOf(words);
  return typeof field === "string" ? { field: field === "reservedUntil" ? "keptTo" : field, text } : text;
}
const refusals = { conflict: said, invalid: said, "not-found": said, "not-allowed": said };

const emptyIsNull = z
  .string()
  .trim()
  .transform((text) => text || null);
const Range = z
  .object({
    prefix: NumberRange.shape.prefix,
    from: queryNumber(0, 999_999_999),
    to: queryNumber(0, 999_999_999),
    note: emptyIsNull.default(null),
  })
  .transform((given): z.input<typeof NumberRange> => given)
  .pipe(NumberRange);
const recipient = { holder: NumberReservation.shape.holder, unitSorId: typedUnit };
const Reservation = z
  .object({ ...recipient, keptTo: WrittenDay })
  .transform(
    ({ keptTo, ...rest }): z.input<typeof NumberReservation> => ({
      ...rest,
      reservedUntil: addDays(keptTo, 1),
    }),
  )
  .pipe(NumberReservation);

const back = (what: Done, gln?: string) =>
  redirect(303, `/nummerraekker?gjort=${what}${gln === undefined ? "" : `&nummer=${gln}`}`);

/** Changes one number of the list. */
const ofNumber =
  (what: Done, act: (ctx: Context, number: LocationNumber) => Promise<LocationNumber>) =>
  async (event: RequestEvent) => {
    requireRole(event, "authority", "region");
    const { ctx } = event.locals;
    return await submitForm(event.request, { schema: z.object({ gln: Gln }), refusals }, async ({ gln }) =>
      back(what, (await act(ctx, await getNumber(ctx, { gln }))).gln),
    );
  };

/** Opens or closes a range; its note stays. */
const ofRange = (isOpen: boolean) => async (event: RequestEvent) => {
  requireRole(event, "authority");
  const { ctx } = event.locals;
  return await submitForm(event.request, { schema: z.object({ id: Uuid }), refusals }, async ({ id }) => {
    const { note } = await getRange(ctx, { id });
    await updateRange(ctx, { id, fields: { isOpen, note } });
    back(isOpen ? "opened" : "closed");
  });
};

export const actions: Actions = {
  add: async (event) => {
    requireRole(event, "authority");
    return await submitForm(event.request, { schema: Range, refusals }, async (range) => {
      await createRange(event.locals.ctx, range);
      back("added");
    });
  },
  reserve: async (event) => {
    requireRole(event, "authority", "region");
    return await submitForm(event.request, { schema: Reservation, refusals }, async (input) =>
      back("reserved", (await reserveNumber(event.locals.ctx, input)).gln),
    );
  },
  shut: ofRange(false),
  reopen: ofRange(true),
  allocate: ofNumber("allocated", (ctx, { gln, holder, unitSorId }) =>
    allocateNumber(ctx, NumberAllocation.parse({ gln, holder, unitSorId })),
  ),
  release: ofNumber("released", releaseNumber),
  retire: ofNumber("retired", retireNumber),
};
