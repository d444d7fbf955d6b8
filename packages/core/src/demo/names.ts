import type { Random } from "./random.ts";

/**
 * Invented places: none of them is a Danish town of that name with that post code. Whoever runs them is called no region, since
 * the code says in which of the five it lies.
 */
export const regions = [
  {
    code: "1081",
    name: "Sundhed Nordkyst",
    municipalities: ["Tranholm", "Vestervig Fjord", "Hulsø", "Bakkeby"],
  },
  {
    code: "1082",
    name: "Sundhed Midtland",
    municipalities: ["Lyngdal", "Ravnsted", "Åstrup Nord", "Skovhøj"],
  },
  { code: "1083", name: "Sundhed Sydbælt", municipalities: ["Havrum", "Engelund", "Stenbæk", "Ærøholm"] },
  {
    code: "1084",
    name: "Sundhed Hovedøen",
    municipalities: ["Kongsvang", "Møllestrand", "Birkeå", "Nybyen"],
  },
  {
    code: "1085",
    name: "Sundhed Østsund",
    municipalities: ["Klinterup", "Sundby Vig", "Fjellerup Å", "Torphøj"],
  },
] as const;

const townStems = [
  "Ager",
  "Bække",
  "Dyre",
  "Elle",
  "Fugle",
  "Grøn",
  "Hasle",
  "Is",
  "Jord",
  "Klit",
  "Lærke",
  "Mose",
  "Nør",
  "Ode",
  "Pile",
  "Rug",
  "Sø",
  "Tved",
  "Ulve",
  "Vinde",
  "Æble",
  "Ørne",
  "Ålse",
] as const;
const townEndings = ["by", "rup", "sted", "holt", "lund", "vig", "næs", "strup", "bjerg", "ø", "å"] as const;

/** A town that could stand on a Danish map and does not. */
export function townName(random: Random): string {
  return random.pick(townStems) + random.pick(townEndings);
}

export const streets = [
  "Strandvejen",
  "Møllevej",
  "Kirkestræde",
  "Torvet",
  "Nørregade",
  "Åboulevarden",
  "Lærkevej",
  "Søndergade",
  "Bakkedraget",
  "Fælledvej",
  "Ørnevej",
  "Havnegade",
  "Skolegade",
  "Æblehaven",
  "Stationsvej",
  "Rådhuspladsen",
] as const;

export const practiceNames = [
  "Lægehuset",
  "Lægerne",
  "Lægeklinikken",
  "Lægefællesskabet",
  "Familielægerne",
  "Lægecentret",
] as const;

/** Doctors carry a speciality and a number instead of a name: no demo person can be mistaken for a real one. */
export const doctorLabel = "Læge";

export const departments = [
  { name: "Medicinsk Afdeling", short: "M", speciality: "419192003", wards: ["Sengeafsnit", "Ambulatorium"] },
  { name: "Kirurgisk Afdeling", short: "K", speciality: "394609007", wards: ["Sengeafsnit", "Dagkirurgi"] },
  {
    name: "Ortopædkirurgisk Afdeling",
    short: "O",
    speciality: "394801008",
    wards: ["Sengeafsnit", "Ambulatorium"],
  },
  {
    name: "Kardiologisk Afdeling",
    short: "B",
    speciality: "394579002",
    wards: ["Sengeafsnit", "Hjerteklinik"],
  },
  {
    name: "Gynækologisk-obstetrisk Afdeling",
    short: "G",
    speciality: "394585009",
    wards: ["Fødegang", "Barselsafsnit"],
  },
  {
    name: "Børne- og Ungdomsafdeling",
    short: "H",
    speciality: "394537008",
    wards: ["Sengeafsnit", "Ambulatorium"],
  },
  {
    name: "Neurologisk Afdeling",
    short: "N",
    speciality: "394591006",
    wards: ["Sengeafsnit", "Apopleksiafsnit"],
  },
  { name: "Radiologisk Afdeling", short: "R", speciality: "394914008", wards: ["CT-afsnit", "MR-afsnit"] },
  { name: "Klinisk Biokemisk Afdeling", short: "L", speciality: "394596001", wards: ["Prøvetagning"] },
  {
    name: "Klinisk Mikrobiologisk Afdeling",
    short: "Ø",
    speciality: "408454008",
    wards: ["Prøvemodtagelse"],
  },
  { name: "Patologisk Afdeling", short: "P", speciality: "394915009", wards: ["Prøvemodtagelse"] },
  { name: "Fælles Akutmodtagelse", short: "A", speciality: "419192003", wards: ["Skadestue", "Akutafsnit"] },
  { name: "Øjenafdeling", short: "E", speciality: "394594003", wards: ["Ambulatorium"] },
  { name: "Øre-, næse- og halsafdeling", short: "F", speciality: "394604002", wards: ["Ambulatorium"] },
  {
    name: "Psykiatrisk Afdeling",
    short: "Y",
    speciality: "394587001",
    wards: ["Lukket afsnit", "Åbent afsnit"],
  },
] as const;

export const specialistKinds = [
  { name: "Øjenlægeklinik", speciality: "394594003" },
  { name: "Øre-næse-halsklinik", speciality: "394604002" },
  { name: "Hudlægeklinik", speciality: "394582007" },
  { name: "Gynækologisk klinik", speciality: "394585009" },
  { name: "Kardiologisk klinik", speciality: "394579002" },
  { name: "Reumatologisk klinik", speciality: "419192003" },
] as const;

export const municipalServices = [
  { name: "Hjemmesygeplejen", typeCode: "550621000005101" },
  { name: "Sundhedscentret", typeCode: "264361005" },
  { name: "Genoptræningscentret", typeCode: "546811000005109" },
  { name: "Plejecentret", typeCode: "42665001" },
  { name: "Tandplejen", typeCode: "550691000005104" },
] as const;
