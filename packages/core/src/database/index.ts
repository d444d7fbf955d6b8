/** Answers how PostgreSQL is reached: pool, migrations, notices, ids. No domain terms here. */
export {
  beforeClose,
  closeDatabase,
  type Database,
  type DatabaseOptions,
  type ExecuteNamed,
  onOneConnection,
  openDatabase,
  type ReadDatabase,
  type Transaction,
} from "./connect.ts";
export {
  type ClockState,
  type DatabaseClock,
  followDatabaseClock,
} from "./database-clock.ts";
export {
  type EmbeddedPostgres,
  runningEmbeddedPostgres,
  startEmbeddedPostgres,
  startThrowawayPostgres,
} from "./embedded-postgres.ts";
export { errorForLog, type LoggedError } from "./error-for-log.ts";
export { type FolderLock, lockFolder } from "./folder-lock.ts";
export { givesWay } from "./give-way.ts";
export { isDatabaseUrl } from "./hosts.ts";
export { newId } from "./ids.ts";
export { type Listener, listenTo } from "./listen.ts";
export { type LockName, lockText, tryLock, tryLocks, waitForLock } from "./locks.ts";
export { openLog, readLog, rotateLog } from "./log-file.ts";
export { migrateDatabase, readSchemaState, type SchemaState, schemaFault } from "./migrate.ts";
export { programRole } from "./program-role.ts";
export { asDomainError, isDatabaseAway, mayPass } from "./sql-errors.ts";
