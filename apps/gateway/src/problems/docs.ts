import { Problem, type ProblemCode, problems, problemValue } from "./index.ts";

export type { ProblemCode } from "./index.ts";

type Documented = Record<
  number,
  {
    description: string;
    content: {
      "application/problem+json": { schema: typeof Problem; examples: Record<string, { value: Problem }> };
    };
  }
>;

/** Additional members of particular problems; shown in their examples. */
const extras: Partial<Record<ProblemCode, Record<string, unknown>>> = {
  invalid: { errors: [{ parameter: "unheardOf", detail: "unknown" }] },
  "not-signed-in": { reason: "missing" },
  "gln-closed": { gln: "5790000123117", validTo: "2025-12-31T23:00:00Z", successor: "5790000123223" },
  "gln-withdrawn": { gln: "5790000123117", validTo: "2025-12-31T23:00:00Z", successor: null },
  "version-not-supported": { supportedVersions: ["D9134L"] },
  "type-not-supported": { alternatives: [{ kind: "format", messageType: "XDIS91", version: "XD9134L" }] },
  "not-yet-valid": { validFrom: "2027-01-01T00:00:00Z" },
  ambiguous: { candidates: [{ sorId: "311000016009", name: "Klinik Eksempel", gln: "5790000123117" }] },
  "endpoint-in-use": { locationNumbers: 12 },
  "too-many-secrets": { most: 5, endsAt: "2026-03-03T10:00:00.000Z" },
  "too-large": { bytesMax: 1_048_576 },
  "offset-gone": { begin: "WzE4MDcwNzU2NDAyMTk2OTgsNDEyXQ" },
};

/** The `responses` entries of problems for a route's description, grouped by status, each with an example. */
export function problemResponses(...codes: readonly ProblemCode[]): Documented {
  const documented: Documented = {};
  // A body that can be too large can also be too slow.
  const all = codes.includes("too-large") ? [...codes, "too-slow" as const] : codes;
  for (const code of all) {
    const { status, title } = problems[code];
    const value = problemValue(code, "en", { more: { ...extras[code], requestId: exampleRequestId } });
    const entry = documented[status] ?? {
      description: title.en,
      content: { "application/problem+json": { schema: Problem, examples: {} } },
    };
    if (documented[status]) entry.description += ` · ${title.en}`;
    entry.content["application/problem+json"].examples[code] = { value };
    documented[status] = entry;
  }
  return documented;
}

const exampleRequestId = "0196f1f0-7a3c-7e8e-9d5b-0c5b8e1f2a34";
