/** Measures how fast messages are delivered, and how often in time. */
export { measureSla } from "./measure-sla.ts";
export { DeliverySla, SlaQuestion } from "./schemas.ts";
