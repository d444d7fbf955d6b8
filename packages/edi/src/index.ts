/** Reads, checks and builds the messages of Danish health care: bytes in, values out, nothing else touched. */
export type { MessageFormat, MessageType, ReceiptRule } from "./medcom/message-types.ts";
export { findMessageType, messageTypes, twinOf } from "./medcom/message-types.ts";
