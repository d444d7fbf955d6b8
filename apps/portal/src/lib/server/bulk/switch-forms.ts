import { type DomainError, DomainError as Refusal } from "@sor/core";
import { Gln, Uuid } from "@sor/core/identifiers";
import type { LocationFilter } from "@sor/core/message-types";
import { WrittenDay } from "@sor/core/validity";
import { NewVendorSwitch, SwitchMapping, type SwitchType } from "@sor/core/vendor-switches";
import { z } from "zod";
import { getLanguage } from "#lib/language.ts";

const optional = z
  .string()
  .trim()
  .max(40)
  .optional()
  .transform((text) => text || undefined);
const OptionalDay = optional.pipe(WrittenDay.optional());
const Percent = optional
  .transform((text) => (text === undefined ? undefined : Number(text)))
  .pipe(z.number().int().min(1).max(100).optional());
const Note = z
  .string()
  .trim()
  .max(1000)
  .optional()
  .transform((text) => text || null);
/** Location numbers in any writing: one a line, or with commas or blanks between them. */
const Numbers = z
  .string()
  .max(400_000)
  .default("")
  .transform((text) => text.split(/[\s,;]+/).filter(Boolean))
  .pipe(z.array(Gln).max(20_000));

/** The form that begins a switch: to whom, which location numbers, and up to three waves. */
export const BeginForm = z.object({
  toSupplierId: Uuid,
  selected: z.enum(["list", "found"]).default("list"),
  numre: Numbers,
  dag: WrittenDay,
  andel: Percent,
  liste: Numbers,
  dag2: OptionalDay,
  andel2: Percent,
  dag3: OptionalDay,
  limitPercent: z.coerce.number().int().min(1).max(100).default(5),
  note: Note,
});
type BeginForm = z.infer<typeof BeginForm>;

/** The switch that the form is about, of its list or of all that the filter finds. */
export function switchOf(form: BeginForm, filter: Partial<LocationFilter>): NewVendorSwitch {
  const { toSupplierId, limitPercent, note, selected, numre, liste, andel, andel2 } = form;
  const days = [form.dag, form.dag2, form.dag3].filter((day) => day !== undefined);
  const shares = [andel, andel2];
  const waves = days.map((day, at) => ({
    day,
    ...(at === 0 && liste.length > 0
      ? { glns: liste }
      : at < days.length - 1 && { percent: shares[at] ?? 10 }),
  }));
  const chosen = selected === "found" ? { filter } : numre.length > 0 ? { glns: numre } : {};
  return NewVendorSwitch.parse({ toSupplierId, limitPercent, note, waves, ...chosen });
}

const fieldOf: Readonly<Record<string, string>> = {
  glns: "numre",
  "waves.0": "dag",
  "waves.1": "dag2",
  "waves.2": "dag3",
  key: "noegle",
};

/** A refusal of core in its own words, at its field where the form has it. */
function atField(error: DomainError): string | { field: string; text: string } {
  const text = error.words[getLanguage()];
  const { field } = error.details;
  return typeof field === "string" ? { field: fieldOf[field] ?? field, text } : text;
}
export const switchRefusals = {
  ...{ invalid: atField, conflict: atField, "not-found": atField, "too-large": atField },
  "not-allowed": atField,
};

export const AcceptForm = z.object({ noegle: z.string().trim().min(1).max(100), note: Note });

export const MapForm = z
  .object({ systemId: Uuid, endpointId: Uuid })
  .catchall(z.union([z.string().max(100), z.array(z.string().max(100)).max(10)]));

const keyOf = ({
  messageType,
  version,
  direction,
}: Pick<SwitchType, "messageType" | "version" | "direction">) => `${messageType} ${version} ${direction}`;
/** The name of the field that gives a type its own endpoint. */
export const fieldOfType = (type: Parameters<typeof keyOf>[0]): string => `type ${keyOf(type)}`;

/** The mapping of the form: the endpoint for everything, and those of single types. Throws `invalid` for what is no endpoint's id. */
export function mappingOf(form: z.infer<typeof MapForm>, types: readonly SwitchType[]): SwitchMapping {
  const { systemId, endpointId } = form;
  const own = types.flatMap(({ messageType, version, direction }) => {
    const given = form[fieldOfType({ messageType, version, direction })];
    return given === undefined || given === ""
      ? []
      : [{ messageType, version, direction, endpointId: given }];
  });
  const read = SwitchMapping.safeParse({ systemId, endpointId, types: own });
  if (read.success) return read.data;
  throw new Refusal("invalid", "endpoint-of-another", { field: "endpointId" });
}
