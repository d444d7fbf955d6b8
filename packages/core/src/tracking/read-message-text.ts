import { findMessageType } from "@sor/edi";
import { Gln } from "../identifiers/index.ts";
import type { MessageFilter } from "./schemas.ts";

/** A personal number (CPR) as it is written: a day, a month, and six digits, with or without a dash. */
const personalNumber = /^(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}-?\d{4}$/;

/** Whether a typed text looks like a personal number, which belongs in no address and no log. */
export const looksLikePersonalNumber = (text: string): boolean =>
  personalNumber.test(text.replace(/\s/g, ""));

/**
 * The filter of messages that a typed text stands for: a location number is a party on either side, a code of the catalogue a
 * message type, and everything else a key, which is a message id, an envelope id or one of the gateway's ids.
 */
export function readMessageText(text: string): Pick<MessageFilter, "party" | "messageType" | "keys"> {
  const gln = Gln.safeParse(text.replace(/\s/g, ""));
  if (gln.success) return { party: gln.data };
  const type = findMessageType(text.trim());
  return type?.code === undefined ? { keys: [text.trim()] } : { messageType: type.code };
}
