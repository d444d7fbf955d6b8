import { DomainError } from "../errors.ts";
import type { Fault } from "../faults/index.ts";
import { type NewWave, waveMax } from "./schemas.ts";

const refused = (fault: Fault, place: number) =>
  new DomainError("invalid", fault, { field: `waves.${place}`, fault });

/**
 * The location numbers of each wave, in order: those of its list, or its share of those in no list; the last wave without either
 * gets the rest. Throws `invalid` (field `waves.N`) when their days do not follow each other from today on, a list names another
 * number, a wave is empty or too large, or numbers are left over.
 */
export function splitWaves(glns: readonly string[], waves: readonly NewWave[], today: string): string[][] {
  requireOrder(waves, today);
  const shared = withoutListed(glns, waves);
  let [taken, percent] = [0, 0];
  const split = waves.map((wave, at) => {
    if (wave.glns) return [...wave.glns];
    percent = wave.percent === null && at === waves.length - 1 ? 100 : percent + (wave.percent ?? 0);
    const part = shared.slice(taken, Math.ceil((shared.length * percent) / 100));
    taken += part.length;
    return part;
  });
  for (const [at, part] of split.entries()) {
    if (part.length === 0) throw refused("wave-empty", at);
    if (part.length > waveMax) throw refused("wave-too-large", at);
  }
  if (taken < shared.length) throw refused("waves-incomplete", waves.length - 1);
  return split;
}

function requireOrder(waves: readonly NewWave[], today: string): void {
  for (const [at, { day }] of waves.entries()) {
    if (day < today || day <= (waves[at - 1]?.day ?? "")) throw refused("waves-out-of-order", at);
  }
}

/** The location numbers that no wave lists. */
function withoutListed(glns: readonly string[], waves: readonly NewWave[]): string[] {
  const left = new Set(glns);
  for (const [at, wave] of waves.entries()) {
    for (const gln of wave.glns ?? []) if (!left.delete(gln)) throw refused("wave-not-selected", at);
  }
  return [...left];
}
