import type { Code } from "../code-lists/index.ts";
import type { LocationVersion } from "../endpoints/index.ts";
import type { MessageType } from "../message-types/index.ts";
import type { registrations } from "../message-types/tables.ts";
import type { EffectiveValues, VersionRow } from "../organisations/index.ts";
import type { shakCodes } from "../organisations/tables.ts";

/** A period of a location number with the names and SOR codes of who is responsible for it. */
export type LocationFacts = {
  row: LocationVersion;
  supplierName: string | null;
  supplierSorCode: string | null;
  systemName: string | null;
  systemSorCode: string | null;
  operatorName: string | null;
};

/** A period of a unit, as of the snapshot's day or the day of the period nearest to it. */
export type UnitLine = {
  row: VersionRow;
  firstFrom: string;
  /** The unit, its parent, and so on to its owner. */
  path: readonly VersionRow[];
  values: EffectiveValues;
  /** The unit's effective location number; null for none, or one that the register has no data of. */
  location: LocationFacts | null;
  /** The period in force on the snapshot's day, or the first after it: one of each unit that is not closed. */
  isShown: boolean;
  /** Whether its parents, up to an owner, are shown too: such units come in the order of the tree. */
  isPlaced: boolean;
  replaces: readonly string[];
  replacedBy: readonly string[];
};

export type LocationLine = LocationFacts & {
  firstFrom: string;
  /** Units that have the location number as their own, on the snapshot's day or later. */
  sorIds: readonly string[];
};
export type CodeLine = { list: string; code: Code };

/** What each source gives, row by row. */
export type SourceRows = {
  /** All periods of all units that are known now; the shown ones in the order of the tree, parents first. */
  units: UnitLine;
  /** All periods of all location numbers that are known now, by number and day. */
  locations: LocationLine;
  /** All registrations that are known now, by location number, type, version and start. */
  registrations: typeof registrations.$inferSelect;
  messageTypes: MessageType;
  /** With the unit that has the code on the snapshot's day, if there is one. */
  shak: typeof shakCodes.$inferSelect & { unit?: { sorId: string; regionCode: string | null } };
  codes: CodeLine;
  successions: { fromSorId: string; toSorId: string };
};
export type SourceName = keyof SourceRows;
