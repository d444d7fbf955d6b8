import { Unzip, UnzipInflate } from "fflate";
import { TableFault } from "./cells.ts";

const entriesMax = 500;
// Deflate makes at most about a thousand bytes of one: what one step unpacks stays within a few megabytes.
const stepBytes = 4096;

/** One piece of an unpacked entry. */
type Piece = { name: string; bytes: Uint8Array };

/**
 * Unpacks the entries of a zip file that `bytesMax` gives a size, piece by piece; `seen` is told the name of each entry first. Throws
 * `TableFault` for a file that is none, has too many entries, or an entry with more bytes than that, however little is packed.
 */
export function* unzip(
  bytes: Uint8Array,
  bytesMax: (name: string) => number | undefined,
  seen: (name: string) => void = () => undefined,
): Generator<Piece> {
  let pieces: Piece[] = [];
  let fault: TableFault | undefined;
  let entries = 0;
  const zip = new Unzip((file) => {
    entries += 1;
    if (entries > entriesMax) throw new TableFault("file-too-large");
    seen(file.name);
    const most = bytesMax(file.name);
    if (most === undefined) return;
    let length = 0;
    // The library catches what is thrown here.
    file.ondata = (error, chunk) => {
      if (error) fault ??= new TableFault("file-not-xlsx");
      else length += chunk.length;
      if (length > most) fault ??= new TableFault("file-too-large");
      if (!fault) pieces.push({ name: file.name, bytes: chunk });
    };
    file.start();
  });
  zip.register(UnzipInflate);
  for (let at = 0; at < bytes.length; at += stepBytes) {
    try {
      zip.push(bytes.subarray(at, at + stepBytes), at + stepBytes >= bytes.length);
    } catch (error) {
      throw error instanceof TableFault ? error : new TableFault("file-not-xlsx");
    }
    if (fault) throw fault;
    yield* pieces;
    pieces = [];
  }
}
