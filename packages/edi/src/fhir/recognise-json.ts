import { defaultLimits } from "../limits.ts";
import { JsonBytes } from "./json-bytes.ts";
import { JsonScanner } from "./json-scanner.ts";

const pieceBytes = 16 * 1024;

/** Whether a JSON document is a FHIR Bundle by its member `resourceType`; it is read up to there, as far as it is valid. */
export function isBundleJson(bytes: Uint8Array): boolean {
  const input = new JsonBytes();
  const scanner = new JsonScanner({ resourceType: true }, defaultLimits, {
    byteOf: (offset) => input.byteOf(offset),
  });
  const scan = (piece: Uint8Array) => scanner.push(piece);
  for (let at = 0; at < bytes.length && !scanner.fault && scanner.texts.length === 0; at += pieceBytes)
    input.push(bytes.subarray(at, at + pieceBytes), scan);
  const { start = 0, end = 0 } = scanner.texts[0]?.range ?? {};
  const text = bytes.subarray(start, end).filter((byte) => byte !== 0);
  return new TextDecoder().decode(text) === "Bundle";
}
