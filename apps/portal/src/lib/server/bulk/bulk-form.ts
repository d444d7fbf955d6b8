import type { Context } from "@sor/core";
import { DomainError } from "@sor/core";
import { BulkEdit, draftBulk } from "@sor/core/bulk";
import type { ChangeSet } from "@sor/core/changesets";
import { Gln, Uuid } from "@sor/core/identifiers";
import { findMessageType, type LocationFilter, MessageTypeCode, VersionCode } from "@sor/core/message-types";
import { startOfDayInDenmark, WrittenDay } from "@sor/core/validity";
import { z } from "zod";

import { m } from "#lib/words/index.ts";

/** One type, in one version or in any. */
type Type = { messageType: string; version: string | null };

/** "DIS91, REF01 H0130R": types with or without a version. */
const Types = z
  .string()
  .max(1000)
  .transform((text, c): Type[] => {
    const given = text
      .split(/[,;\n]/)
      .map((each) => each.trim())
      .filter(Boolean);
    return given.flatMap((each) => {
      const [code, version, ...more] = each.split(/\s+/);
      const messageType = MessageTypeCode.safeParse(code);
      const isVersion = version === undefined || VersionCode.safeParse(version).success;
      if (messageType.success && isVersion && more.length === 0)
        return [{ messageType: messageType.data, version: version ?? null }];
      c.addIssue({ code: "custom", message: "type-form" });
      return [];
    });
  });
const SomeTypes = z.string().trim().min(1).pipe(Types);
const Direction = z.enum(["receive", "send", ""]).transform((value) => value || null);
const Start = z
  .string()
  .trim()
  .max(40)
  .transform((text) => text || undefined)
  .pipe(WrittenDay.optional())
  .transform((day) => (day === undefined ? null : startOfDayInDenmark(day).toISOString()));
const BeginDay = WrittenDay.transform((day) => startOfDayInDenmark(day).toISOString());

const shared = {
  selected: z.enum(["ticked", "all"]),
  gln: z
    .union([z.string().transform((one) => [one]), z.array(z.string())])
    .pipe(z.array(Gln).max(1000))
    .default([]),
};

/** The panel's form: which location numbers, and one of its five steps with the fields of that step. */
export const BulkForm = z.discriminatedUnion("step", [
  z.object({
    ...shared,
    step: z.literal("end"),
    "end-types": SomeTypes,
    "end-direction": Direction,
    "end-day": Start,
  }),
  z.object({
    ...shared,
    step: z.literal("add"),
    "add-types": SomeTypes,
    "add-direction": z.enum(["receive", "send"]),
    "add-endpoint": Uuid,
    "add-day": Start,
  }),
  z.object({
    ...shared,
    step: z.literal("move"),
    "move-from": z.union([z.literal("").transform(() => null), Uuid]),
    "move-to": Uuid,
    "move-types": Types,
    "move-day": Start,
  }),
  z.object({
    ...shared,
    step: z.literal("version"),
    "version-from": SomeTypes,
    "version-to": SomeTypes,
    "version-day": Start,
  }),
  z.object({ ...shared, step: z.literal("begin"), "begin-types": SomeTypes, "begin-day": BeginDay }),
]);
type BulkForm = z.infer<typeof BulkForm>;

const refusedAt = (field: string, fault: "no-such-type" | "one-type") =>
  new DomainError("invalid", fault, { field });

function inVersion(type: Type, field: string): { messageType: string; version: string } {
  const version = findMessageType(type.messageType, type.version ?? undefined)?.version;
  if (version === undefined) throw refusedAt(field, "no-such-type");
  return { messageType: type.messageType, version };
}

function onlyOne(types: readonly Type[], field: string): Type {
  const [type, ...more] = types;
  if (type === undefined || more.length > 0) throw refusedAt(field, "one-type");
  return type;
}

function stepsOf(form: BulkForm): object[] {
  switch (form.step) {
    case "end":
      return form["end-types"].map((type) => ({
        ...{ step: "end", ...type, direction: form["end-direction"], at: form["end-day"] },
      }));
    case "add":
      return form["add-types"].map((type) => ({
        ...{ step: "add", ...inVersion(type, "add-types"), direction: form["add-direction"] },
        ...{ endpointId: form["add-endpoint"], at: form["add-day"] },
      }));
    case "move": {
      const types = form["move-types"].length > 0 ? form["move-types"] : [{}];
      const [fromEndpointId, endpointId, at] = [form["move-from"], form["move-to"], form["move-day"]];
      return types.map((type) => ({ step: "move", ...type, fromEndpointId, endpointId, at }));
    }
    case "version": {
      const from = onlyOne(form["version-from"], "version-from");
      const to = inVersion(onlyOne(form["version-to"], "version-to"), "version-to");
      return [{ step: "version", ...from, to, at: form["version-day"] }];
    }
    case "begin":
      return form["begin-types"].map((type) => ({ step: "begin", ...type, at: form["begin-day"] }));
  }
}

const textOf = (types: readonly Type[]) =>
  types.map(({ messageType, version }) => [messageType, version].filter(Boolean).join(" ")).join(", ");

function titleOf(form: BulkForm): string {
  switch (form.step) {
    case "end":
      return m.bulk_title_end({ types: textOf(form["end-types"]) });
    case "add":
      return m.bulk_title_add({ types: textOf(form["add-types"]) });
    case "move":
      return m.bulk_title_move();
    case "version":
      return m.bulk_title_version({ from: textOf(form["version-from"]), to: textOf(form["version-to"]) });
    case "begin":
      return m.bulk_title_begin({ types: textOf(form["begin-types"]) });
  }
}

/**
 * Drafts the change set of the panel's form, for the ticked location numbers or all that the filter finds. `invalid` (`field`)
 * when nothing is selected or nothing would change.
 */
export async function draftFromPanel(
  ctx: Context,
  form: BulkForm,
  filter: Partial<LocationFilter>,
): Promise<ChangeSet> {
  const edit = BulkEdit.parse({
    title: titleOf(form).slice(0, 120),
    ...(form.selected === "all" ? { filter } : { glns: form.gln }),
    steps: stepsOf(form),
  });
  const { set } = await draftBulk(ctx, edit);
  if (!set) throw new DomainError("invalid", "changes-nothing", {});
  return set;
}
