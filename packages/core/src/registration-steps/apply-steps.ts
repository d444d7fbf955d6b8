import { isDeepStrictEqual } from "node:util";
import {
  asWanted,
  isPair,
  keyOf,
  type RegistrationFact,
  type WantedRegistration,
} from "../message-types/index.ts";
import { compareEnds, earlier, isReversed, later, subtract } from "../validity/index.ts";
import type { RegistrationStep } from "./schemas.ts";

/** What is wanted in one period, with its beginning. */
type Piece = WantedRegistration & { validFrom: Date };
type StepOf<Kind extends RegistrationStep["step"]> = Extract<RegistrationStep, { step: Kind }>;

/**
 * What is wanted from now on when these steps are taken one after the other, in order of key and time: adjoining periods with equal
 * content are one. `lasting` is what holds now or later; its past is not touched.
 */
export function wantedAfterSteps(
  lasting: readonly RegistrationFact[],
  steps: readonly RegistrationStep[],
  now: Date,
): WantedRegistration[] {
  const held = lasting.map((fact): Piece => ({ ...asWanted(fact), validFrom: fact.validFrom }));
  const pieces = joined(steps.reduce((pieces, step) => after(pieces, step, now), held));
  return pieces.filter(({ validTo }) => compareEnds(now, validTo) < 0);
}

/** Whether steps may leave a gap: who says exactly what shall be held says what shall not be. */
export const mayInterrupt = (steps: readonly RegistrationStep[]): boolean =>
  steps.some(({ step }) => ["end", "put", "replace"].includes(step));

function after(pieces: readonly Piece[], step: RegistrationStep, now: Date): Piece[] {
  const at = "at" in step && step.at !== null ? later(step.at, now) : now;
  switch (step.step) {
    case "end":
      return pieces.flatMap((piece) => (fits(piece, step) ? until(piece, at) : [piece]));
    case "add":
      return afterAdding(pieces, step, at);
    case "move":
      return pieces.flatMap((piece) =>
        isMoved(piece, step)
          ? [
              ...until(piece, at),
              ...since(piece, at).map((rest) => ({ ...rest, endpointId: step.endpointId })),
            ]
          : [piece],
      );
    case "version":
      return inVersion(pieces, step, at);
    case "begin":
      return begun(pieces, step, { at, now });
    case "replace":
      return [
        ...pieces.flatMap((piece) => until(piece, at)),
        ...step.registrations.map((each) => ({ ...each, validFrom: later(each.validFrom ?? at, at) })),
      ];
    case "put": {
      const { messageType, version, direction, periods } = step;
      const put = periods.map((each): Piece => {
        return { messageType, version, direction, ...each, validFrom: each.validFrom ?? now };
      });
      return [...pieces.filter((piece) => !isPair(piece, step)), ...put];
    }
  }
}

type Which = { messageType: string | null; version: string | null; direction: string | null };

const fits = (piece: Piece, { messageType, version, direction }: Which) =>
  (messageType === null || piece.messageType === messageType) &&
  (version === null || piece.version === version) &&
  (direction === null || piece.direction === direction);

/** The part before an instant, and the part from it on; none where there is none. */
const until = (piece: Piece, at: Date): Piece[] =>
  piece.validFrom < at ? [{ ...piece, validTo: earlier(piece.validTo, at) }] : [];
const since = (piece: Piece, at: Date): Piece[] =>
  compareEnds(at, piece.validTo) < 0 ? [{ ...piece, validFrom: later(piece.validFrom, at) }] : [];

function afterAdding(pieces: readonly Piece[], step: StepOf<"add">, at: Date): Piece[] {
  const { messageType, version, direction, endpointId, validTo } = step;
  return [
    ...pieces.flatMap((piece) => (isPair(piece, step) ? until(piece, at) : [piece])),
    { messageType, version, direction, endpointId, validFrom: at, validTo },
  ];
}

// What is sent without an endpoint stays without one, unless the step is about what is sent.
const isMoved = (piece: Piece, step: StepOf<"move">) =>
  fits(piece, step) &&
  (step.fromEndpointId === null
    ? piece.endpointId !== null || step.direction === "send"
    : piece.endpointId === step.fromEndpointId);

// Where the new version is held already, it stays as it is.
function inVersion(pieces: readonly Piece[], step: StepOf<"version">, at: Date): Piece[] {
  const isOld = (piece: Piece) =>
    fits(piece, step) && !isPair(piece, { ...step.to, direction: piece.direction });
  const result = pieces.filter((piece) => !isOld(piece));
  for (const old of pieces.filter(isOld)) {
    for (const rest of since(old, at)) {
      const renewed = { ...rest, ...step.to };
      const taken = result.filter((piece) => isPair(piece, renewed));
      result.push(...subtract<Date>(renewed, taken).map((left) => ({ ...renewed, ...left })));
    }
    result.push(...until(old, at));
  }
  return result;
}

// The other first day holds for what ends that day as well, so that one version still follows the other.
function begun(
  pieces: readonly Piece[],
  step: StepOf<"begin">,
  { at, now }: { at: Date; now: Date },
): Piece[] {
  const coming = pieces.filter((piece) => fits(piece, step) && piece.validFrom > now);
  const first = new Map<string, Piece>();
  for (const piece of coming) {
    const known = first.get(keyOf(piece));
    if (!known || piece.validFrom < known.validFrom) first.set(keyOf(piece), piece);
  }
  const moved = [...first.values()];
  const endsWith = (piece: Piece) =>
    moved.some(
      (other) =>
        other.messageType === piece.messageType &&
        other.direction === piece.direction &&
        compareEnds(piece.validTo, other.validFrom) === 0,
    );
  return pieces
    .map((piece) => ({
      ...piece,
      ...(moved.includes(piece) && { validFrom: at }),
      ...(endsWith(piece) && { validTo: at }),
    }))
    .filter((piece) => !isReversed<Date>(piece));
}

function joined(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  const inOrder = pieces.toSorted((a, b) => {
    const [left, right] = [keyOf(a), keyOf(b)];
    return left === right ? compareEnds(a.validFrom, b.validFrom) : left < right ? -1 : 1;
  });
  for (const piece of inOrder) {
    const last = result.at(-1);
    const content = { ...piece, validFrom: last?.validFrom, validTo: last?.validTo };
    const continues = last && compareEnds(last.validTo, piece.validFrom) === 0;
    if (continues && isDeepStrictEqual(content, last))
      result[result.length - 1] = { ...last, validTo: piece.validTo };
    else result.push(piece);
  }
  return result;
}
