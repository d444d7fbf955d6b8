import { findCode, isUsable } from "@sor/core/code-lists";
import { listNetOperators, listSystems } from "@sor/core/endpoints";
import { Uuid } from "@sor/core/identifiers";
import type { FieldView } from "#lib/unit-edits/field-view.ts";
import { m } from "#lib/words/index.ts";
import type { Form } from "./form.ts";
import { type Asked, codeChoices, withNone } from "./unit.ts";

/** The fields of a new location number: the number, its system with supplier, net operator, region and administrator. */
export async function locationFields({ ctx, unit, day }: Asked, group?: string): Promise<FieldView[]> {
  const systems = await listSystems(ctx, {});
  const operators = await listNetOperators(ctx);
  const usable = operators.filter(
    ({ code }) => !findCode("net-operators", code) || isUsable("net-operators", code, unit.level, day),
  );
  const fields: FieldView[] = [
    {
      name: "newGln",
      label: m.register_gln(),
      hint: m.units_new_gln_hint(),
      kind: "digits",
      value: "",
      maxLength: 20,
    },
    {
      name: "system",
      label: m.register_system(),
      hint: m.units_system_hint(),
      kind: "choice",
      value: "",
      options: withNone(
        systems.map(({ id, supplierId, name, supplierName }) => ({
          value: `${id} ${supplierId}`,
          text: name,
          group: supplierName,
        })),
      ),
    },
    {
      name: "netOperatorCode",
      label: m.register_net_operator(),
      kind: "choice",
      value: "",
      options: withNone(usable.map(({ code, name }) => ({ value: code, text: name }))),
    },
    {
      name: "locationRegion",
      label: m.units_number_region(),
      kind: "choice",
      value: unit.regionCode ?? "",
      options: withNone(codeChoices("regions", { level: unit.level, day, present: unit.regionCode })),
    },
    {
      name: "ediAdministrator",
      label: m.units_administrator(),
      hint: m.units_administrator_hint(),
      kind: "text",
      value: "",
      maxLength: 20,
    },
  ];
  return fields.map((field) => ({ ...field, group }));
}

type Place = { gln: string | null; validFrom: string | null; unitSorId: string };

/** The command that registers the number of the form and gives it to the unit. */
export function locationCommand(form: Form, { gln, validFrom, unitSorId }: Place): Record<string, unknown> {
  const [systemId = "", supplierId = ""] = form.text("system").split(" ");
  const isSystem = Uuid.safeParse(systemId).success && Uuid.safeParse(supplierId).success;
  if (systemId !== "" && !isSystem) form.fault("system", m.form_choose());
  const fields = {
    systemId: isSystem ? systemId : null,
    supplierId: isSystem ? supplierId : null,
    netOperatorCode: form.textOrNull("netOperatorCode"),
    regionCode: form.textOrNull("locationRegion"),
    ediAdministrator: form.textOrNull("ediAdministrator"),
  };
  return { kind: "location.create", gln, validFrom, unitSorId, fields };
}

/** The form's field for a field of the command. */
export function locationFieldOf(field: string): string {
  const names: Record<string, string> = {
    systemId: "system",
    supplierId: "system",
    regionCode: "locationRegion",
    validTo: "validFrom",
    gln: "newGln",
  };
  return names[field] ?? field;
}
