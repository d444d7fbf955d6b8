/** Answers what a test needs and no program may use: a database of its own, and records to put into it. */
export { anOrganisation } from "./an-organisation.ts";
export { testDatabase, testDatabaseUrl } from "./test-database.ts";
