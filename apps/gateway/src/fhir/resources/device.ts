import type { DeviceVersion } from "@sor/core/register-log";
import { concept, metaOf, type Resource, withoutEmpty } from "./parts.ts";
import { systems } from "./systems.ts";

/** A system that users work in (EUA), or a net operator's handling of messages (MSH), as a Device. */
export function device({ id, sequence, at, facts }: DeviceVersion): Resource {
  const isSystem = facts.kind === "system";
  const version = isSystem && facts.version !== null ? [{ value: facts.version }] : [];
  const codes =
    isSystem && facts.sorCode !== null ? [{ system: `${systems.system}:sor`, value: facts.sorCode }] : [];
  return withoutEmpty({
    resourceType: "Device" as const,
    id,
    meta: metaOf({ sequence, at }),
    identifier: [{ system: isSystem ? systems.system : systems.netOperator, value: id }, ...codes],
    status: "active",
    manufacturer: isSystem ? facts.manufacturer : facts.name,
    deviceName: [{ name: facts.name, type: "user-friendly-name" }],
    type: concept(systems.deviceType, isSystem ? "EUA" : "MSH"),
    version,
  });
}
