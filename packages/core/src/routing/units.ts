import type { IdentifierKind } from "../identifiers/index.ts";
import { noEnd } from "./moments.ts";

/** A unit in a period, as far as routing needs it. */
export type UnitVersion = {
  readonly from: number;
  readonly to: number;
  readonly parent: string | null;
  readonly name: string;
  readonly gln: string | null;
  readonly inherits: boolean;
  readonly shak: string | null;
  readonly provider: string | null;
  readonly cvr: string | null;
  readonly pNumber: string | null;
  readonly region: string | null;
  readonly municipality: string | null;
  readonly postCode: string | null;
  /** Units that succeeded it. */
  readonly successors: readonly string[];
  /** Registered in error. */
  readonly withdrawn: boolean;
};

/** A unit's location number at one moment, and the unit it is inherited from when it is not its own. */
type UnitGln = { gln: string; inheritedFrom: string | null };

const depthMax = 64;

function identifiersOf(version: UnitVersion): string[] {
  const found: [IdentifierKind, string | null][] = [
    ["gln", version.gln],
    ["shak", version.shak],
    ["providerNumber", version.provider],
    ["cvr", version.cvr],
    ["pNumber", version.pNumber],
  ];
  return found.flatMap(([kind, value]) => (value === null ? [] : [`${kind} ${value}`]));
}

/** The register's units as far as lookups need them: their location numbers and their ancestors. */
export class Units {
  readonly #versions = new Map<string, readonly UnitVersion[]>();
  readonly #byIdentifier = new Map<string, string[]>();

  get size(): number {
    return this.#versions.size;
  }
  entries(): IterableIterator<[string, readonly UnitVersion[]]> {
    return this.#versions.entries();
  }

  /** Replaces all versions of a unit; an empty list removes it. */
  set(sorId: string, versions: readonly UnitVersion[]): void {
    for (const key of new Set(this.#versions.get(sorId)?.flatMap(identifiersOf))) {
      const rest = this.#byIdentifier.get(key)?.filter((other) => other !== sorId) ?? [];
      if (rest.length > 0) this.#byIdentifier.set(key, rest);
      else this.#byIdentifier.delete(key);
    }
    if (versions.length === 0) this.#versions.delete(sorId);
    else this.#versions.set(sorId, versions);
    for (const key of new Set(versions.flatMap(identifiersOf))) {
      const list = this.#byIdentifier.get(key);
      if (list) list.push(sorId);
      else this.#byIdentifier.set(key, [sorId]);
    }
  }

  at(sorId: string, at: number): UnitVersion | undefined {
    return this.#versions.get(sorId)?.find(({ from, to }) => from <= at && (at < to || to === noEnd));
  }

  /** A unit's last version, in force or not. */
  last(sorId: string): UnitVersion | undefined {
    return this.#versions.get(sorId)?.at(-1);
  }

  /** The units that have an identifier at a moment; a location number counts only if it is the unit's own. */
  find(kind: IdentifierKind, value: string, at: number): { sorId: string; unit: UnitVersion }[] {
    const key = `${kind} ${value}`;
    const sorIds = kind === "sorId" ? [value] : (this.#byIdentifier.get(key) ?? []);
    return sorIds.flatMap((sorId) => {
      const unit = this.at(sorId, at);
      if (!unit || (kind !== "sorId" && !identifiersOf(unit).includes(key))) return [];
      return [{ sorId, unit }];
    });
  }

  /** Units that ever had the location number as their own. */
  ownersOf(gln: string): readonly string[] {
    return this.#byIdentifier.get(`gln ${gln}`) ?? [];
  }

  /** A unit's own location number, or that of the nearest ancestor when it inherits (domain.md 1.4). */
  glnOf(sorId: string, at: number): UnitGln | undefined {
    let unit = this.at(sorId, at);
    let holder = sorId;
    for (let depth = 0; unit && depth < depthMax; depth += 1) {
      if (unit.gln !== null) return { gln: unit.gln, inheritedFrom: holder === sorId ? null : holder };
      if ((depth === 0 && !unit.inherits) || unit.parent === null) return undefined;
      holder = unit.parent;
      unit = this.at(holder, at);
    }
    return undefined;
  }

  /** Whether a unit is the root itself or lies below it. */
  isBelow(sorId: string, root: string, at: number): boolean {
    let current: string | null = sorId;
    for (let depth = 0; current !== null && depth < depthMax; depth += 1) {
      if (current === root) return true;
      current = this.at(current, at)?.parent ?? null;
    }
    return false;
  }
}
