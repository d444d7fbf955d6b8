/** Answers what of a message's content is cut out, shown, masked or searched by patient. */
export { type CutContent, cutContent, readEnvelopeOf } from "./cut-content.ts";
export {
  findMessagesByPatient,
  type PatientQuestion,
  patientRows,
  patientRowsOf,
  rememberPatients,
} from "./patients.ts";
export { type ShownContent, showMessageContent } from "./show-content.ts";
