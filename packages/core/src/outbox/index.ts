/** Answers what receivers are still to be sent: one row per message and receiver, made once, leased and tried again. */
export { addEvents } from "./add-events.ts";
export { type CaughtMail, catchMail, findCaughtMail, listCaughtMails } from "./caught-mails.ts";
export { countUnsubscribed, type Figures, keepFigures, readFigures } from "./figures.ts";
export { putLetter, recordLetter, type TakenLetter, takeLetters } from "./letters.ts";
export { withLinks } from "./mail-links.ts";
export { mailPage, oneLine } from "./mail-page.ts";
export type { SendingOutcome } from "./next-sending.ts";
export {
  type DueEvent,
  dropWaiting,
  earlierMessages,
  packMessages,
  putIntoOutbox,
  type Receiver,
} from "./pack-messages.ts";
export {
  hasToken,
  lockReceiverOf,
  markMailWaiting,
  recordSending,
  type TakenMessage,
  takeMessages,
  tendOutbox,
} from "./send-messages.ts";
