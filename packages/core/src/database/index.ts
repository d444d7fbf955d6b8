/** Answers how PostgreSQL is reached: pool, migrations, notices, ids. No domain word in it. */
export {
  closeDatabase,
  type Database,
  type DatabaseOptions,
  openDatabase,
  type ReadDatabase,
  type Transaction,
} from "./connect.ts";
export { newId } from "./ids.ts";
export { type Listener, listenTo } from "./listen.ts";
export { migrateDatabase } from "./migrate.ts";
export { asDomainError } from "./sql-errors.ts";
