import type { OrganisationalLevel } from "@sor/core/organisational-levels";
import type { Organisation } from "@sor/core/organisations";
import type { FieldView } from "#lib/unit-edits/field-view.ts";
import { m } from "#lib/words/index.ts";
import { faultSentence } from "../fault-text.ts";
import type { Form } from "./form.ts";
import { type Asked, withNone } from "./unit.ts";

function levelOf(
  unit: Organisation,
  levels: readonly OrganisationalLevel[],
): OrganisationalLevel | undefined {
  const { organisationalLevelCode: code, organisationalLevelName: name } = unit;
  return levels.find((level) => (code === null ? level.name === name : level.code === code));
}

/** The field of a unit's clinical-administrative level, with the levels that can be given on the day. */
export function levelFields({ unit, day, levels }: Asked): FieldView[] {
  const present = levelOf(unit, levels);
  const usable = levels.filter(
    (level) => level === present || level.expiresOn === null || day < level.expiresOn,
  );
  const foreign = unit.organisationalLevelName ?? unit.organisationalLevelCode;
  return [
    {
      name: "organisationalLevel",
      label: m.register_clinical_level(),
      hint: m.units_level_hint(),
      kind: "choice",
      value: present?.id ?? (foreign === null ? "" : "kept"),
      options: withNone([
        ...(present || foreign === null ? [] : [{ value: "kept", text: foreign }]),
        ...usable.map(({ id, name }) => ({ value: id, text: name })),
      ]),
    },
  ];
}

/** The level that the form gives; one that is not in the list stays as it is. */
export function readLevel(form: Form, { unit, levels }: Asked): Record<string, unknown> {
  const chosen = form.text("organisationalLevel");
  const level = levels.find(({ id }) => id === chosen);
  if (chosen === "kept") return {};
  if (chosen !== "" && !level) form.fault("organisationalLevel", faultSentence("no-such-level"));
  const isKept = level !== undefined && level === levelOf(unit, levels);
  if (isKept) return {};
  return { organisationalLevelCode: level?.code ?? null, organisationalLevelName: level?.name ?? null };
}
