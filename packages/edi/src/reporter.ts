import type { FindingCode } from "./finding-texts.ts";
import { type Finding, finding, type Place } from "./findings.ts";

/** Collects findings up to a limit; past it reading must stop. */
export class Reporter {
  readonly findings: Finding[] = [];
  /** Set once reading cannot go on. */
  isStopped = false;
  #errors = 0;
  #notes = 0;
  readonly #findingsMax: number;

  constructor(findingsMax: number) {
    this.#findingsMax = findingsMax;
  }

  add(code: FindingCode, at: Place): void {
    const entry = finding(code, at);
    if (entry.severity !== "error") this.#note(entry);
    else if (this.#errors++ < this.#findingsMax) this.findings.push(entry);
    else if (!this.isStopped) {
      this.findings.push(finding("too-many-findings", at));
      this.isStopped = true;
    }
  }

  // Notes beyond the limit tell nothing new; only errors end the reading.
  #note(entry: Finding): void {
    if (this.#notes++ < this.#findingsMax) this.findings.push(entry);
  }

  /** Adds a finding after which nothing more can be read. */
  stop(code: FindingCode, at: Place): void {
    this.add(code, at);
    this.isStopped = true;
  }
}
