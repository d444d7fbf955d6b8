import type { OrganisationLevel } from "./schemas.ts";

/** Danish names by SOR code. */
export type CodeList = ReadonlyMap<string, string>;

/** Owner types. SOR publishes only the code for private owners. */
export const ownerTypes: CodeList = new Map([["550891000005100", "privat"]]);

/** Institution types (SI), as listed by SOR about 2011. */
export const institutionTypes: CodeList = new Map([
  ["550411000005105", "andet sundhedsvæsen"],
  ["264372000", "apotek"],
  ["20078004", "behandlingscenter for stofmisbrugere"],
  ["546821000005103", "ergoterapiklinik"],
  ["547011000005103", "fysioterapiklinik"],
  ["546811000005109", "genoptræningscenter"],
  ["550621000005101", "hjemmesygepleje"],
  ["22232009", "hospital"],
  ["550631000005103", "jordemoderklinik"],
  ["550641000005106", "kiropraktor klinik"],
  ["550651000005108", "lægelaboratorium"],
  ["394761003", "lægepraksis"],
  ["550661000005105", "lægevagt"],
  ["42665001", "plejehjem"],
  ["550711000005101", "psykologisk rådgivningsklinik"],
  ["550671000005100", "speciallægepraksis"],
  ["264361005", "sundhedscenter"],
  ["554061000005105", "Statsautoriseret fodterapeut"],
  ["550681000005102", "tandlægepraksis"],
  ["550691000005104", "tandpleje klinik"],
  ["550701000005104", "tandteknisk klinik"],
]);

/** Unit types (OE), as listed by SOR about 2011. */
export const unitTypes: CodeList = new Map([
  ["550811000005108", "administrativ enhed"],
  ["550871000005101", "akut modtage enhed"],
  ["309964003", "billeddiagnostisk enhed"],
  ["2104671000005110", "ergoterapiklinik"],
  ["550841000005107", "forskningsenhed"],
  ["550861000005106", "fysioterapi- og ergoterapiklinik"],
  ["547011000005103", "fysioterapiklinik"],
  ["309904001", "intensiv enhed"],
  ["550631000005103", "jordemoderklinik"],
  ["550851000005109", "klinisk enhed"],
  ["726", "KONVAFD"],
  ["551611000005102", "operationsgang"],
  ["550821000005102", "service enhed"],
  ["225728007", "skadestue"],
  ["554071000005100", "sygehusapotek"],
  ["550831000005104", "uddannelsesenhed"],
]);

/** Clinical specialities. */
export const specialities: CodeList = new Map([
  ["408443003", "almen medicin"],
  ["394577000", "anæstesiologi"],
  ["394821009", "arbejdsmedicin"],
  ["394588006", "børne- og ungdomspsykiatri"],
  ["394582007", "dermato-venerologi"],
  ["394914008", "diagnostisk radiologi"],
  ["394583002", "endokrinologi"],
  ["394811001", "geriatri"],
  ["394585009", "gynækologi og obstetrik"],
  ["408472002", "hepatologi"],
  ["394803006", "hæmatologi"],
  ["394807007", "infektionsmedicin"],
  ["419192003", "intern medicin"],
  ["394579002", "kardiologi"],
  ["408463005", "karkirurgi"],
  ["394609007", "kirurgi"],
  ["551411000005104", "kirurgisk gastroenterologi"],
  ["394596001", "klinisk biokemi"],
  ["394600006", "klinisk farmakologi"],
  ["394601005", "klinisk fysiologi og nuklearmedicin"],
  ["394580004", "klinisk genetik"],
  ["421661004", "klinisk immunologi"],
  ["408454008", "klinisk mikrobiologi"],
  ["394809005", "klinisk neurofysiologi"],
  ["394592004", "klinisk onkologi"],
  ["418112009", "lungesygdomme"],
  ["394805004", "medicinsk allergologi"],
  ["394584008", "medicinsk gastroenterologi"],
  ["394589003", "nefrologi"],
  ["394610002", "neurokirurgi"],
  ["394591006", "neurologi"],
  ["394812008", "odontologi"],
  ["394594003", "oftalmologi"],
  ["394801008", "ortopædisk kirurgi"],
  ["394604002", "oto-rhino-laryngologi"],
  ["394915009", "patologisk anatomi og cytologi"],
  ["394611003", "plastik kirurgi"],
  ["394587001", "psykiatri"],
  ["394537008", "pædiatri"],
  ["394810000", "reumatologi"],
  ["554011000005107", "Retsmedicin"],
  ["394581000", "samfundsmedicin"],
  ["394603008", "thoraxkirurgi"],
  ["408448007", "tropemedicin"],
  ["394612005", "urologi"],
]);

/** Net operators (CommunicationSupplier). */
export const netOperatorNames: CodeList = new Map([
  ["41000035001", "KMD"],
  ["51000035003", "TrueCommerce Denmark ApS"],
  ["81000035007", "DataGruppen MultiMed A/S"],
  ["91000035009", "INU-IT A/S"],
  ["71000035005", "Vejle Amt"],
  ["11000035002", "Ukendt"],
]);

/** Regions (RegionCode). */
export const regions: CodeList = new Map([
  ["1081", "Region Nordjylland"],
  ["1082", "Region Midtjylland"],
  ["1083", "Region Syddanmark"],
  ["1084", "Region Hovedstaden"],
  ["1085", "Region Sjælland"],
]);

/** The Danish name of a unit's type code at its level; null for an unknown code. */
export function nameOfType(level: OrganisationLevel, typeCode: string | null): string | null {
  if (typeCode === null) return null;
  const lists = { owner: ownerTypes, institution: institutionTypes, unit: unitTypes };
  return lists[level].get(typeCode) ?? null;
}
