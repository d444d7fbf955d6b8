/** Which message has a reference (from 1), and the byte of the reference. */
type ReferenceUse = { readonly number: number; readonly offset: number };

/** A use of a reference; its scope is only computed if the reference is repeated. */
type Known = { readonly use: ReferenceUse; readonly scope: () => string; isTold: boolean };

/** The references used so far in an interchange, each unique within its scope. A single message allocates no map. */
export class ReferenceUses {
  #first: { readonly reference: string; readonly known: Known } | undefined;
  #uses: Map<string, Known | Known[]> | undefined;

  clear(): void {
    this.#first = undefined;
    this.#uses = undefined;
  }

  /** Adds the next message's reference; returns the uses to report as repeated: this one, and the first if not reported yet. */
  add(reference: string, use: ReferenceUse, scope: () => string = () => ""): readonly ReferenceUse[] {
    const known = { use, scope, isTold: false };
    if (!this.#first) {
      this.#first = { reference, known };
      return [];
    }
    this.#uses ??= new Map([[this.#first.reference, this.#first.known]]);
    const earlier = this.#uses.get(reference);
    if (!earlier) {
      this.#uses.set(reference, known);
      return [];
    }
    const all = Array.isArray(earlier) ? earlier : [earlier];
    const own = scope();
    const same = all.find((other) => other.scope() === own);
    if (!same) {
      this.#uses.set(reference, [...all, known]);
      return [];
    }
    const told = same.isTold ? [use] : [same.use, use];
    same.isTold = true;
    return told;
  }
}
