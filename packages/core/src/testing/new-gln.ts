import { completeGln } from "../identifiers/index.ts";

let counter = 0;

/** A location number that no other call in this process gave, in rising order. */
export function newGln(): string {
  counter += 1;
  return completeGln(`5790008${String(counter).padStart(5, "0")}`);
}
