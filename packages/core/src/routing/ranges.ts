type Columns = Record<string, Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>;

/**
 * Runs of rows in flat columns, one run per owner. A changed run is appended and the owner's pointer updated in one step, so a
 * reader sees the old or the new run, never a mix; garbage is compacted when it reaches a quarter.
 */
export class Ranges<C extends Columns> {
  columns: C;
  #starts = new Uint32Array(16);
  #counts = new Uint16Array(16);
  #used = 0;
  #garbage = 0;

  constructor(columns: C) {
    this.columns = columns;
  }

  get rows(): number {
    return this.#used - this.#garbage;
  }
  get bytes(): number {
    const own = this.#starts.byteLength + this.#counts.byteLength;
    return Object.values(this.columns).reduce((sum, column) => sum + column.byteLength, own);
  }
  start(owner: number): number {
    return this.#starts[owner] ?? 0;
  }
  count(owner: number): number {
    return this.#counts[owner] ?? 0;
  }

  /** Sets the owner's run of `count` rows; `fill` writes them from the start position it is given. */
  put(owner: number, count: number, fill: (columns: C, start: number) => void): void {
    if (count > 0xffff) throw new RangeError("one location has more than 65,535 rows");
    this.#reserveOwner(owner);
    this.#reserveRows(this.#used + count);
    fill(this.columns, this.#used);
    this.#garbage += this.#counts[owner] as number;
    this.#starts[owner] = this.#used;
    this.#counts[owner] = count;
    this.#used += count;
  }

  /** Compacts when more than a quarter is garbage; `owners` is the number of owners. */
  compact(owners: number): boolean {
    if (this.#garbage * 4 <= this.#used || this.#garbage < 64) return false;
    this.#copy(owners, Math.ceil((this.#used - this.#garbage) * 1.05) + 16);
    return true;
  }

  /** Copies without gaps: the number of rows of each owner, then each column in owner order. */
  dense(owners: number): (Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer>)[] {
    const counts = new Uint16Array(owners);
    for (let owner = 0; owner < owners; owner += 1) counts[owner] = this.count(owner);
    return [counts, ...Object.values(this.#gather(owners, this.rows).columns)];
  }

  /** Loads the output of `dense`. Throws when the columns have fewer rows than the owners need. */
  fill(counts: Uint16Array<ArrayBuffer>, columns: C): void {
    const rows = counts.reduce((sum, count) => sum + count, 0);
    if (Object.values(columns).some((column) => column.length !== rows)) throw new Error("rows are missing");
    this.#counts = counts;
    this.#starts = new Uint32Array(counts.length);
    let used = 0;
    for (let owner = 0; owner < counts.length; owner += 1) {
      this.#starts[owner] = used;
      used += counts[owner] as number;
    }
    this.columns = columns;
    this.#used = rows;
    this.#garbage = 0;
  }

  #copy(owners: number, capacity: number): void {
    const { columns, starts, used } = this.#gather(owners, capacity);
    this.#starts.set(starts);
    this.columns = columns;
    this.#used = used;
    this.#garbage = 0;
  }

  #gather(owners: number, capacity: number) {
    const fresh = Object.entries(this.columns).map(([name, column]) => [
      name,
      column instanceof Uint16Array ? new Uint16Array(capacity) : new Uint32Array(capacity),
    ]);
    const columns = Object.fromEntries(fresh) as C;
    const starts = new Uint32Array(Math.min(owners, this.#counts.length));
    let used = 0;
    for (let owner = 0; owner < starts.length; owner += 1) {
      const start = this.#starts[owner] as number;
      const count = this.#counts[owner] as number;
      for (const name of Object.keys(columns)) {
        const from = this.columns[name] as Uint32Array;
        const to = columns[name] as Uint32Array;
        for (let i = 0; i < count; i += 1) to[used + i] = from[start + i] as number;
      }
      starts[owner] = used;
      used += count;
    }
    return { columns, starts, used };
  }

  #reserveOwner(owner: number): void {
    if (owner < this.#starts.length) return;
    const length = Math.ceil((owner + 1) * 1.25);
    const starts = new Uint32Array(length);
    const counts = new Uint16Array(length);
    starts.set(this.#starts);
    counts.set(this.#counts);
    this.#starts = starts;
    this.#counts = counts;
  }

  #reserveRows(needed: number): void {
    const [first] = Object.values(this.columns);
    if (first && needed <= first.length) return;
    const length = Math.ceil(needed * 1.25) + 16;
    const grown = Object.entries(this.columns).map(([name, column]) => {
      const larger = column instanceof Uint16Array ? new Uint16Array(length) : new Uint32Array(length);
      larger.set(column);
      return [name, larger];
    });
    this.columns = Object.fromEntries(grown) as C;
  }
}
