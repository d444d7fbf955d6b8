import { createHash } from "node:crypto";
import { addressHashes } from "../vault/index.ts";

const tagLength = 16;
const tagOf = (hash: string) => createHash("sha256").update(hash).digest("hex").slice(0, tagLength);
const tagsOf = (messageId: string) => addressHashes(`returned ${messageId}`).map(tagOf);

/**
 * The address to which mail about one message is sent back (VERP): `retur+ID-TAG@sor.dk`. The tag is keyed, so that nobody can
 * report for others. `base` is the address of the mailbox.
 */
export function returnAddress(base: string, messageId: string): string {
  const at = base.lastIndexOf("@");
  const id = messageId.replaceAll("-", "");
  return `${base.slice(0, at)}+${id}-${tagsOf(messageId)[0]}${base.slice(at)}`;
}

const form = new RegExp(String.raw`\+([0-9a-f]{32})-([0-9a-f]{${tagLength}})@`, "gi");

/** The id of the message whose return address stands in a text, if its tag is right; undefined otherwise. */
export function returnedMessage(text: string): string | undefined {
  for (const [, id = "", tag = ""] of text.matchAll(form)) {
    const messageId = id.toLowerCase().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
    if (tagsOf(messageId).includes(tag.toLowerCase())) return messageId;
  }
  return undefined;
}
