import {
  listDevices,
  loadLocationVersions,
  loadUnitVersions,
  type Reading,
  type SubjectVersion,
  type UnitState,
} from "@sor/core/register-log";
import { device } from "./resources/device.ts";
import { endpoint } from "./resources/endpoint.ts";
import { healthcareService } from "./resources/healthcare-service.ts";
import { location } from "./resources/location.ts";
import { organization } from "./resources/organization.ts";
import { organizationAffiliation } from "./resources/organization-affiliation.ts";
import type { Resource, ResourceType, Version } from "./resources/parts.ts";

const ofUnits = {
  Organization: organization,
  Location: location,
  HealthcareService: healthcareService,
  OrganizationAffiliation: organizationAffiliation,
} as const satisfies Record<string, (unit: UnitState, version: Version) => Resource | undefined>;

/** What of the register a type shows. */
export type Entity = "unit" | "location" | "device";
export const entityOf = (type: ResourceType): Entity =>
  type === "Endpoint" ? "location" : type === "Device" ? "device" : "unit";

/** A version of a resource; without one it did not exist then, or no longer. */
export type ResourceVersion = { sequence: number; at: Date; resource: Resource | undefined };
/** All versions of a resource, oldest first, and as of now. */
export type Timeline = { versions: readonly ResourceVersion[]; now: ResourceVersion | undefined };

function mapped<State>(
  { versions, now }: { versions: SubjectVersion<State>[]; now: SubjectVersion<State> | undefined },
  map: (state: State, version: Version) => Resource | undefined,
): Timeline {
  const shown = ({ sequence, at, state }: SubjectVersion<State>): ResourceVersion => ({
    ...{ sequence, at },
    resource: state === null ? undefined : map(state, { sequence, at }),
  });
  return { versions: versions.map(shown), now: now && shown(now) };
}

/** The versions of some resources of a type, by id. */
export async function loadTimelines(
  reading: Reading,
  type: ResourceType,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Timeline>> {
  if (type === "Device") return await deviceTimelines(reading, new Set(ids));
  if (type === "Endpoint") {
    const found = await loadLocationVersions(reading, ids);
    return new Map([...found].map(([id, timeline]) => [id, mapped(timeline, endpoint)]));
  }
  const found = await loadUnitVersions(reading, ids);
  return new Map([...found].map(([id, timeline]) => [id, mapped(timeline, ofUnits[type])]));
}

async function deviceTimelines(reading: Reading, ids: ReadonlySet<string>) {
  const versions = (await listDevices(reading)).filter(({ id }) => ids.has(id));
  return new Map(
    [...Map.groupBy(versions, ({ id }) => id)].map(([id, own]) => {
      const shown = own.map((each) => ({ sequence: each.sequence, at: each.at, resource: device(each) }));
      return [id, { versions: shown, now: shown.at(-1) }] as const;
    }),
  );
}

/** All devices as they are now. */
export async function listCurrentDevices(reading: Reading): Promise<Resource[]> {
  const versions = await listDevices(reading);
  return versions.filter((each, at) => versions[at + 1]?.id !== each.id).map(device);
}

/** The resources as they are now, in the order of their ids; those that are not there are left out. */
export async function loadResources(
  reading: Reading,
  type: ResourceType,
  ids: readonly string[],
): Promise<Resource[]> {
  const timelines = await loadTimelines(reading, type, ids);
  return ids.flatMap((id) => timelines.get(id)?.now?.resource ?? []);
}
