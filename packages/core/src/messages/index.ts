/** Answers what became of a message: taken in, routed, delivered, receipted, or why not. */
export { type Acceptance, acceptInterchange, type Submission } from "./accept-interchange.ts";
