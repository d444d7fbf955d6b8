import {
  findMessageType,
  isPair,
  lastingAfter,
  type MessageType,
  messageTypes,
  type Pair,
  type RegistrationFact,
  WantedRegistration,
} from "@sor/core/message-types";
import { m } from "#lib/words/index.ts";
import { endpointIn, firstInstant, type ReadEdit, stepsOf } from "./edits.ts";
import { groupOf, type MessageGroup, messageCode } from "./reading.ts";

/** A type in a version that may be added; `value` is what a form posts. */
export type Addable = {
  value: string;
  pair: string;
  format: string;
  nameDa: string;
  nameEn: string;
  isSuperseded: boolean;
  group: MessageGroup;
  code: string;
};

const keyOfPair = ({ messageType, version, direction }: Pair) => `${messageType} ${version} ${direction}`;

function offerOf(type: MessageType, direction: Pair["direction"]): Addable[] {
  const { code, version, kind, format, nameDa, nameEn, status } = type;
  if (code === undefined || version === undefined || kind === "namespace" || format === "other") return [];
  const message = messageCode(code, type);
  return [
    {
      value: keyOfPair({ messageType: code, version, direction }),
      pair: `${code} ${version}`,
      format,
      nameDa,
      nameEn,
      isSuperseded: status === "superseded",
      group: groupOf(message, type),
      code: message,
    },
  ];
}

const folded = (text: string) => text.toLocaleLowerCase("da").normalize("NFKD").replaceAll(/\p{M}/gu, "");

/**
 * The types of the catalogue with every word of the search in code, version, format or name. Versions that are superseded are found
 * only by a search.
 */
export function searchAddable(
  search: string,
  direction: Pair["direction"],
  held: readonly RegistrationFact[],
): Addable[] {
  const words = folded(search).split(/\s+/).filter(Boolean);
  const has = new Set(held.map(keyOfPair));
  const found = messageTypes
    .flatMap((type) => offerOf(type, direction))
    .filter(({ value, isSuperseded }) => !has.has(value) && (!isSuperseded || words.length > 0))
    .filter((type) => {
      const text = folded(`${type.pair} ${type.code} ${type.format} ${type.nameDa} ${type.nameEn}`);
      return words.every((word) => text.includes(word));
    });
  const once = new Map(found.map((type) => [type.value, type]));
  return [...once.values()].toSorted(
    (a, b) => a.code.localeCompare(b.code) || Number(a.isSuperseded) - Number(b.isSuperseded),
  );
}

/** The types that another location number receives and sends now or later, and this one does not, as form values. */
export function copied(theirs: readonly RegistrationFact[], held: readonly RegistrationFact[]): string[] {
  const has = new Set(held.map(keyOfPair));
  return [...new Set(theirs.map(keyOfPair))].filter((value) => !has.has(value));
}

const AddablePair = WantedRegistration.pick({ messageType: true, version: true, direction: true });

/** The pair that a form value names; undefined for what the page does not offer. */
export function pairOfValue(value: string): Pair | undefined {
  const [messageType, version, direction] = value.split(" ");
  const read = AddablePair.safeParse({ messageType, version, direction });
  return read.success && findMessageType(read.data.messageType, read.data.version) ? read.data : undefined;
}

/** Reads the page of types to add: the ticked ones, at one endpoint, from one day. */
export const readAdditions: ReadEdit = (form, gln, facts, now) => {
  const lasting = lastingAfter(now, facts);
  const values = [...new Set(form.list("type"))];
  const pairs = values.flatMap((value) => pairOfValue(value) ?? []);
  if (pairs.length < values.length) form.fault("type", m.locations_fault_unknown_type());
  const wanted = pairs.filter((pair) => !lasting.some((fact) => isPair(fact, pair)));
  if (wanted.length === 0) form.fault(undefined, m.one_nothing_to_add());
  const at = firstInstant(form, "dag");
  const endpointId = endpointIn(form, "endpoint");
  return {
    steps: form.hasFaults ? [] : stepsOf(wanted.map((pair) => ({ step: "add", ...pair, endpointId, at }))),
    chosen: pairs.map((pair) => ({ pair, field: "type" })),
    title: m.one_title_add({ gln }),
    fieldOf: ({ code }) => {
      if (/endpoint/.test(code)) return "endpoint";
      return code === "location-closed" ? "dag" : "type";
    },
  };
};
