/** Answers which mails came back, and suspends addresses that take none: return addresses, delivery reports, the rule. */
export { type Report, readReport } from "./read-report.ts";
export { recordBounce, suspendAfter } from "./record-bounce.ts";
export { returnAddress } from "./return-address.ts";
export { PostedBounce } from "./schemas.ts";
