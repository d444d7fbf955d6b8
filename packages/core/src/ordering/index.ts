/** Answers which delivery is next where an endpoint asks for order. */
export { firstOfLines } from "./lines.ts";
export { findHeadsOfLines, findHeadsOfMailbox, rememberServed } from "./take-in-order.ts";
