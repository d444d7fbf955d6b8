import { Gln, SorId, Uuid } from "@sor/core/identifiers";
import { findMessageType, MessageTypeCode } from "@sor/core/message-types";
import { nameGlns, nameUnits } from "@sor/core/organisations";
import { addWatch, listWatches, removeWatch, setWatchDigest } from "@sor/core/watches";
import { redirect } from "@sveltejs/kit";
import { z } from "zod";
import { getLanguage } from "#lib/language.ts";
import { submitForm } from "#lib/server/forms.ts";
import { requireUser } from "#lib/server/guards.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = async (event) => {
  requireUser(event);
  const { ctx } = event.locals;
  const own = await listWatches(ctx);
  const [units, glns] = await Promise.all([
    nameUnits(ctx, { sorIds: own.watches.flatMap(({ sorId }) => sorId ?? []) }),
    nameGlns(ctx, { glns: own.watches.flatMap(({ gln }) => gln ?? []) }),
  ]);
  const { searchParams } = event.url;
  return {
    ...own,
    watches: own.watches.map((watch) => {
      const subject = watch.gln ?? watch.sorId ?? "";
      const pages = {
        unit: `/enhed/${subject}`,
        location: `/lokationer/${subject}`,
        versions: "/udfasning",
      };
      return {
        ...{ id: watch.id, kind: watch.kind, messageType: watch.messageType, subject },
        name: (watch.kind === "unit" ? units : glns).get(subject) ?? null,
        href: pages[watch.kind],
      };
    }),
    // From the link of a location number or a unit.
    gln: Gln.safeParse(searchParams.get("gln")).data ?? "",
    sorId: SorId.safeParse(searchParams.get("sorId")).data ?? "",
    isSaved: searchParams.has("gemt"),
  };
};

const digits = z.string().transform((text) => text.replaceAll(/\s/g, ""));
const Type = z
  .string()
  .trim()
  .transform((text) => (text === "" ? null : (findMessageType(text)?.code ?? text.toUpperCase())))
  .pipe(MessageTypeCode.nullable());

const refusals = {
  "not-found": (error: {
    words: { da: string; en: string };
    details: Readonly<Record<string, unknown>>;
  }) => ({
    field: String(error.details["field"]),
    text: error.words[getLanguage()],
  }),
  "too-many": (error: { words: { da: string; en: string } }) => error.words[getLanguage()],
};

const saved = (): never => redirect(303, "/overvaagning?gemt=1");

export const actions: Actions = {
  location: async (event) => {
    requireUser(event);
    const schema = z.object({ gln: digits.pipe(Gln), messageType: Type });
    return await submitForm(event.request, { schema, refusals }, async (given) => {
      await addWatch(event.locals.ctx, { kind: "location", ...given });
      saved();
    });
  },
  unit: async (event) => {
    requireUser(event);
    const schema = z.object({ sorId: digits.pipe(SorId) });
    return await submitForm(event.request, { schema, refusals }, async ({ sorId }) => {
      await addWatch(event.locals.ctx, { kind: "unit", sorId });
      saved();
    });
  },
  versions: async (event) => {
    requireUser(event);
    return await submitForm(event.request, { schema: z.object({}), refusals }, async () => {
      await addWatch(event.locals.ctx, { kind: "versions" });
      saved();
    });
  },
  remove: async (event) => {
    requireUser(event);
    return await submitForm(event.request, { schema: z.object({ id: Uuid }) }, async ({ id }) => {
      await removeWatch(event.locals.ctx, { id });
      saved();
    });
  },
  digest: async (event) => {
    requireUser(event);
    const schema = z.object({ digest: z.enum(["at-once", "daily"]) });
    return await submitForm(event.request, { schema }, async (how) => {
      await setWatchDigest(event.locals.ctx, how);
      saved();
    });
  },
};
