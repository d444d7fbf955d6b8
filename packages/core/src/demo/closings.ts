import { startOfDayInDenmark } from "../validity/index.ts";
import type { Draft, DraftRegistration } from "./draft.ts";
import type { Random } from "./random.ts";

type Closing = { day: string; successorGln: string | null };

/** Location numbers whose closing closes whole branches of the hierarchy: no other number hangs below their unit. */
function closableGlns(draft: Draft): string[] {
  const parentOf = new Map(draft.organisations.map((unit) => [unit.sorId, unit.parentSorId]));
  const holdsOthers = new Set<string>();
  for (const unit of draft.organisations) {
    if (!unit.gln) continue;
    for (let parent = unit.parentSorId; parent; parent = parentOf.get(parent) ?? null)
      holdsOthers.add(parent);
  }
  return draft.organisations.flatMap((unit) => (unit.gln && !holdsOthers.has(unit.sorId) ? [unit.gln] : []));
}

function drawClosings(draft: Draft, keep: ReadonlySet<string>): Map<string, Closing> {
  const { random } = draft;
  const lastYear = draft.today.getUTCFullYear() - 1;
  const systemOf = new Map(draft.locations.map((location) => [location.gln, location.systemIndex]));
  const closable = closableGlns(draft).filter((gln) => !keep.has(gln));
  const closings = new Map<string, Closing>();
  for (const gln of closable) {
    if (!random.chance(0.02)) continue;
    const day = `${lastYear}-${String(random.between(1, 12)).padStart(2, "0")}-01`;
    const proposed = random.pick(closable);
    const fits = proposed !== gln && !closings.has(proposed) && systemOf.get(proposed) === systemOf.get(gln);
    closings.set(gln, { day, successorGln: fits ? proposed : null });
  }
  for (const closing of closings.values()) {
    if (closing.successorGln && closings.has(closing.successorGln)) closing.successorGln = null;
  }
  return closings;
}

function endOrSchedule(
  registration: DraftRegistration,
  closing: Closing | undefined,
  random: Random,
  nextYear: number,
): void {
  const dice = random.next();
  const firstOf = (month: number) =>
    startOfDayInDenmark(`${nextYear}-${String(month + 1).padStart(2, "0")}-01`);
  if (closing) registration.validTo = startOfDayInDenmark(closing.day);
  else if (dice < 0.01) registration.validFrom = firstOf(random.between(0, 5));
  else if (dice < 0.02) registration.validTo = firstOf(random.between(0, 11));
}

/** A few locations are closed, some with a successor; some types are coming, some ending: as in a real register. */
export function closeAndSchedule(draft: Draft, keep: ReadonlySet<string>): void {
  const { random } = draft;
  const nextYear = draft.today.getUTCFullYear() + 1;
  const closings = drawClosings(draft, keep);
  for (const location of draft.locations) {
    const closing = closings.get(location.gln);
    if (!closing) continue;
    location.validTo = closing.day;
    location.successorGln = closing.successorGln;
  }
  for (const registration of draft.registrations) {
    if (!keep.has(registration.gln))
      endOrSchedule(registration, closings.get(registration.gln), random, nextYear);
  }
  // Parents stand before their children in the draft, so one pass closes whole branches.
  const closedUnits = new Map<string, string>();
  for (const unit of draft.organisations) {
    const day =
      (unit.gln ? closings.get(unit.gln)?.day : undefined) ??
      (unit.parentSorId ? closedUnits.get(unit.parentSorId) : undefined);
    if (!day) continue;
    unit.validTo = day;
    closedUnits.set(unit.sorId, day);
  }
}
