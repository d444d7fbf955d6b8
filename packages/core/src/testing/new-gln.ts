import { completeGln } from "../identifiers/index.ts";

let counter = 0;

/** A location number unique in this process, ascending. */
export function newGln(): string {
  counter += 1;
  return completeGln(`5790008${String(counter).padStart(5, "0")}`);
}
