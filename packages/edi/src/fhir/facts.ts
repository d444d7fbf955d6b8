import type { OwnPlace } from "../envelope.ts";
import type { Placed } from "../placed.ts";

/** What a FHIR message says of itself, whichever notation it came in. */
export type FhirFacts = {
  readonly id: Placed;
  readonly type: Placed;
  readonly timestamp: Placed;
  /** Where the entries begin, or the Bundle where it has none. */
  readonly entriesAt: number;
  /** The first entry, where it is a MessageHeader. */
  readonly header: FhirHeader | undefined;
  /** Where a second MessageHeader begins. */
  readonly secondHeaderAt: number | undefined;
  readonly organisations: readonly FhirOrganisation[];
  /** Where the Bundle's own id and time stand. */
  readonly own: readonly OwnPlace[];
};

export type FhirHeader = {
  readonly at: number;
  readonly id: Placed;
  readonly event: Placed;
  readonly definition: Placed;
  /** Reference to the sender. */
  readonly sender: Placed;
  readonly destinations: readonly FhirDestination[];
  readonly response: { readonly identifier: Placed; readonly code: Placed } | undefined;
};

/** Where the message goes: to one who is `primary`, and in copy to others. */
export type FhirDestination = { readonly isPrimary: boolean; readonly receiver: Placed };

export type FhirOrganisation = {
  readonly id: Placed;
  readonly fullUrl: Placed;
  readonly identifiers: readonly FhirIdentifier[];
};

export type FhirIdentifier = { readonly system: Placed; readonly value: Placed };
