/** Answers when something is valid: half-open intervals, how a change re-cuts them, and which day it is in Denmark. */
export {
  danishClock,
  danishTimestamp,
  danishZone,
  dayInDenmark,
  formatDanishClock,
  formatDanishDay,
  formatDanishInstant,
  instantsOnDanishClock,
  startOfDayInDenmark,
} from "./clock.ts";
export { addDays } from "./days.ts";
export {
  compareEnds,
  earlier,
  findOverlap,
  holdsAt,
  isReversed,
  later,
  overlaps,
  type Point,
  subtract,
  type Validity,
} from "./intervals.ts";
export { continueWith, type Piece, type Recut, reconcile, recut } from "./recut.ts";
export {
  dayText,
  faultIn,
  instantText,
  momentText,
  readDanishTime,
  WhichHour,
  WrittenClock,
  WrittenDay,
  type WrittenFault,
  WrittenTime,
} from "./schemas.ts";
export { addWorkingDays, isWorkingDay } from "./working-days.ts";
