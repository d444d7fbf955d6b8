import { findMessageType } from "@sor/core/message-types";
import type { Condition } from "@sor/core/register-log";
import { dayInDenmark } from "@sor/core/validity";
import { readDate, readToken, type Token, unescaped } from "./read-values.ts";
import { ehmiOperator } from "./resources/endpoint.ts";
import type { ResourceType } from "./resources/parts.ts";
import { systems } from "./resources/systems.ts";

type Field = Extract<Condition, { field: unknown }>["field"];
type Link = Extract<Condition, { via: unknown }>["via"];

/** A search parameter: how a value is compared, whether there is a value at all, and, for a reference, where it leads. */
export type Parameter = {
  type: "token" | "string" | "reference" | "date";
  of: (value: string, modifier: string | undefined) => Condition;
  /** That the element is there; without it `:missing` cannot be asked. */
  present?: Condition;
  leads?: { to: ResourceType; via: Link };
  /** From EER or mCSD, not among those of the resource. */
  definition?: string;
};

const nothing: Condition = { any: [] };
export const everything: Condition = { all: [] };
const is = (field: Field, value = ""): Condition => ({ field, value });
const not = (condition: Condition): Condition => ({ not: condition });

const token = (of: (token: Token) => Condition, present?: Condition): Parameter => ({
  type: "token",
  of: (value, modifier) => (modifier === "not" ? not(of(readToken(value))) : of(readToken(value))),
  ...(present && { present }),
});

const numbers: Readonly<Record<string, [field: Field, present: Condition]>> = {
  [systems.sor]: ["id", everything],
  [systems.cvr]: ["cvr", is("hasCvr")],
  [systems.provider]: ["providerNumber", is("hasProviderNumber")],
  [systems.shak]: ["shak", is("hasShak")],
  [systems.pNumber]: ["pNumber", is("hasPNumber")],
};

const unitIdentifier = token(({ system, code }) => {
  if (system === undefined) return { any: Object.values(numbers).map(([field]) => is(field, code)) };
  const found = numbers[system];
  if (!found) return nothing;
  return code === "" ? found[1] : is(found[0], code);
}, everything);

const isActive: Condition = is("inForce");
const booleanToken = (yes: Condition) =>
  token(({ code }) => (code === "true" ? yes : code === "false" ? not(yes) : nothing), everything);
const codes = (of: Readonly<Record<string, Condition>>) =>
  token(({ code }) => of[code] ?? nothing, everything);

const levels = {
  IE: "owner",
  IO: "owner",
  SI: "institution",
  HI: "institution",
  OE: "unit",
  OU: "unit",
} as const;
const places = { jurisdiction: "owner", facility: "institution" } as const;
const unitType = token(({ system, code }) => {
  const ofSystem = {
    [systems.level]: Object.hasOwn(levels, code) ? is("level", levels[code as keyof typeof levels]) : nothing,
    [systems.place]: Object.hasOwn(places, code) ? is("level", places[code as keyof typeof places]) : nothing,
    [systems.snomed]: is("type", code),
  };
  return system === undefined
    ? { any: Object.values(ofSystem) }
    : (ofSystem[system as keyof typeof ofSystem] ?? nothing);
}, everything);

const name: Parameter = {
  type: "string",
  of: (value, modifier) => {
    const text = unescaped(value);
    if (modifier === "exact") return is("nameIs", text);
    return is(modifier === "contains" ? "nameContains" : "nameStarts", text);
  },
  present: everything,
};
const ofText = (field: Field): Parameter => ({ type: "string", of: (value) => is(field, unescaped(value)) });

/** The id in a reference: `123`, `Organization/123`, or the address of one. */
const idOf = (value: string, to: ResourceType): string | undefined => {
  const [, type, id] = /(?:^|\/)(?:([A-Za-z]+)\/)?([A-Za-z0-9.-]{1,64})$/.exec(value) ?? [];
  return type === undefined || type === to ? id : undefined;
};
const leading = (to: ResourceType, via: Link, present: Condition, field: Field = "id"): Parameter => ({
  type: "reference",
  of: (value) => {
    const id = idOf(unescaped(value), to);
    if (id === undefined) return nothing;
    return field === "id" ? { via, that: { all: [bases[to] ?? everything, is("id", id)] } } : is(field, id);
  },
  present,
  leads: { to, via },
});
const parent = (to: ResourceType) => leading(to, "parent", is("hasParent"), "parent");
const ofItself = (to: ResourceType) => leading(to, "itself", everything);
const toEndpoint = leading("Endpoint", "location", is("hasGln"), "gln");

