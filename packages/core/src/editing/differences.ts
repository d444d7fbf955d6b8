import { isDeepStrictEqual } from "node:util";
import { type LocationFields, type LocationVersion, locationContent } from "../endpoints/index.ts";
import {
  keyOf,
  lastingAfter,
  type RegistrationContent,
  type RegistrationFact,
  type RegistrationRow,
  registrationContent,
} from "../message-types/index.ts";
import {
  type Attributes,
  attributesOf,
  type HeldSuccessor,
  type UnitRecut,
  type Withdrawal,
} from "../organisations/index.ts";
import { type Piece, type Recut, reconcile, type Validity } from "../validity/index.ts";
import type {
  LocationDraft,
  RegisterCopy,
  RegistrationDraft,
  SuccessorDraft,
  UnitDraft,
} from "./register-copy.ts";

/** A period of a unit or location number with its content. */
export type Period<Content> = Validity<string> & { content: Content };

/** What changes in one unit, its successors, or one location number: the periods that go and those that come. */
export type Difference =
  | { type: "unit"; id: string; removed: Period<Attributes>[]; added: Period<Attributes>[] }
  | { type: "successors"; id: string; removed: HeldSuccessor[]; added: HeldSuccessor[] }
  | { type: "withdrawal"; id: string; removed: Withdrawal[]; added: Withdrawal[] }
  | { type: "location"; id: string; removed: Period<LocationFields>[]; added: Period<LocationFields>[] }
  | { type: "registrations"; id: string; removed: RegistrationFact[]; added: RegistrationFact[] };

/** Each changed draft with what to supersede and add. */
export type Recuts = {
  units: { draft: UnitDraft; done: UnitRecut }[];
  successors: SuccessorDraft[];
  /** Units of which it is said, or no longer said, that they were registered in error. */
  withdrawals: UnitDraft[];
  locations: { draft: LocationDraft; done: Recut<LocationVersion, LocationFields, string> }[];
  registrations: {
    draft: RegistrationDraft;
    done: RegistrationRecut;
    /** Present and coming registrations of the types that change. */
    before: RegistrationFact[];
    after: RegistrationFact[];
  }[];
};
type RegistrationRecut = Recut<RegistrationRow, RegistrationContent, Date>;

const isChanged = ({ done }: { done: { superseded: readonly unknown[]; added: readonly unknown[] } }) =>
  done.superseded.length + done.added.length > 0;

/** What is to be written so that the register becomes as the copy is. */
export function recutsOf(copy: RegisterCopy): Recuts {
  const touched = <Each extends { touchedBy: readonly number[] }>(drafts: ReadonlyMap<string, Each>) =>
    [...drafts.values()].filter((draft) => draft.touchedBy.length > 0);
  return {
    units: touched(copy.units)
      .map((draft) => ({ draft, done: reconcile(draft.rows, draft.pieces, attributesOf) }))
      .filter(isChanged),
    successors: touched(copy.successors).filter(({ held, wanted }) => !isDeepStrictEqual(held, wanted)),
    withdrawals: touched(copy.units).filter(
      ({ withdrawal: { held, wanted } }) => !isDeepStrictEqual(held, wanted),
    ),
    locations: touched(copy.locations)
      .map((draft) => ({ draft, done: reconcile(draft.rows, draft.pieces, locationContent) }))
      .filter(isChanged),
    registrations: touched(copy.registrations)
      .map((draft) => ({ draft, done: reconcile(draft.rows, draft.pieces, registrationContent) }))
      .filter(isChanged)
      .map(({ draft, done }) => ({ draft, done, ...factsOf(draft, done, copy.now) })),
  };
}

const periodOf = <Content>(content: Content, { validFrom, validTo }: Validity<string>): Period<Content> => ({
  validFrom,
  validTo,
  content,
});

/** The recuts as what people see: one difference per subject. */
export function differencesOf(recuts: Recuts): Difference[] {
  return [
    ...recuts.units.map(
      ({ draft, done }): Difference => ({
        type: "unit",
        id: draft.sorId,
        removed: done.superseded.map((row) => periodOf(attributesOf(row), row)),
        added: [...done.added],
      }),
    ),
    ...recuts.successors.map(
      ({ sorId, held, wanted }): Difference => ({
        type: "successors",
        id: sorId,
        removed: [...held],
        added: [...wanted],
      }),
    ),
    ...recuts.withdrawals.map(
      ({ sorId, withdrawal: { held, wanted } }): Difference => ({
        type: "withdrawal",
        id: sorId,
        removed: [...held],
        added: [...wanted],
      }),
    ),
    ...recuts.locations.map(
      ({ draft, done }): Difference => ({
        type: "location",
        id: draft.gln,
        removed: done.superseded.map((row) => periodOf(locationContent(row), row)),
        added: [...done.added],
      }),
    ),
    ...recuts.registrations.map(
      ({ draft, before, after }): Difference => ({
        type: "registrations",
        id: draft.gln,
        removed: before,
        added: after,
      }),
    ),
  ];
}

/** The present and coming registrations of the types that change, before and after, as a journal entry keeps them. */
function factsOf(
  { rows, pieces }: RegistrationDraft,
  done: RegistrationRecut,
  now: Date,
): { before: RegistrationFact[]; after: RegistrationFact[] } {
  const factOf = ({ content, validFrom, validTo }: Piece<RegistrationContent, Date>): RegistrationFact => ({
    ...content,
    validFrom,
    validTo,
  });
  const changed = new Set([...done.superseded, ...done.added.map((piece) => piece.content)].map(keyOf));
  const held = rows.filter((row) => changed.has(keyOf(row)));
  const wanted = pieces.filter((piece) => changed.has(keyOf(piece.content)));
  return {
    before: lastingAfter(
      now,
      held.map((row) => factOf({ ...row, content: registrationContent(row) })),
    ),
    after: lastingAfter(now, wanted.map(factOf)),
  };
}
