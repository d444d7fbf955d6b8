/** Answers which location numbers this installation may give out, which it has given out, and to whom. */
export {
  allocateNumber,
  releaseNumber,
  reserveNumber,
  retireNumber,
} from "./give-numbers.ts";
export { findUnallocated, getNumber, type LocationNumber, listNumbers, lockNumbers } from "./list-numbers.ts";
export { createRange, getRange, listRanges, type Range, updateRange } from "./ranges.ts";
export {
  NumberAllocation,
  NumberFilter,
  NumberRange,
  NumberRangeState,
  NumberReservation,
  NumberState,
} from "./schemas.ts";
