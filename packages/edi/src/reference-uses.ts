/** Which message has a reference (from 1), and the byte at which the reference stands. */
export type ReferenceUse = { readonly number: number; readonly offset: number };

/** The references used so far in an interchange; a single message costs nothing. */
export class ReferenceUses {
  #first: { readonly key: () => string; readonly use: ReferenceUse } | undefined;
  /** The first use of each key; undefined once it has been told. */
  readonly #uses = new Map<string, ReferenceUse | undefined>();

  clear(): void {
    this.#first = undefined;
    this.#uses.clear();
  }

  /** Takes the next message's reference; gives the uses to be told as repeated: this one, and the first where it has not been told. */
  add(key: () => string, use: ReferenceUse): readonly ReferenceUse[] {
    if (!this.#first) {
      this.#first = { key, use };
      return [];
    }
    if (this.#uses.size === 0) this.#uses.set(this.#first.key(), this.#first.use);
    const text = key();
    if (!this.#uses.has(text)) {
      this.#uses.set(text, use);
      return [];
    }
    const earlier = this.#uses.get(text);
    this.#uses.set(text, undefined);
    return earlier ? [earlier, use] : [use];
  }
}
