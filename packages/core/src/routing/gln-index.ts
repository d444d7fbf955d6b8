/** Maps a location number to an index: a hash table with open addressing in two flat arrays, about 13 bytes a location. */
export class GlnIndex {
  #slots: Uint32Array<ArrayBuffer>;
  #glns: Float64Array<ArrayBuffer>;
  #mask: number;
  #size = 0;

  constructor(expected = 0) {
    const capacity = capacityFor(expected);
    this.#slots = new Uint32Array(capacity);
    this.#mask = capacity - 1;
    this.#glns = new Float64Array(Math.max(16, expected));
  }

  get size(): number {
    return this.#size;
  }
  get bytes(): number {
    return this.#slots.byteLength + this.#glns.byteLength;
  }
  /** The numbers in index order; a view that the next `place` call may invalidate. */
  get glns(): Float64Array<ArrayBuffer> {
    return this.#glns.subarray(0, this.#size);
  }

  /** The index of a number, or -1. */
  find(gln: number): number {
    const slots = this.#slots;
    for (let at = scatter(gln) & this.#mask; ; at = (at + 1) & this.#mask) {
      const slot = slots[at] as number;
      if (slot === 0) return -1;
      if (this.#glns[slot - 1] === gln) return slot - 1;
    }
  }

  /** The index of a number, assigned now if it has none; indexes are never reused. */
  place(gln: number): number {
    const found = this.find(gln);
    if (found >= 0) return found;
    if (this.#size === this.#glns.length) {
      const grown = new Float64Array(Math.ceil(this.#glns.length * 1.5));
      grown.set(this.#glns);
      this.#glns = grown;
    }
    this.#glns[this.#size] = gln;
    this.#size += 1;
    if (this.#size * 4 > this.#slots.length * 3) this.#rehash();
    else this.#occupy(this.#size - 1);
    return this.#size - 1;
  }

  #occupy(place: number): void {
    let at = scatter(this.#glns[place] as number) & this.#mask;
    while (this.#slots[at] !== 0) at = (at + 1) & this.#mask;
    this.#slots[at] = place + 1;
  }

  #rehash(): void {
    const capacity = capacityFor(this.#size * 1.5);
    this.#slots = new Uint32Array(capacity);
    this.#mask = capacity - 1;
    for (let place = 0; place < this.#size; place += 1) this.#occupy(place);
  }
}

const capacityFor = (expected: number) => 2 ** Math.ceil(Math.log2(Math.max(16, expected * 1.34 + 1)));

/** Hashes 13-digit numbers, most of which share their first digits, to 32 bits. */
function scatter(gln: number): number {
  const low = (gln % 4_294_967_296) | 0;
  const high = (gln / 4_294_967_296) | 0;
  let mixed = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}
