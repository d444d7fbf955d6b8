import { DomainError } from "@sor/core";
import { listCodes } from "@sor/core/code-lists";
import {
  draftMove,
  importPhases,
  listOutdated,
  listVersions,
  MoveToSuccessor,
  type PhaseFault,
  phaseColumns,
  reportOutdated,
  setPhase,
  VersionPhaseFields,
} from "@sor/core/phasing-out";
import { addDays, startOfDayInDenmark, WrittenDay } from "@sor/core/validity";
import { fail, redirect } from "@sveltejs/kit";
import { z } from "zod";
import type { FormProblem } from "#lib/form-problem.ts";
import { getLanguage } from "#lib/language.ts";

import { faultSentence, sentenceOf } from "#lib/server/fault-text.ts";
import { submitForm } from "#lib/server/forms.ts";
import { hasRole, holds, requireRole, requireUser } from "#lib/server/guards.ts";
import { readQuery } from "#lib/server/queries.ts";
import { m } from "#lib/words/index.ts";
import type { Actions, PageServerLoad } from "./$types";

const Query = z.object({
  ret: z.string().max(80).optional(),
  gemt: z.literal("1").optional(),
  raekker: z.coerce.number().int().min(0).max(10_000).optional(),
  rettet: z.coerce.number().int().min(0).max(10_000).optional(),
});

const linesShown = 500;
const nameOf = ({ messageType, version }: { messageType: string; version: string }) =>
  `${messageType} ${version}`;

export const load: PageServerLoad = async (event) => {
  const user = requireUser(event);
  const { ctx } = event.locals;
  const { ret, gemt, raekker, rettet } = readQuery(Query, event.url);
  const [versions, own, report] = await Promise.all([
    listVersions(ctx),
    listOutdated(ctx),
    reportOutdated(ctx),
  ]);
  const language = getLanguage();
  const regions = new Map(listCodes("regions").map((each) => [each.code, each[language]]));
  const shown = versions.flatMap(({ phase, ...each }) =>
    phase === null
      ? []
      : [
          {
            ...{ name: nameOf(each), messageType: each.messageType, version: each.version, etag: each.etag },
            ...{
              text: language === "da" ? each.nameDa : each.nameEn,
              status: each.status,
              from: phase.phasedOutFrom,
            },
            lastDay: phase.endsOn === null ? null : addDays(phase.endsOn, -1),
            successor: phase.successor && nameOf(phase.successor),
            count: own.get(nameOf(each)) ?? 0,
          },
        ],
  );
  return {
    versions: shown,
    edited: shown.find(({ name }) => name === ret) ?? null,
    report: report.slice(0, linesShown).map((line) => ({
      ...{ version: nameOf(line), supplier: line.supplierName, locations: line.locations },
      region: line.regionCode === null ? null : (regions.get(line.regionCode) ?? line.regionCode),
    })),
    mayMove: holds(user, "registration.edit", ctx.now),
    isAuthority: hasRole(user, ctx.now, "authority"),
    isSaved: gemt !== undefined,
    imported: raekker === undefined ? null : { rows: raekker, changed: rettet ?? 0 },
  };
};

/** "DIS01 D0133L": a type in a version. */
const Pair = z
  .string()
  .trim()
  .max(80)
  .transform((text) => {
    const [messageType = "", version = "", ...more] = text.split(/\s+/);
    return more.length > 0 ? { messageType: "", version: "" } : { messageType, version };
  });
const empty = (text: string) => text.trim() === "";
const Day = z.union([
  z
    .string()
    .refine(empty)
    .transform(() => null),
  WrittenDay,
]);
const Edited = z
  .object({
    versionName: Pair,
    phasedOutFrom: WrittenDay,
    lastDay: Day.default(null).transform((day) => day && addDays(day, 1)),
    successor: z
      .union([
        z
          .string()
          .refine(empty)
          .transform(() => null),
        Pair,
      ])
      .default(null),
    etag: z.string().max(100).optional(),
  })
  .transform(({ versionName, phasedOutFrom, lastDay: endsOn, successor, etag }, c) => {
    const read = VersionPhaseFields.safeParse({
      ...versionName,
      phase: { phasedOutFrom, endsOn, successor },
    });
    if (read.success) return { ...read.data, etag };
    for (const { path, message } of read.error.issues) {
      const field = path[0] !== "phase" ? "versionName" : path[1] === "endsOn" ? "lastDay" : "successor";
      c.addIssue({
        code: "custom",
        message: /-form$/.test(message) ? "no-such-type" : message,
        path: [field],
      });
    }
    return z.NEVER;
  });
const InUse = z.object({ versionName: Pair, etag: z.string().max(100).optional() });
const Move = z.object({
  moved: Pair,
  day: Day.default(null).transform((day) => day && startOfDayInDenmark(day).toISOString()),
});

const said = ({ words }: DomainError) => sentenceOf(words);
const refusals = { conflict: said, invalid: said, "too-large": said };
const saved = (): never => redirect(303, "/udfasning?gemt=1");

function refusedFile(status: number, text: string, faults: readonly PhaseFault[] = []) {
  const problem: FormProblem = { values: {}, fieldFaults: { fil: [text] }, formFaults: [] };
  const told = faults.map(({ row, column, value, rule }) => ({
    ...{ row, column: phaseColumns[column][getLanguage()], value },
    text: faultSentence(rule),
  }));
  return fail(status, { problem, faults: told });
}

export const actions: Actions = {
  move: async (event) => {
    requireUser(event);
    return await submitForm(event.request, { schema: Move, refusals }, async ({ moved, day }) => {
      const set = await draftMove(event.locals.ctx, MoveToSuccessor.parse({ ...moved, at: day }));
      redirect(303, `/aendringssaet/${set.id}`);
    });
  },
  save: async (event) => {
    requireRole(event, "authority");
    return await submitForm(event.request, { schema: Edited, refusals }, async (fields) => {
      await setPhase(event.locals.ctx, fields);
      saved();
    });
  },
  end: async (event) => {
    requireRole(event, "authority");
    return await submitForm(event.request, { schema: InUse, refusals }, async ({ versionName, etag }) => {
      await setPhase(event.locals.ctx, {
        ...VersionPhaseFields.parse({ ...versionName, phase: null }),
        etag,
      });
      saved();
    });
  },
  import: async (event) => {
    requireRole(event, "authority");
    const file = (await event.request.formData()).get("fil");
    if (!(file instanceof File) || file.size === 0) return refusedFile(400, m.bulk_upload_missing());
    try {
      const bytes = Buffer.from(await file.arrayBuffer());
      const { rows, changed, faults } = await importPhases(event.locals.ctx, { bytes });
      if (faults.length > 0) return refusedFile(400, m.phasing_faults(), faults);
      redirect(303, `/udfasning?raekker=${rows}&rettet=${changed}`);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return refusedFile(400, said(error));
    }
  },
};
