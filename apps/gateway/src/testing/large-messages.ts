import { createHash, randomUUID } from "node:crypto";
import { aFhirMessage, anInterchange, aVansEnvelope } from "@sor/core/testing";

export const megabyte = 1024 * 1024;
const defaultBytes = 32 * megabyte;
type Parties = { sender: string; receiver: string };

/** A file of any length: a start, a repeated piece, an end. */
export type Large = { head: Buffer; piece: Buffer; count: number; tail: Buffer };

export const lengthOf = ({ head, piece, count, tail }: Large) =>
  head.length + piece.length * count + tail.length;

/** Its bytes in order, never all in memory at once. */
export function* bytesOf({ head, piece, count, tail }: Large): Generator<Buffer> {
  yield head;
  for (let at = 0; at < count; at += 1) yield piece;
  yield tail;
}

function parted(
  text: string,
  piece: string,
  bytes: number,
  more: (count: number) => string = () => text,
): Large {
  const count = Math.floor(bytes / piece.length);
  const [head = "", tail = ""] = more(count).split("@@");
  return {
    head: Buffer.from(head, "latin1"),
    piece: Buffer.from(piece, "latin1"),
    count,
    tail: Buffer.from(tail, "latin1"),
  };
}

/** An interchange whose first message is large: about that many bytes. */
export function largeEdifact(of: Parameters<typeof anInterchange>[0], bytes = defaultBytes): Large {
  const line = `FTX+SPC+P00++${new Array(5).fill("å".repeat(70)).join(":")}'`;
  const lines = 200;
  return parted("", line.repeat(lines), bytes, (count) =>
    anInterchange(of)
      .toString("latin1")
      .replace("UNT+4+", `@@UNT+${4 + count * lines}+`),
  );
}

const withIds = (parties: Parties) => ({ ...parties, envelope: randomUUID(), message: randomUUID() });

/** A FHIR message with one long text. */
export function largeFhir(parties: Parties, bytes = defaultBytes): Large {
  const text = aFhirMessage({ ...withIds(parties), text: "@@" }).toString();
  return parted(text, "abcdefghij".repeat(6000), bytes);
}

/** A VANSEnvelope around such a message. */
export function largeVansEnvelope(parties: Parties, bytes = defaultBytes): Large {
  const text = aFhirMessage({ ...withIds(parties), text: "@@" }).toString();
  const [before = "", after = ""] = text.split("@@");
  const aligned = before + "x".repeat((3 - (Buffer.byteLength(before) % 3)) % 3);
  const envelope = aVansEnvelope(withIds(parties), {
    format: "HL7",
    name: "MCM:FDIS91",
    version: "5.0",
    payload: Buffer.from("@"),
  });
  const base64 = (part: string) => Buffer.from(part).toString("base64");
  const [head = "", tail = ""] = envelope
    .toString()
    .replace(/<SizeInBytes>\d+<\/SizeInBytes>/, "")
    .split(base64("@"));
  const piece = Buffer.from(base64("abcdef".repeat(10_000)));
  return {
    head: Buffer.from(head + base64(aligned)),
    piece,
    count: Math.floor(bytes / piece.length),
    tail: Buffer.from(base64(after) + tail),
  };
}

/** Their size in bytes and SHA-256, hexadecimal. */
export function factsOf(bytes: Iterable<Uint8Array>): { length: number; sha256: string } {
  const hash = createHash("sha256");
  let length = 0;
  for (const piece of bytes) {
    hash.update(piece);
    length += piece.byteLength;
  }
  return { length, sha256: hash.digest("hex") };
}
