import type { Reading } from "@sor/core/register-log";

/** One record with the place that continues after it: two numbers of ten digits. */
export type FeedRecord = {
  place: readonly [number, number];
  at: Date;
  fields: readonly (readonly [string, string])[];
};
type Page = {
  after: readonly [number, number];
  limit: number;
  subjects: readonly string[] | undefined;
};

/** What can be copied: by register, its version, and name. */
export type Datatype = {
  register: "sor" | "shak";
  registerVersion: 1 | 2;
  name: string;
  read: (reading: Reading, page: Page) => Promise<FeedRecord[]>;
  /** Whether a place is one of this history. */
  knows: (reading: Reading, place: readonly [number, number]) => Promise<boolean>;
};
