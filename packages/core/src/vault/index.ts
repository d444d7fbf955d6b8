/** Answers how contents and personal numbers are kept unreadable at rest. */
export {
  addressHashes,
  hideAgain,
  hideDigest,
  hidePatientId,
  hideText,
  patientIdHashes,
  questionHashes,
  saidHashes,
  showDigest,
  showText,
} from "./hide.ts";
export { type KeyList, type MasterKey, readKeyList } from "./key-list.ts";
export { heldKeyring, holdKeyring, type Keyring } from "./keyring.ts";
export { type KeySources, keySettings, loadKeyring } from "./load-keyring.ts";
export { currentPayloadKey, decrypt, encrypt, openKey, type WrappedKey, wrapAgain } from "./seal.ts";
