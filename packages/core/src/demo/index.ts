/** Answers with an invented country, seeded and plainly demo, for trying the whole system. */
export { type Country, inventCountry } from "./country.ts";
