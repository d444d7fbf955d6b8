import { publishVersion, readVersion } from "./folder.ts";
import { AnswerError, type Origin, pause } from "./http.ts";
import { findSnapshot, RegisterCopy } from "./register-copy.ts";

export type MirrorOptions = Omit<Origin, "signal"> & {
  /** The folder; its `current` leads to the newest whole version. */
  to: string;
  /** Seconds between questions; 5 by default. With a key the gateway is asked to wait instead. */
  pollSeconds?: number | undefined;
  /** Seconds between new versions of the folder at least; 10 by default. */
  publishSeconds?: number | undefined;
  /** Publish also when units are gone in a number that looks like a fault. */
  isForced?: boolean | undefined;
  onProblem?: ((error: unknown) => void) | undefined;
};

export type MirrorState = {
  /** Journal number of the current version; -1 before there is one. */
  sequence: number;
  /** When the copy was last known to be the register, milliseconds since 1970; 0 before. */
  freshAt: number;
  /** How often the copy was at the number of a snapshot with other hashes, and was loaded anew. */
  differences: number;
};

export type Mirror = {
  state: () => MirrorState;
  /** Resolves when it has ended; rejects when it was held, see `MirrorHeld`. */
  ended: Promise<void>;
  stop: () => void;
};

/** So many units are gone at once that a person must look: run again with `isForced`. */
export class MirrorHeld extends Error {}

const goneMost = 50;
const gonePart = 0.25;
const waitSeconds = 25;
const proveMilliseconds = 600_000;
/** How many places of the journal are remembered with their hashes, to be compared with a snapshot. */
const rememberedMost = 10_000;

class Following {
  readonly #options: MirrorOptions;
  readonly #origin: Origin & { signal: AbortSignal };
  #copy: RegisterCopy | undefined;
  #published = { position: "", units: 0, at: 0 };
  #seen = new Map<string, string>();
  #provenAt = 0;
  state: MirrorState = { sequence: -1, freshAt: 0, differences: 0 };

  constructor(options: MirrorOptions, signal: AbortSignal) {
    this.#options = options;
    this.#origin = { ...options, signal };
  }

  /** Takes over what the folder has, if it is whole. */
  async begin(): Promise<void> {
    const copy = await readVersion(this.#options.to);
    if (!copy) return;
    this.#copy = copy;
    this.#published = { position: copy.position, units: this.#unitsOf(copy), at: Date.now() };
    this.state = { ...this.state, sequence: copy.sequence };
  }

  /** Brings the copy to the end of the feed, and the folder with it when that is due. */
  async step(waitsLong: boolean): Promise<void> {
    this.#copy ??= await this.#loadFrom(0);
    const askedAt = Date.now();
    const seconds = waitsLong && this.#origin.key !== undefined ? this.#secondsToDue() : 0;
    try {
      const rebase = await this.#copy.advance(this.#origin, seconds);
      if (rebase !== undefined) {
        this.#copy = await this.#loadFrom(rebase);
        return await this.step(false);
      }
    } catch (error) {
      // This journal is not the one that the copy is of: begin again from a snapshot.
      if (!(error instanceof AnswerError && error.status === 410)) throw error;
      this.#copy = await this.#loadFrom(0);
      return;
    }
    this.state = { ...this.state, freshAt: seconds > 0 ? Date.now() : askedAt };
    await this.#prove();
    if (this.#copy && this.#secondsToDue() === 0) await this.publish();
  }

  /** For how many seconds the folder may stay as it is: until its last version is old enough, if it is behind. */
  #secondsToDue(): number {
    const { publishSeconds = 10 } = this.#options;
    if (this.#published.position === this.#copy?.position) return waitSeconds;
    const passed = (Date.now() - this.#published.at) / 1000;
    return Math.min(waitSeconds, Math.max(0, Math.ceil(publishSeconds - passed)));
  }

  async publish(): Promise<void> {
    const copy = this.#copy;
    if (!copy || copy.position === this.#published.position) return;
    const units = this.#unitsOf(copy);
    const gone = this.#published.units - units;
    if (!this.#options.isForced && gone >= goneMost && gone > this.#published.units * gonePart)
      throw new MirrorHeld(
        `${gone} lines of units are gone at once; nothing was published. Run again with --force`,
      );
    const { sequence } = await publishVersion(this.#options.to, copy);
    this.#published = { position: copy.position, units, at: Date.now() };
    this.state = { ...this.state, sequence };
  }

  #unitsOf(copy: RegisterCopy): number {
    return copy.datasets.get("units")?.count ?? 0;
  }

  /** The newest snapshot that is of this number or later; waits until there is one. From 0, a register without snapshots is read from its feed. */
  async #loadFrom(sequence: number): Promise<RegisterCopy> {
    this.#seen.clear();
    for (;;) {
      const manifest = await findSnapshot(this.#origin);
      if (manifest && manifest.sequence >= sequence) return await RegisterCopy.load(this.#origin, manifest);
      if (!manifest && sequence === 0) return new RegisterCopy();
      await pause(1000, this.#origin.signal);
      this.#origin.signal.throwIfAborted();
    }
  }

  /** Compares with the newest snapshot, when the copy has been at its place; loads it when the hashes differ. */
  async #prove(): Promise<void> {
    const copy = this.#copy;
    if (!copy) return;
    this.#seen.delete(copy.position);
    this.#seen.set(copy.position, JSON.stringify(copy.hashes()));
    for (const position of this.#seen.keys()) {
      if (this.#seen.size <= rememberedMost) break;
      this.#seen.delete(position);
    }
    if (Date.now() - this.#provenAt < proveMilliseconds) return;
    this.#provenAt = Date.now();
    const manifest = await findSnapshot(this.#origin);
    const seen = manifest?.position && this.#seen.get(manifest.position);
    if (!seen) return;
    const told = Object.fromEntries(
      [...copy.datasets.keys()].map((name) => [
        name,
        manifest.files.find(({ dataset }) => dataset === name)?.setHash,
      ]),
    );
    if (JSON.stringify(told) === seen) return;
    this.state = { ...this.state, differences: this.state.differences + 1 };
    this.#options.onProblem?.(new Error("the copy differs from the register; it is loaded again"));
    this.#copy = await RegisterCopy.load(this.#origin, manifest);
  }
}

/** Brings the folder in step with the register once. */
export async function mirrorOnce(options: MirrorOptions): Promise<MirrorState> {
  const following = new Following({ ...options, publishSeconds: 0 }, new AbortController().signal);
  await following.begin();
  await following.step(false);
  await following.publish();
  return following.state;
}

/** Keeps a folder in step with the register until it is stopped. While the gateway cannot be reached the folder stays as it is. */
export function followRegister(options: MirrorOptions): Mirror {
  const stopping = new AbortController();
  const { signal } = stopping;
  const following = new Following(options, signal);
  /** Whether the next question may come at once: the gateway itself waits. */
  const take = async (): Promise<boolean> => {
    try {
      await following.step(true);
      return options.key !== undefined;
    } catch (error) {
      if (error instanceof MirrorHeld) throw error;
      if (!signal.aborted) options.onProblem?.(error);
      return false;
    }
  };
  const follow = async () => {
    await following.begin();
    while (!signal.aborted) {
      const isNext = await take();
      await pause(isNext ? 50 : (options.pollSeconds ?? 5) * 1000, signal);
    }
  };
  return { state: () => following.state, ended: follow(), stop: () => stopping.abort() };
}
