/** The entity types of each kind of place, as people look for them. */
const typesOfKind = {
  "general-practice": ["394761003"],
  "specialist-practice": ["550671000005100"],
  dentist: ["550681000005102", "550691000005104"],
  pharmacy: ["264372000", "557501000005109"],
  hospital: ["22232009"],
  physiotherapy: ["547011000005103", "550861000005106", "546821000005103"],
  psychologist: ["550711000005101"],
  "home-care": ["554821000005109", "550621000005101", "42665001"],
  municipality: ["547211000005108"],
  region: ["550881000005103"],
} as const satisfies Record<string, readonly string[]>;

type UnitKind = keyof typeof typesOfKind;

/** The kinds of place. */
export const unitKinds = Object.keys(typesOfKind) as [UnitKind];

/** The type codes of a kind. */
export const typeCodesOfKind = (kind: UnitKind): readonly string[] => typesOfKind[kind];
