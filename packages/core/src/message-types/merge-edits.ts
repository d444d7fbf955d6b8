/** The form fields of one registration, as text: endpoint, start day (empty when it has begun), end day. */
export type RegistrationFields = { endpoint: string; from: string; to: string };

/** A registration as the user saw it, and as they want it; null to end it. */
export type RegistrationEdit = {
  /** Type, version and direction. */
  key: string;
  /** Its start, which distinguishes two registrations of one key. */
  start: string;
  seen: RegistrationFields;
  wanted: RegistrationFields | null;
};

/** A registration as it is now. */
export type PresentRegistration = { key: string; start: string; fields: RegistrationFields };

/** One registration after both changes; `edit` and `present` are indexes into the input. */
export type MergedRegistration = {
  edit: number | null;
  present: number | null;
  wanted: RegistrationFields | null;
  /** Fields that both changed differently; `end` when one ended what the other changed. */
  collisions: ("end" | keyof RegistrationFields)[];
};

const fieldNames = ["endpoint", "from", "to"] as const;

/**
 * Merges a user's edits with what others saved meanwhile, field by field (three-way merge). A field changed by one side only gets
 * that side's value; a field changed differently by both keeps the user's value and is reported as a collision.
 */
export function mergeEdits(
  edits: readonly RegistrationEdit[],
  present: readonly PresentRegistration[],
): MergedRegistration[] {
  const places = new Map(present.map((row, at) => [at, editOf(row, edits, present)]));
  const merged = present.map((row, at) => {
    const edit = places.get(at) ?? -1;
    const edited = edits[edit];
    if (!edited) return { edit: null, present: at, wanted: row.fields, collisions: [] };
    return { edit, present: at, ...mergeOne(edited, row.fields) };
  });
  const used = new Set(places.values());
  // Ended by somebody else: it stays ended, unless it was edited here.
  const gone = edits.flatMap((edited, edit): MergedRegistration[] =>
    used.has(edit) || edited.wanted === null || isSame(edited.seen, edited.wanted)
      ? []
      : [{ edit, present: null, wanted: edited.wanted, collisions: ["end"] }],
  );
  return [...merged, ...gone];
}

// If a key has one registration on both sides it is the same one, even if its start moved with its endpoint.
function editOf(
  row: PresentRegistration,
  edits: readonly RegistrationEdit[],
  present: readonly PresentRegistration[],
): number {
  const ofKey = edits.flatMap(({ key }, at) => (key === row.key ? [at] : []));
  const isAlone = ofKey.length === 1 && present.filter(({ key }) => key === row.key).length === 1;
  return isAlone ? (ofKey[0] ?? -1) : (ofKey.find((at) => edits[at]?.start === row.start) ?? -1);
}

const isSame = (a: RegistrationFields, b: RegistrationFields) =>
  fieldNames.every((name) => a[name] === b[name]);

function mergeOne(
  { seen, wanted }: RegistrationEdit,
  now: RegistrationFields,
): Pick<MergedRegistration, "wanted" | "collisions"> {
  if (wanted === null) return { wanted: null, collisions: isSame(seen, now) ? [] : ["end"] };
  const merged = { ...now };
  const collisions: MergedRegistration["collisions"] = [];
  for (const name of fieldNames) {
    if (wanted[name] === seen[name]) continue;
    merged[name] = wanted[name];
    if (now[name] !== seen[name] && now[name] !== wanted[name]) collisions.push(name);
  }
  return { wanted: merged, collisions };
}
