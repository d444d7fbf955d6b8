import { includable } from "./includes.ts";
import { deviceParameters, parameters } from "./parameters.ts";
import { resourceTypes } from "./resources/parts.ts";
import { profiles } from "./resources/systems.ts";

const profilesOf = {
  Organization: profiles.organization,
  Location: profiles.location,
  HealthcareService: profiles.healthcareService,
  OrganizationAffiliation: profiles.affiliation,
  Endpoint: profiles.endpoint,
  Device: [],
} as const;

const common = [
  { name: "_id", type: "token" },
  { name: "_lastUpdated", type: "date" },
];

function searchParameters(type: (typeof resourceTypes)[number]) {
  if (type === "Device")
    return Object.entries(deviceParameters).map(([name, kind]) => ({ name, type: kind }));
  return Object.entries(parameters[type]).map(([name, { type: kind, definition }]) => ({
    name,
    ...(definition && { definition }),
    type: kind,
  }));
}

/** The type that a reference which can be included leads to. */
function leadsTo(include: string): string | undefined {
  const [type = "", name = ""] = include.split(":");
  return type === "Device" ? undefined : parameters[type as keyof typeof parameters][name]?.leads?.to;
}

/** What the door can do, made of the same tables that answer. */
export function capabilityStatement(base: string, now: Date): object {
  return {
    resourceType: "CapabilityStatement",
    status: "active",
    date: now.toISOString(),
    kind: "instance",
    instantiates: ["https://profiles.ihe.net/ITI/mCSD/CapabilityStatement/IHE.mCSD.Directory"],
    software: { name: "SOR" },
    implementation: { description: "Organisation register and endpoints, read only", url: base },
    fhirVersion: "4.0.1",
    format: ["application/fhir+json", "application/fhir+xml", "json", "xml"],
    rest: [
      {
        mode: "server",
        documentation:
          "IHE mCSD Directory: Find Matching Care Services (ITI-90) and Request Care Services Updates (ITI-91). Versions are numbered by the sequence of the register.",
        resource: resourceTypes.map((type) => {
          const included = includable.filter((name) => name.startsWith(`${type}:`));
          const referring = includable.filter((name) => leadsTo(name) === type);
          return {
            type,
            ...(profilesOf[type].length > 0 && { supportedProfile: [...profilesOf[type]] }),
            interaction: ["read", "vread", "history-instance", "history-type", "search-type"].map((code) => ({
              code,
            })),
            versioning: "versioned",
            readHistory: true,
            updateCreate: false,
            conditionalRead: "full-support",
            ...(included.length > 0 && { searchInclude: ["*", ...included] }),
            ...(referring.length > 0 && { searchRevInclude: referring }),
            searchParam: [...common, ...searchParameters(type)],
          };
        }),
        interaction: [{ code: "history-system" }],
      },
    ],
  };
}
