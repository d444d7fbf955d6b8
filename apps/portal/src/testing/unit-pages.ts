import type { Context } from "@sor/core";
import { applySet, editorsOfRegister, unitToCreate } from "@sor/core/testing";
import type { EffectView } from "#lib/unit-edits/field-view.ts";
import { testEvent } from "./events.ts";

/** What an action gives, or what it threw: a redirect, or a refusal of core. */
export type Outcome = {
  status?: number;
  location?: string;
  code?: string;
  effect?: EffectView;
  problem?: { values: Record<string, string[]>; fieldFaults: Record<string, string[]>; formFaults: string[] };
  data?: { isConflict: boolean; problem: NonNullable<Outcome["problem"]> };
};

type Asked = { ctx: Context; sorId: string; query?: string };

/** Calls a `load` of a unit's page as its visitor would. */
export async function open<Data>(
  load: (event: never) => unknown,
  { ctx, sorId, query = "" }: Asked,
): Promise<Data> {
  return (await load(
    testEvent({ ctx, path: `/enhed/${sorId}${query}`, params: { sorId } }) as never,
  )) as Data;
}

/** Posts a form of a unit's page. */
export async function post(
  action: ((event: never) => unknown) | undefined,
  form: Record<string, string>,
  { ctx, sorId, query = "" }: Asked,
): Promise<Outcome> {
  const event = testEvent({ ctx, path: `/enhed/${sorId}${query}`, params: { sorId }, form });
  try {
    return (await action?.(event as never)) as Outcome;
  } catch (thrown) {
    return thrown as Outcome;
  }
}

/** The values that a form shows, as it would post them untouched. */
export const untouched = (fields: readonly { name: string; value: string }[]): Record<string, string> =>
  Object.fromEntries(fields.map(({ name, value }) => [name, value]));

/** A region with a hospital, which has two departments with a ward each, and their editors. */
export async function aHospital() {
  const world = await editorsOfRegister();
  const { system, owner } = world;
  const institution = {
    validFrom: "2020-01-01",
    attributes: { parentSorId: owner, name: "Prøve Hospital", typeCode: "22232009" },
  };
  const answers = { hasAmbulantActivity: true, admitsPatients: false, isReportingLevel: true };
  const unit = (parentSorId: string, name: string) => ({
    level: "unit",
    attributes: { parentSorId, name, ...answers },
  });
  const [hospital] = (await applySet(system, [unitToCreate(owner, institution)])) as [string];
  const [heart, eyes] = (await applySet(system, [
    unitToCreate(hospital, unit(hospital, "Hjerteafdelingen")),
    unitToCreate(hospital, unit(hospital, "Øjenafdelingen")),
  ])) as [string, string];
  const [ward] = (await applySet(system, [unitToCreate(heart, unit(heart, "Afsnit 1"))])) as [string];
  return { ...world, hospital, heart, eyes, ward };
}
