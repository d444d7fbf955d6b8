import { z } from "zod";

/**
 * Where the event feed continues: epoch and number of the last event read, or, in offsets of earlier versions, its transaction
 * (below 2^64, as all of 19 digits are) and id.
 */
export const FeedOffset = z.union([
  z.tuple([z.int().min(0), z.int().min(0)]),
  z.tuple([z.string().regex(/^\d{1,19}$/), z.int().min(0)]),
]);
