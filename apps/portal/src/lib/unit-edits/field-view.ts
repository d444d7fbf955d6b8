import type { EffectView as ChangeEffect, EffectKind } from "#lib/server/changes/effect.ts";

/** A value that can be chosen, or suggested. */
export type Choice = { value: string; text: string; group?: string | undefined };

/** A field of a form about a unit, as the server describes it. */
export type FieldView = {
  name: string;
  label: string;
  hint?: string | undefined;
  /** `unit`: a SOR id or a name, with suggestions. */
  kind: "text" | "digits" | "day" | "choice" | "unit";
  value: string;
  options?: readonly Choice[] | undefined;
  /** Heading under which fields stand together. */
  group?: string | undefined;
  /** Whether the value is the unit's own or inherited, and from whom. */
  source?: string | undefined;
  isRequired?: boolean | undefined;
  maxLength?: number | undefined;
};

/** The units and location numbers below a unit, which its form affects too. */
export type BelowView = {
  count: number;
  inheriting: number;
  first: { sorId: string; name: string; depth: number }[];
  numbers: { gln: string; unitName: string; count: number }[];
};

/** What happens to one unit or location number. */
export type EffectOnOne = {
  id: string;
  name: string;
  href: string | null;
  kind: EffectKind;
  effect: ChangeEffect;
};

/** The effect of a form, before it is saved. */
export type EffectView = {
  items: EffectOnOne[];
  /** How many are left out of `items`. */
  more: number;
  warnings: string[];
  needsApproval: boolean;
  endings: number;
  /** Whether the number of endings must be typed. */
  asksEndings: boolean;
};

/** Fields under their headings, in order. */
export function fieldGroups(fields: readonly FieldView[]): { title: string; fields: FieldView[] }[] {
  return [...Map.groupBy(fields, (field) => field.group ?? "")].map(([title, group]) => ({
    title,
    fields: group,
  }));
}
