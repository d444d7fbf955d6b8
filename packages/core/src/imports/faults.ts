import { type Fault, faultTexts } from "../faults/index.ts";

/** A fault or remark in a file: line, element or field, and the rule of files or of edits. */
export type Finding = {
  line: number;
  place: string;
  rule: Rule | Fault;
  about?: string | number | undefined;
};

type Text = (about: string | number | undefined) => string;
type Texts = { da: Text; en: Text };

/** Every rule of an import with its message, in Danish and English. */
const rules = {
  "not-xml": {
    da: (about) => `er ikke velformet XML (${about})`,
    en: (about) => `is not well-formed XML (${about})`,
  },
  "not-utf-8": { da: () => "er ikke UTF-8", en: () => "is not UTF-8" },
  doctype: { da: () => "en DOCTYPE er ikke tilladt", en: () => "a DOCTYPE is not allowed" },
  "too-big": { da: () => "fylder mere end 1 MB", en: () => "takes more than 1 MB" },
  "too-deep": { da: () => "ligger for dybt i træet", en: () => "is nested too deeply" },
  "not-sor": {
    da: () => "er ikke et SorTree i SOR XML version 1",
    en: () => "is not a SorTree of SOR XML version 1",
  },
  incomplete: { da: () => "filen slutter midt i det hele", en: () => "the file ends halfway" },
  unexpected: {
    da: (about) => `elementet hører ikke hjemme her; ventet: ${about}`,
    en: (about) => `the element does not belong here; expected: ${about}`,
  },
  missing: { da: (about) => `mangler ${about}`, en: (about) => `lacks ${about}` },
  "stray-text": { da: () => "tekst uden for et element", en: () => "text outside an element" },
  empty: { da: () => "er tom", en: () => "is empty" },
  "too-long": {
    da: (about) => `længere end ${about} tegn`,
    en: (about) => `longer than ${about} characters`,
  },
  "too-short": {
    da: (about) => `kortere end ${about} tegn`,
    en: (about) => `shorter than ${about} characters`,
  },
  "not-number": { da: () => "er ikke et tal", en: () => "is not a number" },
  "not-boolean": { da: () => "er ikke true eller false", en: () => "is not true or false" },
  "not-day": { da: () => "er ikke en dato", en: () => "is not a date" },
  "not-instant": { da: () => "er ikke et tidspunkt", en: () => "is not a date and time" },
  "not-sor-id": {
    da: () => "er ikke et SOR-nummer (kontrolcifferet er forkert)",
    en: () => "is not a SOR id (the check digit is wrong)",
  },
  "not-gln": {
    da: () => "er ikke et lokationsnummer (13 cifre med rigtigt kontrolciffer)",
    en: () => "is not a location number (13 digits with the right check digit)",
  },
  "not-shak": { da: () => "er ikke en SHAK-kode", en: () => "is not a SHAK code" },
  "not-provider": { da: () => "er ikke et ydernummer", en: () => "is not a provider number" },
  "not-region": {
    da: () => "er ikke en regionskode (fire cifre)",
    en: () => "is not a region code (four digits)",
  },
  "not-code": { da: () => "er ikke en kode fra SOR", en: () => "is not a code of SOR" },
  reversed: { da: () => "slutter før den begynder", en: () => "ends before it begins" },
  twice: {
    da: (about) => `står to gange i filen (også på linje ${about})`,
    en: (about) => `stands twice in the file (on line ${about} too)`,
  },
  "level-changed": {
    da: (about) => `er registreret på et andet niveau (${about})`,
    en: (about) => `is registered on another level (${about})`,
  },
  "row-length": {
    da: (about) => `rækken har ${about} tegn, ikke 214`,
    en: (about) => `the row has ${about} characters, not 214`,
  },
  "not-record-type": { da: () => "er hverken sgh eller afd", en: () => "is neither sgh nor afd" },
  deletion: {
    da: () => "sletter en kode: filen er en ændringsfil, ikke SHAKCOMPLETE",
    en: () => "deletes a code: the file is a delta, not SHAKCOMPLETE",
  },
  overlaps: {
    da: (about) => `perioden overlapper den på linje ${about}`,
    en: (about) => `the period overlaps that on line ${about}`,
  },
  "register-newer": {
    da: (about) => `registret ved noget nyere end filen (${about}); urørt`,
    en: (about) => `the register knows something newer than the file (${about}); left alone`,
  },
  "location-differs": {
    da: (about) =>
      `lokationsnummeret ${about} står med forskellige oplysninger; den længst gældende er brugt`,
    en: (about) => `location number ${about} is given with different facts; the longest-lasting is used`,
  },
  "not-kept": { da: () => "gemmes ikke", en: () => "is not kept" },
} satisfies Record<string, Texts>;
export type Rule = keyof typeof rules;

/** A finding as text: `line 123, OrganizationalUnit/EntityName: longer than 60 characters`. */
export function findingText({ line, place, rule, about }: Finding, language: "da" | "en"): string {
  const where = language === "da" ? `linje ${line}` : `line ${line}`;
  const isOfFiles = (name: string): name is Rule => Object.hasOwn(rules, name);
  if (isOfFiles(rule)) return `${where}, ${place}: ${(rules[rule] as Texts)[language](about)}`;
  return `${where}, ${place}: ${faultTexts[rule][language]}${about === undefined ? "" : ` (${about})`}`;
}
