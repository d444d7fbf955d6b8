import { isDeepStrictEqual } from "node:util";
import type { Attributes, HeldSuccessor, SuccessorShare } from "../organisations/index.ts";
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
    withdrawal: { held: [], wanted: [] },
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

/**
 * Closes a unit from `validTo`, the first day on which it is no longer valid, sets its successors, and notes when it should never
 * have been there; that can be said of a unit that has closed, too.
 */
export function closeUnit(
  copy: RegisterCopy,
  { sorId, validTo, closing, successors, reason }: CommandOf<"unit.close">,
  at: number,
): Failure | undefined {
  const draft = copy.units.get(sorId);
  if (!draft) return failure(null, "no-such-unit");
  if (!draft.pieces.some((piece) => piece.validFrom < validTo))
    return failure("validTo", "closed-before-opening");
  if (closing === "replaced" && successors.length === 0) return failure("successors", "successor-missing");
  const isError = closing === "registered-in-error";
  if (isError && reason === null) return failure("reason", "withdrawal-reason-missing");
  edit<Attributes, string>(draft, at, { validFrom: validTo, validTo: null }, () => undefined);
  if (isError && reason !== null) draft.withdrawal.wanted = [{ reason, validTo }];
  return successors.length > 0 && closing !== "ended"
    ? replaceUnit(copy, { sorId, successors }, at)
    : undefined;
}

const inOrder = (successors: readonly HeldSuccessor[]): HeldSuccessor[] =>
  successors.toSorted((a, b) => Number(a.sorId > b.sorId) - Number(a.sorId < b.sorId));

/** Sets all successors of a unit; those not listed are no longer successors. */
export function replaceUnit(
  copy: RegisterCopy,
  { sorId, successors }: Omit<CommandOf<"unit.replace">, "kind">,
  at: number,
): Failure | undefined {
  if (!copy.units.has(sorId)) return failure(null, "no-such-unit");
  const usual = successors.length === 1 ? "all" : "part";
  const said = new Map<string, SuccessorShare>(successors.map((each) => [each.sorId, each.share ?? usual]));
  if (said.size > 1 && [...said.values()].includes("all")) return failure("successors", "successor-shares");
  setSuccessors(
    copy,
    sorId,
    [...said].map(([id, share]) => ({ sorId: id, share })),
    at,
  );
  return undefined;
}

function setSuccessors(
  copy: RegisterCopy,
  sorId: string,
  wanted: readonly HeldSuccessor[],
  at: number,
): void {
  const draft = copy.successors.get(sorId) ?? { sorId, held: [], wanted: [], touchedBy: [] };
  draft.wanted = inOrder(wanted);
  touch(draft, at);
  copy.successors.set(sorId, draft);
}

/** Takes periods away that must stand exactly so, and puts others back: the undo of an earlier change. */
export function restoreUnit(
  copy: RegisterCopy,
  { sorId, removed, added, withdrawal, successors }: CommandOf<"unit.restore">,
  at: number,
): Failure | undefined {
  const draft = copy.units.get(sorId);
  if (!draft) return failure(null, "no-such-unit");
  const pieces = withoutExactly<Attributes>(draft.pieces, removed, added);
  if (!pieces) return failure(null, "changed-since");
  touch(draft, at);
  setPieces(draft, pieces);
  if (withdrawal) draft.withdrawal.wanted = withdrawal;
  if (successors) setSuccessors(copy, sorId, successors, at);
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
