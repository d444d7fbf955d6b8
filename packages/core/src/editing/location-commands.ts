import type { LocationFields } from "../endpoints/index.ts";
import { isReversed } from "../validity/index.ts";
import { edit, setPieces, touch } from "./draft.ts";
import { type Failure, failure } from "./problems.ts";
import type { RegisterCopy } from "./register-copy.ts";
import type { CommandOf } from "./schemas.ts";
import { changeUnit, withoutExactly } from "./unit-commands.ts";

/** Registers a location number from a day on, and gives it to its unit, where one is named that has none of its own. */
export function createLocation(
  copy: RegisterCopy,
  { gln, validFrom, validTo, unitSorId, fields }: CommandOf<"location.create">,
  at: number,
): Failure | undefined {
  if (isReversed<string>({ validFrom, validTo })) return failure("validTo", "validity-reversed");
  if (copy.locations.has(gln)) return failure("gln", "location-registered");
  const pieces = [{ validFrom, validTo, content: fields }];
  copy.locations.set(gln, { gln, isNew: true, rows: [], pieces, touchedBy: [at] });
  copy.registrations.set(gln, { gln, rows: [], pieces: [], touchedBy: [] });
  if (unitSorId === undefined) return undefined;
  const attributes = { gln, glnInherited: false };
  return changeUnit(copy, { sorId: unitSorId, validFrom, validTo, attributes }, at);
}

/** Changes some fields from a day on, or between two days. Days on which the number is not valid are not filled. */
export function changeLocation(
  copy: RegisterCopy,
  { gln, validFrom, validTo, fields }: CommandOf<"location.change">,
  at: number,
): Failure | undefined {
  const draft = copy.locations.get(gln);
  if (!draft) return failure(null, "no-such-location");
  if (isReversed<string>({ validFrom, validTo })) return failure("validTo", "validity-reversed");
  const given = Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Partial<LocationFields>;
  edit<LocationFields, string>(draft, at, { validFrom, validTo }, (held) => held && { ...held, ...given });
  return undefined;
}

/** Closes a location number from a day on; its successor is stored in the last version, so that a lookup can return it. */
export function closeLocation(
  copy: RegisterCopy,
  { gln, validFrom, successorGln }: CommandOf<"location.close">,
  at: number,
): Failure | undefined {
  const draft = copy.locations.get(gln);
  if (!draft) return failure(null, "no-such-location");
  if (successorGln === gln) return failure("successorGln", "own-successor");
  const last = draft.pieces.findLast((piece) => piece.validFrom < validFrom);
  if (!last) return failure("validFrom", "closed-before-opening");
  const validTo = last.validTo !== null && last.validTo < validFrom ? last.validTo : validFrom;
  const content = { ...last.content, successorGln };
  touch(draft, at);
  setPieces(draft, [
    ...draft.pieces.filter((piece) => piece.validFrom < last.validFrom),
    { validFrom: last.validFrom, validTo, content },
  ]);
  return undefined;
}

/** Takes periods away that must stand exactly so, and puts others back: the undo of an earlier change. */
export function restoreLocation(
  copy: RegisterCopy,
  { gln, removed, added }: CommandOf<"location.restore">,
  at: number,
): Failure | undefined {
  const draft = copy.locations.get(gln);
  if (!draft) return failure(null, "no-such-location");
  const pieces = withoutExactly<LocationFields>(draft.pieces, removed, added);
  if (!pieces) return failure(null, "changed-since");
  touch(draft, at);
  setPieces(draft, pieces);
  return undefined;
}
