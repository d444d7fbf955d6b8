import { LocationFilter } from "@sor/core/message-types";
import { WrittenDay } from "@sor/core/validity";

/** The query of the list of location numbers, and of its files. */
export const ListQuery = LocationFilter.omit({ after: true, limit: true }).extend({
  changedSince: WrittenDay.optional(),
  cursor: LocationFilter.shape.after,
});

/** The fields of the query that are typed: their faults are told at the field. */
export const typedFields = ["changedSince", "municipality", "version"] as const;
