// Data, not code: the short lists.
import { belowOwner, type Code, edition, everyLevel } from "./code.ts";

/** Net operators (CommunicationSupplier), as far as published; those of the register itself stand in its table. */
export const netOperators: readonly Code[] = [
  { code: "41000035001", da: "KMD", en: "KMD", for: everyLevel },
  { code: "51000035003", da: "TrueCommerce Denmark ApS", en: "TrueCommerce Denmark ApS", for: everyLevel },
  { code: "81000035007", da: "DataGruppen MultiMed A/S", en: "DataGruppen MultiMed A/S", for: everyLevel },
  { code: "91000035009", da: "INU-IT A/S", en: "INU-IT A/S", for: everyLevel },
  { code: "71000035005", da: "Vejle Amt", en: "Vejle County", for: everyLevel, to: edition },
  { code: "11000035002", da: "Ukendt", en: "Unknown", for: everyLevel },
];

/** Regions (RegionCode). */
export const regions: readonly Code[] = [
  { code: "1081", da: "Region Nordjylland", en: "North Denmark Region", for: everyLevel },
  { code: "1082", da: "Region Midtjylland", en: "Central Denmark Region", for: everyLevel },
  { code: "1083", da: "Region Syddanmark", en: "Region of Southern Denmark", for: everyLevel },
  { code: "1084", da: "Region Hovedstaden", en: "Capital Region of Denmark", for: everyLevel },
  { code: "1085", da: "Region Sjælland", en: "Region Zealand", for: everyLevel },
];

/** How a unit lies in relation to others (GeographicalParentRelation). */
export const geographicalRelations: readonly Code[] = [
  { code: "1", da: "selvstændig geografisk placering", en: "a location of its own", for: belowOwner },
  { code: "2", da: "den organisatoriske mor", en: "that of the organisational parent", for: belowOwner },
  { code: "3", da: "anden geografisk mor", en: "that of another unit", for: belowOwner },
  { code: "4", da: "ingen geografisk placering", en: "no location", for: belowOwner },
  { code: "5", da: "ukendt geografisk placering", en: "unknown location", for: belowOwner },
];
