/** Answers what a test needs and no program may use: a database of its own, and records to insert into it. */

export { aCertificateAuthority, aServerCertificate, type TestCertificate } from "./a-certificate.ts";
export { aLocation, anEndpoint, anInterchange, aVendor, newGln, receives } from "./a-message-route.ts";
export { aRoutingTable, routingSamples } from "./a-routing-table.ts";
export { switchingVendors, switchNow } from "./a-vendor-switch.ts";
export { aSupplier, aUser, aWorldOfVendors, wrongPasswords } from "./accounts.ts";
export { anOrganisation } from "./an-organisation.ts";
export { copyHashes, databaseContents } from "./database-contents.ts";
export { type DeliveryForm, deliveryForms } from "./deliveries.ts";
export { feedSettled } from "./feed-settled.ts";
export { lockWaits, untilLockWaits } from "./lock-waits.ts";
export { aFhirMessage, anEmessage, anEmessageOf, anSbdh, aVansEnvelope, type MessageOf } from "./messages.ts";
export {
  applySet,
  closeLocation,
  closeOrganisation,
  createOrganisation,
  draftSet,
  editingNow,
  editingToday,
  editorsOfRegister,
  registerLocation,
  replaceOrganisation,
  setApprovalRules,
  unitToCreate,
  updateLocation,
  updateOrganisation,
  withEveryChangeApproved,
} from "./register-edits.ts";
export { aSorFile, type FileOwner, manyOwners, piecesOf, sorFilePieces } from "./sor-file.ts";
export { asProgram, testDatabase, testDatabaseUrl } from "./test-database.ts";
export { testKeys } from "./test-keys.ts";
export { aPerson, type TestSide, twoSides } from "./two-sides.ts";
export { anUnfinishedServer, unfinishedBodies } from "./unfinished-answers.ts";
export { wrongClock } from "./wrong-clock.ts";
