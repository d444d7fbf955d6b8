import type { OwnPlace } from "../envelope.ts";
import type { Placed } from "../placed.ts";

/** The values of a FHIR message, in either notation. */
export type FhirFacts = {
  readonly id: Placed;
  readonly type: Placed;
  readonly timestamp: Placed;
  /** Where the entries begin, or the Bundle if it has none. */
  readonly entriesAt: number;
  /** The first entry, if it is a MessageHeader. */
  readonly header: FhirHeader | undefined;
  /** Where a second MessageHeader begins. */
  readonly secondHeaderAt: number | undefined;
  readonly organisations: readonly FhirOrganisation[];
  /** Where the Bundle's own id and time are. */
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

/** A destination of the message: the `primary` receiver, or one that gets a copy. */
export type FhirDestination = { readonly isPrimary: boolean; readonly receiver: Placed };

export type FhirOrganisation = {
  readonly id: Placed;
  readonly fullUrl: Placed;
  readonly identifiers: readonly FhirIdentifier[];
};

export type FhirIdentifier = { readonly system: Placed; readonly value: Placed };
