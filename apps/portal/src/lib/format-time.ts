export {
  danishTimestamp as machineInstant,
  formatDanishDay as formatDay,
  formatDanishInstant as formatInstant,
} from "@sor/core/validity";
