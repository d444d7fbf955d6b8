import { z } from "zod";

/**
 * Where the feed of events goes on: epoch and number of the last event read, or, as offsets of earlier versions have it, its
 * transaction (below 2^64, as all of 19 digits are) and id.
 */
export const FeedOffset = z.union([
  z.tuple([z.int().min(0), z.int().min(0)]),
  z.tuple([z.string().regex(/^\d{1,19}$/), z.int().min(0)]),
]);
