/** Answers which records and keys a test program can create; nothing here needs a running Vitest. */

export { aLocation, anEndpoint, anInterchange, aVendor, receives } from "./a-message-route.ts";
export { testKeys } from "./test-keys.ts";
export { wrongClock } from "./wrong-clock.ts";
