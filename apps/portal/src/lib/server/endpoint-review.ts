import type { Endpoint, EndpointFields } from "@sor/core/endpoints";
import { m } from "#lib/words/index.ts";
import { transportText } from "../endpoint-words.ts";

type Edited = Omit<EndpointFields, "supplierId" | "probeWith">;

/** A changed field of an endpoint, in the page's language. */
export type EndpointLine = { label: string; before: string; after: string };

/** Whether an edit changes where messages go, or which content types are accepted. */
export function redirectsDeliveries(before: Endpoint, after: Edited): boolean {
  return (
    before.transport !== after.transport ||
    before.address !== after.address ||
    before.mimeTypes.join() !== after.mimeTypes.join()
  );
}

/** The changes of an edit, field by field. */
export function endpointChanges(
  before: Endpoint,
  after: Edited,
  systems: ReadonlyMap<string, string>,
): EndpointLine[] {
  const [was, is] = [before, after].map((each) => fieldTexts(each, systems));
  return Object.entries(fieldNames).flatMap(([field, label]) => {
    const [from, to] = [was?.[field as Field] ?? "", is?.[field as Field] ?? ""];
    const empty = m.locations_empty();
    return from === to ? [] : [{ label: label(), before: from || empty, after: to || empty }];
  });
}

const fieldNames = {
  name: m.endpoints_name,
  transport: m.endpoints_transport,
  address: m.endpoints_address,
  system: m.endpoints_system,
  mimeTypes: m.endpoints_mime,
  technicalContact: m.endpoints_contact,
  order: m.endpoints_order,
  retry: m.endpoints_retry,
};
type Field = keyof typeof fieldNames;

function fieldTexts(
  each: Pick<Edited, keyof Edited>,
  systems: ReadonlyMap<string, string>,
): Record<Field, string> {
  const { name, transport, address, systemId, mimeTypes, technicalContact, isOrdered, retry } = each;
  return {
    name,
    transport: transportText(transport),
    address: address ?? "",
    system: systems.get(systemId ?? "") ?? "",
    mimeTypes: mimeTypes.join(", "),
    technicalContact: technicalContact ?? "",
    order: isOrdered ? m.locations_yes() : m.locations_no(),
    retry: retry ? Object.values(retry).join(" / ") : "",
  };
}
