/** Answers which delivery is next at an ordered endpoint. */
export { firstOfLines } from "./lines.ts";
export { findHeadsOfLines, findHeadsOfMailbox, rememberServed } from "./take-in-order.ts";
