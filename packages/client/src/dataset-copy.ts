import { createSetHash, type SetHash } from "./set-hash.ts";

type Line = Record<string, unknown>;

/** The files that a mirror keeps, and the member by which a line belongs to a subject. */
export const keptDatasets = {
  units: "sorId",
  successions: "fromSorId",
  locations: "gln",
  registrations: "gln",
} as const;
export type KeptDataset = keyof typeof keptDatasets;

/** The lines of one file by their subject, with the hash of them all. */
export class DatasetCopy {
  readonly #lines = new Map<string, string[]>();
  readonly #key: string;
  readonly #hash: SetHash = createSetHash();
  count = 0;

  constructor(name: KeptDataset) {
    this.#key = keptDatasets[name];
  }

  get setHash(): string {
    return this.#hash.value();
  }

  /** Adds a line of the published file, without its derived members. */
  add(text: string, derived: readonly string[]): void {
    const line = JSON.parse(text) as Line;
    for (const name of derived) delete line[name];
    const kept = JSON.stringify(line);
    const id = String(line[this.#key]);
    const known = this.#lines.get(id);
    if (known) known.push(kept);
    else this.#lines.set(id, [kept]);
    this.#hash.add(kept);
    this.count += 1;
  }

  /** Replaces all lines of a subject. */
  replace(id: string, lines: readonly Line[]): void {
    for (const line of this.#lines.get(id) ?? []) {
      this.#hash.remove(line);
      this.count -= 1;
    }
    const kept = lines.map((line) => JSON.stringify(line));
    if (kept.length > 0) this.#lines.set(id, kept);
    else this.#lines.delete(id);
    for (const line of kept) this.#hash.add(line);
    this.count += kept.length;
  }

  /** All lines in a fixed order: by subject, each subject's as they were told. */
  *text(): Generator<string> {
    const ids = [...this.#lines.keys()].sort();
    for (const id of ids) for (const line of this.#lines.get(id) ?? []) yield `${line}\n`;
  }
}