/** The message type that a code of `payloadType` names, as the register has it; a type in any version by its code alone. */
function receivedBy({ system, code }: Token): Condition {
  if (system === systems.payload) return code === "none" ? not(is("receivesAny")) : nothing;
  if (system !== undefined && system !== systems.messageDefinition) return nothing;
  const known = code.startsWith("urn:") ? findMessageType(code) : undefined;
  if (code.startsWith("urn:")) return known ? is("receives", `${known.code}/${known.version}`) : nothing;
  return /^[\w.-]{1,40}$/.test(code) ? is("receives", code) : nothing;
}
const payloadType = token(receivedBy, is("receivesAny"));
const messageType = (that: (token: Token) => Condition): Parameter => ({
  ...token(that),
  definition: "http://medcomehmi.dk/ig/eer/SearchParameter/messageType",
});

const date: Parameter = {
  type: "date",
  of: (value) => {
    const { prefix, from, to } = readDate(value, "date");
    const [first, after] = [dayInDenmark(from), dayInDenmark(new Date(to.getTime() - 1 + 86_400_000))];
    const begun = is("validFromBefore", after);
    const lasts = is("validToAfter", first);
    if (prefix === "gt" || prefix === "sa") return is("validToAfter", after);
    if (prefix === "ge") return lasts;
    if (prefix === "lt" || prefix === "eb") return is("validFromBefore", first);
    if (prefix === "le") return begun;
    return prefix === "ne" ? not({ all: [begun, lasts] }) : { all: [begun, lasts] };
  },
};

const isReceiving: Condition = { all: [is("inForce"), not(is("nonActive")), is("receivesAny")] };
const ehmi = is("operator", ehmiOperator);

/** What a resource of the type is made of at all: a service needs specialities. */
export const bases: Readonly<Partial<Record<ResourceType, Condition>>> = {
  HealthcareService: is("hasSpeciality"),
  OrganizationAffiliation: is("hasGeographicalParent"),
};

const status = codes({ active: isActive, inactive: not(isActive) });
const speciality = token(
  ({ system, code }) =>
    system === undefined || system === systems.snomed ? is("speciality", code) : nothing,
  is("hasSpeciality"),
);

/** The search parameters of each type, beside those of all types. Devices are few and are compared in memory. */
export const parameters: Readonly<
  Record<Exclude<ResourceType, "Device">, Readonly<Record<string, Parameter>>>
> = {
  Organization: {
    active: booleanToken(isActive),
    identifier: unitIdentifier,
    name,
    type: unitType,
    partof: parent("Organization"),
    endpoint: toEndpoint,
    "address-city": ofText("town"),
    "address-postalcode": ofText("postCode"),
    messageType: messageType((asked) => ({ via: "location", that: receivedBy(asked) })),
  },
  Location: {
    identifier: unitIdentifier,
    name,
    organization: ofItself("Organization"),
    partof: parent("Location"),
    status,
    type: unitType,
    endpoint: toEndpoint,
  },
  HealthcareService: {
    active: booleanToken(isActive),
    identifier: unitIdentifier,
    location: ofItself("Location"),
    name,
    organization: ofItself("Organization"),
    "service-type": token(
      ({ system, code }) => (system === undefined || system === systems.snomed ? is("type", code) : nothing),
      is("hasType"),
    ),
    specialty: speciality,
    endpoint: toEndpoint,
  },
  OrganizationAffiliation: {
    active: booleanToken(isActive),
    date,
    identifier: token(({ system, code }) =>
      system === undefined || system === systems.sor ? is("id", code) : nothing,
    ),
    "participating-organization": ofItself("Organization"),
    "primary-organization": leading("Organization", "geographicalParent", everything, "geographicalParent"),
    role: codes({ "geographical-parent": everything }),
  },
  Endpoint: {
    identifier: token(
      ({ system, code }) => (system === undefined || system === systems.gln ? is("id", code) : nothing),
      everything,
    ),
    organization: leading("Organization", "holder", is("isHeld")),
    status: codes({ active: isReceiving, off: not(isReceiving) }),
    "connection-type": codes({ vansMessaging: not(ehmi), EerMessagingEdelivery: ehmi }),
    "payload-type": payloadType,
    messageType: messageType(receivedBy),
  },
};

/** The parameters of a Device, by the texts that are compared. */
export const deviceParameters = {
  identifier: "token",
  type: "token",
  status: "token",
  "device-name": "string",
  manufacturer: "string",
} as const;
