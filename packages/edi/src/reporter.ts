import { type FindingCode, findingTexts } from "./finding-texts.ts";
import { type Finding, finding, type Place } from "./findings.ts";

/** Collects findings up to a limit; once it is reached reading must stop. */
export class Reporter {
  readonly findings: Finding[] = [];
  /** Set when reading cannot continue. */
  isStopped = false;
  #errors = 0;
  #notes = 0;
  readonly #findingsMax: number;

  constructor(findingsMax: number) {
    this.#findingsMax = findingsMax;
  }

  add(code: FindingCode, at: Place): void {
    if (!this.takes(code)) return;
    this.findings.push(finding(code, at));
    if (findingTexts[code][0] !== "error") this.#notes++;
    else if (++this.#errors >= this.#findingsMax && !this.isStopped) {
      this.findings.push(finding("too-many-findings", at));
      this.isStopped = true;
    }
  }

  /** Whether a finding with this code would be kept: notes beyond the limit are dropped; only errors end the reading. */
  takes(code: FindingCode): boolean {
    return findingTexts[code][0] === "error"
      ? this.#errors < this.#findingsMax
      : this.#notes < this.#findingsMax;
  }

  /** Adds a finding after which nothing more can be read. */
  stop(code: FindingCode, at: Place): void {
    this.add(code, at);
    this.isStopped = true;
  }
}
