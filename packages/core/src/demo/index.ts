/** Answers with an invented country, seeded and plainly demo, for trying the whole system. */
export type { DemoAccounts } from "./accounts.ts";
export { type Country, inventCountry } from "./country.ts";
export { loadCountry } from "./load-country.ts";
export { type DemoOptions, loadDemo } from "./load-demo.ts";
export { createRandom, type Random } from "./random.ts";
