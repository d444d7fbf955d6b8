import { createHash } from "node:crypto";
import type { ReceiptLine } from "../parts.ts";

/** The SHA-256 of bytes, hexadecimal. */
export const sha256 = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest("hex");

/** The crash test's own reading of an interchange, independent of the product's reader, so that it does not share its faults. */
type ReadText = {
  sender: string;
  receiver: string;
  envelope: string;
  messages: { reference: string; sha256: string }[];
  receipts: ReceiptLine[];
};

const polarity = (action: string | undefined) => action !== "4";

/** Reads the receipts of an interchange of CONTRL messages; a receipt that names no message applies to `whole`. */
function readReceipts(text: string): ReceiptLine[] {
  return [
    ...text.matchAll(/UCI\+([^+']*)\+([^:+']*)[^+']*\+([^:+']*)[^+']*\+(\d)[^']*'(.*?)UNT\+/gs),
  ].flatMap(([, envelope = "", sender = "", receiver = "", whole, rest = ""]) => {
    const named = [...rest.matchAll(/UCM\+([^+']*)\+[^+']*\+(\d)/g)];
    return named.map(([, reference = "", action]) => ({
      sender,
      receiver,
      envelope,
      reference,
      isPositive: whole === "4" ? false : polarity(action),
    }));
  });
}

/** Reads an interchange with regular expressions (standard separators; no release character in ids). */
export function readText(bytes: Buffer): ReadText {
  const text = bytes.toString("latin1");
  const [, sender = "", receiver = "", envelope = ""] =
    /UNB\+[^+]*\+([^:+]*)[^+]*\+([^:+]*)[^+]*\+[^+]*\+([^+']*)/.exec(text) ?? [];
  const messages = [...text.matchAll(/UNH\+([^+]*)\+.*?UNT\+\d+\+\1'/gs)].map(([whole, reference = ""]) => ({
    reference,
    sha256: sha256(Buffer.from(whole, "latin1")),
  }));
  return { sender, receiver, envelope, messages, receipts: readReceipts(text) };
}
