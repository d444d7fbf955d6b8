/** Findings of XML and JSON reading: severity, ISO 9735 code, Danish and English sentence. */
export const xmlTexts = {
  "xml-malformed": ["error", 18, "Filen er ikke velformet XML.", "The input is not well-formed XML."],
  "xml-doctype": [
    "error",
    47,
    "Filen indeholder en dokumenttypedefinition (DTD), som ikke er tilladt.",
    "The input holds a document type definition (DTD), which is not allowed.",
  ],
  "xml-too-deep": [
    "error",
    35,
    "Filens elementer ligger dybere i hinanden end grænsen; læsningen er standset.",
    "The elements of the input nest deeper than the limit; reading has stopped.",
  ],
  "xml-text-too-long": [
    "error",
    39,
    "Filen har en tekst, et navn eller en attribut, der er længere end grænsen; læsningen er standset.",
    "The input has a text, name or attribute longer than the limit; reading has stopped.",
  ],
  "xml-too-many-attributes": [
    "error",
    16,
    "Et element har flere attributter end grænsen; læsningen er standset.",
    "An element has more attributes than the limit; reading has stopped.",
  ],
  "xml-encoding": ["error", 46, "Filens tegnsæt kendes ikke.", "The encoding of the input is not known."],
  "xml-namespace": [
    "warning",
    12,
    "Rodelementets navnerum er ikke et, som formatet bruger.",
    "The namespace of the root element is not one that the format uses.",
  ],
  "form-unknown": [
    "error",
    18,
    "Filen er hverken EDIFACT, MedCom-XML, VANSEnvelope, SBDH eller en FHIR-meddelelse.",
    "The input is neither EDIFACT, MedCom XML, VANSEnvelope, SBDH nor a FHIR message.",
  ],
  "parties-differ": [
    "warning",
    12,
    "Brevene i kuverten har forskellige afsendere eller modtagere.",
    "The letters in the envelope have different senders or receivers.",
  ],
  "size-differs": [
    "warning",
    29,
    "Indholdets størrelse er en anden, end kuverten angiver.",
    "The size of the payload is not the one that the envelope states.",
  ],
  "base64-invalid": ["error", 21, "Indholdet er ikke gyldig base64.", "The payload is not valid base64."],
  "json-malformed": ["error", 18, "Filen er ikke gyldig JSON.", "The input is not valid JSON."],
  "fhir-no-header": [
    "error",
    13,
    "Bundtet begynder ikke med en MessageHeader.",
    "The bundle does not begin with a MessageHeader.",
  ],
  "fhir-several-headers": [
    "error",
    16,
    "Bundtet har mere end én MessageHeader.",
    "The bundle has more than one MessageHeader.",
  ],
  "carried-not-one-message": [
    "error",
    16,
    "Kuverten skal bære netop én FHIR-meddelelse.",
    "The envelope must carry exactly one FHIR message.",
  ],
  "carried-differs": [
    "warning",
    12,
    "Indholdets type er en anden, end kuverten angiver.",
    "The payload's type is not the one that the envelope states.",
  ],
} as const;
