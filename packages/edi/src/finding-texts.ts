import { edifactTexts } from "./edifact/finding-texts.ts";
import { medcomTexts } from "./medcom/finding-texts.ts";
import { xmlTexts } from "./xml/finding-texts.ts";

type FindingText = readonly [severity: "error" | "warning" | "info", iso: number, da: string, en: string];

/** Severity, ISO 9735 code (data element 0085, 0 = none) and sentences of every finding. */
export const findingTexts = {
  "empty-input": ["error", 13, "Filen er tom.", "The input is empty."],
  "not-edifact": [
    "error",
    18,
    "Her skulle en forsendelse begynde med UNA eller UNB, men der står noget andet.",
    "An interchange should begin here with UNA or UNB, but something else stands here.",
  ],
  "leading-bytes": [
    "info",
    0,
    "Der står blanke tegn eller et byte order mark før forsendelsen; de er sprunget over.",
    "Blank characters or a byte order mark stand before the interchange; they were skipped.",
  ],
  "blanks-between-segments": [
    "warning",
    21,
    "Der står blanke tegn mellem to segmenter; de er sprunget over.",
    "Blank characters stand between two segments; they were skipped.",
  ],
  "invalid-character": [
    "error",
    21,
    "Der er et tegn, som ikke findes i det tegnsæt, kuverten angiver (UNB, XML-erklæringen, UTF-8 i JSON).",
    "There is a character outside the character set that the envelope declares (UNB, the XML declaration, UTF-8 in JSON).",
  ],
  "windows-1252": [
    "warning",
    21,
    "Segmentet indeholder tegn fra windows-1252, som ikke findes i ISO 8859-1 (UNOC).",
    "The segment holds windows-1252 characters that ISO 8859-1 (UNOC) does not have.",
  ],
  "utf8-as-latin1": [
    "error",
    21,
    "Teksten er skrevet i UTF-8, men kuverten (UNB, XML-erklæringen) angiver et andet tegnsæt.",
    "The text is written in UTF-8, but the envelope (UNB, the XML declaration) declares another character set.",
  ],
  "line-break-in-data": [
    "info",
    0,
    "Der står et linjeskift inde i segmentet; det regnes ikke med til indholdet.",
    "A line break stands inside the segment; it is not part of the content.",
  ],
  "release-at-line-break": [
    "warning",
    22,
    "Et frigivelsestegn står lige før et linjeskift; det gælder for tegnet efter linjeskiftet.",
    "A release character stands right before a line break; it applies to the character after it.",
  ],
  unterminated: [
    "error",
    13,
    "Filen slutter midt i et segment; segmenttegnet mangler.",
    "The input ends inside a segment; the segment terminator is missing.",
  ],
  "segment-too-long": [
    "error",
    39,
    "Segmentet er længere end grænsen; læsningen er standset.",
    "The segment is longer than the limit; reading has stopped.",
  ],
  "too-many-elements": [
    "error",
    16,
    "Segmentet har flere dataelementer end grænsen; læsningen er standset.",
    "The segment has more data elements than the limit; reading has stopped.",
  ],
  "interchange-too-long": [
    "error",
    39,
    "Filen er større end grænsen; læsningen er standset.",
    "The input is larger than the limit; reading has stopped.",
  ],
  "too-many-segments": [
    "error",
    35,
    "Meddelelsen har flere segmenter end grænsen; læsningen er standset.",
    "The message has more segments than the limit; reading has stopped.",
  ],
  "too-many-messages": [
    "error",
    35,
    "Der er flere meddelelser end grænsen; læsningen er standset.",
    "There are more messages than the limit; reading has stopped.",
  ],
  "too-many-findings": [
    "error",
    18,
    "Der er fundet så mange fejl, at læsningen er standset.",
    "So many errors were found that reading has stopped.",
  ],
  "tag-missing": ["error", 13, "Segmentet har ingen segmentkode.", "The segment has no tag."],
  "tag-invalid": [
    "error",
    12,
    "Segmentkoden er ikke ét stort bogstav fulgt af to store bogstaver eller cifre.",
    "The segment tag is not one capital letter followed by two capital letters or digits.",
  ],
  "segment-outside": [
    "error",
    33,
    "Segmentet står uden for en meddelelse.",
    "The segment stands outside a message.",
  ],
  "element-missing": [
    "error",
    13,
    "Et obligatorisk dataelement mangler.",
    "A mandatory data element is missing.",
  ],
  "element-repeated": [
    "error",
    35,
    "Elementet må kun stå én gang, men står flere gange.",
    "The element may stand once only, but stands several times.",
  ],
  "segment-repeated": [
    "error",
    35,
    "Segmentet må kun stå én gang i meddelelsen.",
    "The segment may stand once only in the message.",
  ],
  "element-too-long": ["error", 39, "Dataelementet er for langt.", "The data element is too long."],
  "element-too-short": ["warning", 40, "Dataelementet er for kort.", "The data element is too short."],
  "element-type": [
    "error",
    37,
    "Dataelementet indeholder andet end de tilladte cifre eller bogstaver.",
    "The data element holds other characters than the digits or messages allowed.",
  ],
  "element-value": [
    "error",
    12,
    "Dataelementet har en ugyldig værdi.",
    "The data element has an invalid value.",
  ],
  "too-many-constituents": [
    "warning",
    16,
    "Der er flere dataelementer, end segmentet har plads til.",
    "There are more data elements than the segment has room for.",
  ],
  ...edifactTexts,
  ...medcomTexts,
  ...xmlTexts,
} as const satisfies Record<string, FindingText>;

export type FindingCode = keyof typeof findingTexts;
