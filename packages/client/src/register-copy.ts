import { createHash } from "node:crypto";
import { DatasetCopy, type KeptDataset, keptDatasets } from "./dataset-copy.ts";
import { AnswerError, ask, type Origin } from "./http.ts";

type Line = Record<string, unknown>;
type Manifest = {
  name: string;
  sequence: number;
  position?: string;
  files: { dataset: string; path: string; sha256: string; setHash?: string }[];
};
type Rows = {
  units: { sorId: string; lines: Line[]; successions: Line[] }[];
  locations: { gln: string; lines: Line[]; registrations: Line[] }[];
};
type Page = {
  items: { sequence: number; entity: string }[];
  rows?: Rows;
  next: string;
  sequence: number;
  isEnd: boolean;
};

const names = Object.keys(keptDatasets) as KeptDataset[];

/** Lines of JSON as they arrive, with the SHA-256 of the bytes. */
async function* linesOf(body: ReadableStream<Uint8Array>, hash: { update: (bytes: Uint8Array) => unknown }) {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of body as unknown as AsyncIterable<Uint8Array>) {
    hash.update(piece);
    const lines = (rest + decoder.decode(piece, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/** The newest snapshot that is published; undefined when there is none. */
export async function findSnapshot(origin: Origin): Promise<Manifest | undefined> {
  try {
    return (await (await ask(origin, "/v1/snapshots/latest")).json()) as Manifest;
  } catch (error) {
    if (error instanceof AnswerError && error.status === 404) return undefined;
    throw error;
  }
}

/** The register in memory, at one place of its journal. */
export class RegisterCopy {
  readonly datasets = new Map(names.map((name) => [name, new DatasetCopy(name)]));
  position = "0";

  get sequence(): number {
    return Number.parseInt(this.position, 10);
  }
  hashes(): Record<string, string> {
    return Object.fromEntries([...this.datasets].map(([name, copy]) => [name, copy.setHash]));
  }

  /** Loads the files of a snapshot, and compares them with its manifest. Throws when one differs. */
  static async load(origin: Origin, manifest: Manifest): Promise<RegisterCopy> {
    const copy = new RegisterCopy();
    const { items } = (await (await ask(origin, "/v1/datasets")).json()) as {
      items: { name: string; columns: { name: string; isDerived?: true }[] }[];
    };
    for (const [name, dataset] of copy.datasets) {
      const file = manifest.files.find((each) => each.dataset === name);
      if (!file) throw new Error(`the snapshot has no file ${name}`);
      const columns = items.find((each) => each.name === name)?.columns ?? [];
      const derived = columns.flatMap((column) => (column.isDerived ? [column.name] : []));
      const answer = await ask(origin, `/files/snapshots/${manifest.name}/${file.path}`);
      const hash = createHash("sha256");
      if (answer.body) for await (const line of linesOf(answer.body, hash)) dataset.add(line, derived);
      if (hash.digest("hex") !== file.sha256)
        throw new Error(`${name} is not the file that the manifest names`);
      if (file.setHash && file.setHash !== dataset.setHash)
        throw new Error(`${name} was not understood: its lines are not those of the manifest`);
    }
    copy.position = manifest.position ?? String(manifest.sequence);
    return copy;
  }

  /** Reads on to the end of the feed. Gives the number of a rebase, or undefined when the copy is the register at its position. */
  async advance(origin: Origin, waitSeconds: number): Promise<number | undefined> {
    for (let isEnd = false; !isEnd; ) {
      const wait = waitSeconds > 0 ? `&wait=${waitSeconds}` : "";
      const path = `/v1/changes?after=${this.position}&rows=true&limit=1000${wait}`;
      const page = (await (await ask(origin, path, waitSeconds)).json()) as Page;
      const rebase = page.items.findLast(({ entity }) => entity === "rebase");
      if (rebase) return rebase.sequence;
      this.#apply(page);
      isEnd = page.isEnd;
    }
    return undefined;
  }

  #apply({ rows, next }: Page): void {
    if (!rows) throw new Error("the gateway told no rows");
    const of = (name: KeptDataset) => this.datasets.get(name) as DatasetCopy;
    for (const { sorId, lines, successions } of rows.units) {
      of("units").replace(sorId, lines);
      of("successions").replace(sorId, successions);
    }
    for (const { gln, lines, registrations } of rows.locations) {
      of("locations").replace(gln, lines);
      of("registrations").replace(gln, registrations);
    }
    this.position = next;
  }
}
