/** Answers which identifier a text is: location number, SOR id, SHAK code, CVR, P or provider number, and whether it is valid. */
export { completeGln, Gln, hasGlnCheckDigit, RoutedGln } from "./gln.ts";
export { MailAddress, withAsciiDomain } from "./mail-address.ts";
export { Cvr, hasCvrCheckDigit, PNumber, ProviderNumber, Shak } from "./national-numbers.ts";
export { queryNumber } from "./query-number.ts";
export {
  type IdentifierKind,
  isMistypedGln,
  type RecognisedIdentifier,
  recogniseIdentifier,
} from "./recognise.ts";
export { singleLine } from "./single-line.ts";
export { hasSorCheckDigit, makeSorId, SorCode, SorId } from "./sor-id.ts";
export { Uuid } from "./uuid.ts";
