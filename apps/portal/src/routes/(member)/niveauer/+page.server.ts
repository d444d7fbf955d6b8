import type { DomainError } from "@sor/core";
import { queryNumber, SorCode, Uuid } from "@sor/core/identifiers";
import {
  createOrganisationalLevel,
  getOrganisationalLevel,
  listOrganisationalLevels,
  OrganisationalLevelFields,
  updateOrganisationalLevel,
} from "@sor/core/organisational-levels";
import { addDays, dayInDenmark, WrittenDay } from "@sor/core/validity";
import { redirect } from "@sveltejs/kit";
import { z } from "zod";
import { sentenceOf } from "#lib/server/fault-text.ts";
import { submitForm } from "#lib/server/forms.ts";
import { requireRole } from "#lib/server/guards.ts";
import { readQuery } from "#lib/server/queries.ts";
import { m } from "#lib/words/index.ts";
import type { Actions, PageServerLoad } from "./$types";

const Query = z.object({ ret: Uuid.optional(), gjort: z.enum(["added", "changed"]).optional() });

export const load: PageServerLoad = async (event) => {
  requireRole(event, "authority");
  const { db, now } = event.locals.ctx;
  const { ret, gjort } = readQuery(Query, event.url);
  const today = dayInDenmark(now);
  const levels = (await listOrganisationalLevels(db)).map(({ expiresOn, ...level }) => ({
    ...level,
    // People are shown the last day.
    lastDay: expiresOn === null ? null : addDays(expiresOn, -1),
    isExpired: expiresOn !== null && expiresOn <= today,
  }));
  const edited = ret === undefined ? undefined : await getOrganisationalLevel(db, ret);
  return {
    levels,
    edited: levels.find(({ id }) => id === edited?.id) ?? null,
    nextPosition: Math.min(99, Math.max(0, ...levels.map(({ position }) => position)) + 1),
    done: gjort ?? null,
  };
};

/** What core says, at the field that it names; a name or code that is taken is no conflict with another editor. */
function said({ words, details: { field, fault } }: DomainError): string | { field: string; text: string } {
  if (typeof field === "string") return { field, text: sentenceOf(words) };
  return fault === "etag" ? sentenceOf(words) : { field: "name", text: m.levels_taken() };
}
const refusals = { conflict: said, invalid: said };

const emptyIsNull = (text: string) => text.trim() || null;
const lastDay = z
  .string()
  .transform(emptyIsNull)
  .pipe(WrittenDay.transform((day) => addDays(day, 1)).nullable());
const written = {
  name: OrganisationalLevelFields.shape.name,
  position: queryNumber(1, 99),
  code: z.string().transform(emptyIsNull).pipe(SorCode.nullable()).default(null),
  lastDay: lastDay.default(null),
};
const New = z
  .object(written)
  .transform(
    ({ lastDay: expiresOn, ...fields }): z.input<typeof OrganisationalLevelFields> => ({
      ...fields,
      expiresOn,
    }),
  )
  .pipe(OrganisationalLevelFields);
const Edited = OrganisationalLevelFields.extend({ id: Uuid, etag: z.string() });
const Changed = z
  .object({ ...written, id: Uuid, etag: z.string().max(100) })
  .transform(({ lastDay: expiresOn, ...rest }): z.input<typeof Edited> => ({ ...rest, expiresOn }))
  .pipe(Edited);

export const actions: Actions = {
  add: async (event) => {
    requireRole(event, "authority");
    return await submitForm(event.request, { schema: New, refusals }, async (fields) => {
      await createOrganisationalLevel(event.locals.ctx, fields);
      redirect(303, "/niveauer?gjort=added");
    });
  },
  change: async (event) => {
    requireRole(event, "authority");
    return await submitForm(event.request, { schema: Changed, refusals }, async ({ id, etag, ...fields }) => {
      await updateOrganisationalLevel(event.locals.ctx, { id, fields, etag: [etag] });
      redirect(303, "/niveauer?gjort=changed");
    });
  },
};
