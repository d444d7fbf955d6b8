import type { Replacement } from "./xml/replace-values.ts";

/** The new values of an interchange that is repeated. */
export type Renewal = {
  /** Envelope id: a UUID for VANSEnvelope, SBDH and FHIR, at most 14 characters for the others. */
  readonly reference: string;
  /** Message ids by index from 0, if they are to be new too, as for a receipt; by default a message keeps its own. */
  readonly messageReference?: (index: number) => string;
  /** Local time with seconds and offset, ISO 8601: 2026-11-22T09:30:00+01:00. */
  readonly preparedAt: string;
};

/** The new values of an Emessage. */
export function ofEmessage({ reference, messageReference, preparedAt }: Renewal): Replacement {
  const envelope: Readonly<Record<string, string>> = {
    "/Emessage/Envelope/Identifier": reference,
    "/Emessage/Envelope/Sent/Date": preparedAt.slice(0, 10),
    "/Emessage/Envelope/Sent/Time": preparedAt.slice(11, 16),
    "/Emessage/Envelope/Sent/TimeWithSec": preparedAt.slice(11, 19),
  };
  let messages = 0;
  return (path) => {
    if (/^\/Emessage\/[^/]+\/Letter\/Identifier$/.test(path)) return messageReference?.(messages++);
    return Object.hasOwn(envelope, path) ? envelope[path] : undefined;
  };
}

/** The new values of a VANSEnvelope. */
export function ofVansEnvelope({ reference, messageReference, preparedAt }: Renewal): Replacement {
  return (path) => {
    if (path === "/VANSEnvelope/EnvelopeIdentifier") return reference;
    if (path === "/VANSEnvelope/SentDateTime") return preparedAt.slice(0, 19);
    return path === "/VANSEnvelope/Message/MetaInformation/Identifier" ? messageReference?.(0) : undefined;
  };
}

const sbdhHeader = "/StandardBusinessDocument/StandardBusinessDocumentHeader";

/** The new values of an SBDH. */
export function ofSbdh({ reference, messageReference, preparedAt }: Renewal): Replacement {
  let scope = "";
  return (path, text) => {
    if (path === `${sbdhHeader}/DocumentIdentification/InstanceIdentifier`) return reference;
    if (path === `${sbdhHeader}/DocumentIdentification/CreationDateAndTime`) return preparedAt;
    if (path === `${sbdhHeader}/BusinessScope/Scope/Type`) scope = text;
    const isId = scope === "MESSAGEIDENTIFIER" || scope === "MESSAGEENVELOPEIDENTIFIER";
    const isValue = path === `${sbdhHeader}/BusinessScope/Scope/InstanceIdentifier`;
    return isId && isValue ? messageReference?.(0) : undefined;
  };
}
