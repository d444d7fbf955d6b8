/** What a form says of one registration, each as text: where, from which day (empty where it has begun), to which day. */
export type RegistrationFields = { endpoint: string; from: string; to: string };

/** What somebody saw of one registration, and what they want of it; null where it is to end. */
export type RegistrationEdit = {
  /** Type, version and direction. */
  key: string;
  /** When it begins, by which two of one key are told apart. */
  start: string;
  seen: RegistrationFields;
  wanted: RegistrationFields | null;
};

/** A registration as it is now. */
export type PresentRegistration = { key: string; start: string; fields: RegistrationFields };

/** One registration after both changes; `edit` and `present` are the places in what was given. */
export type MergedRegistration = {
  edit: number | null;
  present: number | null;
  wanted: RegistrationFields | null;
  /** What both have changed, each in another way; `end` where one ends what the other has changed. */
  collisions: ("end" | keyof RegistrationFields)[];
};

const fieldNames = ["endpoint", "from", "to"] as const;

/**
 * Puts what somebody has edited onto what others have saved meanwhile, field by field. What only one of them touched is as that one
 * has it; what both changed in different ways stays as it was edited and is told as a collision.
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
  // What somebody else has ended is gone, unless it was edited here.
  const gone = edits.flatMap((edited, edit): MergedRegistration[] =>
    used.has(edit) || edited.wanted === null || isSame(edited.seen, edited.wanted)
      ? []
      : [{ edit, present: null, wanted: edited.wanted, collisions: ["end"] }],
  );
  return [...merged, ...gone];
}

// Where a key has one registration on both sides it is the same, though its start has moved with its endpoint.
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
