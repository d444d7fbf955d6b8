import type { OwnPlace } from "../envelope.ts";

/** What a FHIR message says of itself, whichever notation it came in. */
export type FhirFacts = {
  readonly bundleId: string;
  readonly bundleType: string;
  readonly timestamp: string;
  /** The first entry, where it is a MessageHeader. */
  readonly header: FhirHeader | undefined;
  /** How many MessageHeaders there are. */
  readonly headers: number;
  readonly organisations: readonly FhirOrganisation[];
  /** Where the Bundle's own id and time stand. */
  readonly own: readonly OwnPlace[];
};

export type FhirHeader = {
  readonly id: string;
  readonly event: string;
  readonly definition: string;
  readonly sender: string;
  readonly receiver: string;
  readonly response: { readonly identifier: string; readonly code: string } | undefined;
};

export type FhirOrganisation = {
  readonly id: string;
  readonly fullUrl: string;
  readonly identifiers: readonly { readonly system: string; readonly value: string }[];
};
