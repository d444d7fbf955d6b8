/** What an app needs to start: the database, a context per request, and the errors that use cases throw. */
export {
  chooseCoding,
  codedTag,
  isCompressible,
  plainTag,
  worthCodingBytes,
} from "./content-coding.ts";
export {
  asRehearsal,
  type Change,
  type Changed,
  type ChangedSubject,
  type Context,
  change,
  createContext,
  requireAnywhere,
} from "./context.ts";
export { closeDatabase, type Database, migrateDatabase, openDatabase } from "./database/index.ts";
export { DomainError, type ErrorCode, errorCodes } from "./errors.ts";
export { englishOf, type Fault, faultTexts, isFault, type Words } from "./faults/index.ts";
export { localAddress, publicDemoFault } from "./own-address.ts";
export { decodeCursor, encodeCursor, type Page, toPage } from "./paging.ts";
export { createRequestLimit, type RequestLimit } from "./request-limit.ts";
export { securityTxt } from "./security-txt.ts";
