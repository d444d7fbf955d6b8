/** Size of each hostile input. */
export const hostileBytes = 50_000_000;

/** The repeated unit of each hostile interchange. */
export const hostileUnits: readonly (readonly [name: string, unit: string])[] = [
  ["of terminators", "'"],
  ["of release characters", "?"],
  ["of element separators", "+"],
  ["in one element", "A"],
  ["in 12.5 million segments without elements", "ABC'"],
  ["of released terminators", "?'"],
  ["of line breaks", "\n"],
];

const start = "UNB+UNOC:3+A:14+B:14+250101:1200+R1'UNH+1+ORDERS:D:96A:UN'";

/** The beginning of an interchange, followed by one unit repeated. */
export function filled(unit: string, size = hostileBytes): Uint8Array {
  return repeated(start, unit, size);
}

function repeated(head: string, unit: string, size: number): Uint8Array {
  const bytes = Buffer.alloc(head.length + size);
  bytes.write(head, 0, "latin1");
  bytes.fill(unit, head.length, "latin1");
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

const root = '<Emessage xmlns="http://rep.oio.dk/medcom.dk/xml/schemas/2010/07/01/"><Envelope/><A>';

/** An Emessage with one element repeated in its message; its end is missing. */
export function xmlOf(unit: string): Uint8Array {
  return repeated(root, unit, hostileBytes);
}

/** XML that exhausts the memory or the stack of a careless reader. */
export function hostileDocuments(): readonly (readonly [name: string, bytes: Uint8Array])[] {
  const text = (value: string) => new TextEncoder().encode(value);
  const laughs = Array.from({ length: 9 }, (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`).join(
    "",
  );
  return [
    ["XML 10,000 levels deep", text(root + "<a>".repeat(10_000))],
    ["a billion laughs", text(`<!DOCTYPE Emessage [<!ENTITY l0 "ha">${laughs}]>${root}&l9;</A></Emessage>`)],
    ["50 MB of empty elements", xmlOf("<a/>")],
    ["50 MB of one text", xmlOf("A")],
    ["50 MB of one comment", repeated(`${root}<!--`, "A", hostileBytes)],
    ["50 MB of attributes", repeated(`${root}<b`, " a='1'", hostileBytes)],
    ["50 MB of comments before the root", repeated("", "<!---->", hostileBytes)],
  ];
}
