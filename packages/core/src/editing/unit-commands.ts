import { isDeepStrictEqual } from "node:util";
import type { Attributes } from "../organisations/index.ts";
import { isReversed, overlaps, type Piece } from "../validity/index.ts";
import { edit, setPieces, touch } from "./draft.ts";
import { type Failure, failure } from "./problems.ts";
import type { RegisterCopy } from "./register-copy.ts";
import type { CommandOf } from "./schemas.ts";

/** Registers a unit. The days of the periods are checked by `judgeUnits` at the end. */
export function createUnit(
  copy: RegisterCopy,
  { sorId, level, validFrom, validTo, attributes }: CommandOf<"unit.create">,
  at: number,
): Failure | undefined {
  if (copy.units.has(sorId)) return failure("sorId", "sor-id-taken");
  if (isReversed<string>({ validFrom, validTo })) return failure("validTo", "validity-reversed");
  const content = { ...attributes, updatedOn: attributes.updatedOn ?? copy.today };
  copy.units.set(sorId, {
    sorId,
    level,
    firstFrom: validFrom,
    isNew: true,
    rows: [],
    pieces: [{ validFrom, validTo, content }],
    touchedBy: [at],
  });
  return undefined;
}

/**
 * Changes a unit from a day on, until another when given. Attributes left out are unchanged, also where they differ between
 * periods; days on which the unit is closed stay closed.
 */
export function changeUnit(
  copy: RegisterCopy,
  { sorId, validFrom, validTo, attributes }: Omit<CommandOf<"unit.change">, "kind">,
  at: number,
): Failure | undefined {
  const draft = copy.units.get(sorId);
  if (!draft) return failure(null, "no-such-unit");
  const window = { validFrom, validTo };
  if (isReversed<string>(window)) return failure("validTo", "validity-reversed");
  if (!draft.pieces.some((piece) => overlaps<string>(piece, window))) {
    return failure("validFrom", "unit-not-valid");
  }
  const given = Object.fromEntries(
    Object.entries(attributes).filter(([, value]) => value !== undefined),
  ) as Partial<Attributes>;
  edit<Attributes, string>(draft, at, window, (held) => {
    if (!held) return undefined;
    const wanted = { ...held, ...given };
    if (isDeepStrictEqual(held, wanted)) return held;
    return { ...wanted, updatedOn: attributes.updatedOn ?? copy.today };
  });
  return undefined;
}

/** Moves a unit below another parent from a day on. */
export function moveUnit(
  copy: RegisterCopy,
  { sorId, validFrom, parentSorId }: CommandOf<"unit.move">,
  at: number,
): Failure | undefined {
  return changeUnit(copy, { sorId, validFrom, validTo: null, attributes: { parentSorId } }, at);
}

/** Closes a unit from `validTo`, the first day on which it is no longer valid, and sets its successors. */
export function closeUnit(
  copy: RegisterCopy,
  { sorId, validTo, closing, successorSorIds }: CommandOf<"unit.close">,
  at: number,
): Failure | undefined {
  const draft = copy.units.get(sorId);
  if (!draft) return failure(null, "no-such-unit");
  if (!draft.pieces.some((piece) => piece.validFrom < validTo))
    return failure("validTo", "closed-before-opening");
  if (closing === "replaced" && successorSorIds.length === 0) {
    return failure("successorSorIds", "successor-missing");
  }
  edit<Attributes, string>(draft, at, { validFrom: validTo, validTo: null }, () => undefined);
  return closing === "replaced" ? replaceUnit(copy, { sorId, successorSorIds }, at) : undefined;
}

/** Sets all successors of a unit; those not listed are no longer successors. */
export function replaceUnit(
  copy: RegisterCopy,
  { sorId, successorSorIds }: Omit<CommandOf<"unit.replace">, "kind">,
  at: number,
): Failure | undefined {
  if (!copy.units.has(sorId)) return failure(null, "no-such-unit");
  const draft = copy.successors.get(sorId) ?? { sorId, held: [], wanted: [], touchedBy: [] };
  draft.wanted = [...new Set<string>(successorSorIds)].toSorted();
  touch(draft, at);
  copy.successors.set(sorId, draft);
  return undefined;
}

/** Takes periods away that must stand exactly so, and puts others back: the undo of an earlier change. */
export function restoreUnit(
  copy: RegisterCopy,
  { sorId, removed, added }: CommandOf<"unit.restore">,
  at: number,
): Failure | undefined {
  const draft = copy.units.get(sorId);
  if (!draft) return failure(null, "no-such-unit");
  const pieces = withoutExactly<Attributes>(draft.pieces, removed, added);
  if (!pieces) return failure(null, "changed-since");
  touch(draft, at);
  setPieces(draft, pieces);
  return undefined;
}

/** The pieces without those removed and with those added; undefined when one is missing or an added one overlaps another. */
export function withoutExactly<Content>(
  pieces: readonly Piece<Content, string>[],
  removed: readonly Piece<Content, string>[],
  added: readonly Piece<Content, string>[],
): Piece<Content, string>[] | undefined {
  const left = [...pieces];
  for (const gone of removed) {
    const index = left.findIndex((piece) => isDeepStrictEqual(piece, gone));
    if (index < 0) return undefined;
    left.splice(index, 1);
  }
  if (added.some((piece) => left.some((each) => overlaps<string>(each, piece)))) return undefined;
  return [...left, ...added];
}
