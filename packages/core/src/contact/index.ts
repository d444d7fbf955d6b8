/** Answers when a support is open, and sends it what people write. */
export { openState, type Support, supports } from "./opening-hours.ts";
export { EnquiryForm } from "./schemas.ts";
export { sendEnquiry } from "./send-enquiry.ts";
