/** Answers which of a message's content is extracted, shown, masked or indexed by patient. */
export { type CutContent, cutContent, readEnvelopeOf } from "./cut-content.ts";
export {
  findMessagesByPatient,
  type PatientQuestion,
  patientRows,
  patientRowsOf,
  rememberPatients,
} from "./patients.ts";
export { type ShownContent, showMessageContent } from "./show-content.ts";
