import { isAscii } from "node:buffer";

/** A character repertoire of ISO 9735 (data element 0001): how its bytes are decoded and which bytes it has. */
export type Charset = {
  /** Syntax identifier, such as UNOC. */
  readonly id: string;
  /** Label of the WHATWG Encoding Standard with which the text is decoded. */
  readonly encoding: string;
  /** One byte is one character. */
  readonly singleByte: boolean;
  /** Every byte of the repertoire equals its character's Unicode number, as in ISO 8859-1. */
  readonly isLatin1: boolean;
  /** 1 where the byte stands for a character of the repertoire. */
  readonly allowed: Uint8Array;
  readonly known: boolean;
};

// ISO 9735 level A: capitals, digits and these; level B adds lower case and a few more of ISO 646.
const levelA = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,-()/='+:?!\"%&*;<>";

function bytesOf(allowed: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (allowed(byte) ? 1 : 0));
}

const levelACodes = new Set([...levelA].map((letter) => letter.charCodeAt(0)));
const isLevelA = (byte: number) => levelACodes.has(byte);
const isGraphicAscii = (byte: number) => byte >= 0x20 && byte < 0x7f;

function mapped(encoding: string): Uint8Array {
  const decoder = new TextDecoder(encoding);
  return bytesOf((byte) => {
    if (byte < 0x80) return isGraphicAscii(byte);
    return byte >= 0xa0 && decoder.decode(Uint8Array.of(byte)) !== "\uFFFD";
  });
}

const single = (id: string, encoding: string, allowed: Uint8Array, known = true): Charset => ({
  id,
  encoding,
  singleByte: true,
  isLatin1: encoding === "windows-1252" && !allowed.subarray(0x80, 0xa0).includes(1),
  allowed,
  known,
});

// UNOA and UNOB: separators 0x1C to 0x1F are allowed by the caller, which knows the separators in use.
const makers: Record<string, () => Charset> = {
  UNOA: () => single("UNOA", "windows-1252", bytesOf(isLevelA)),
  UNOB: () => single("UNOB", "windows-1252", bytesOf(isGraphicAscii)),
  UNOC: () =>
    single(
      "UNOC",
      "windows-1252",
      bytesOf((byte) => isGraphicAscii(byte) || byte >= 0xa0),
    ),
  UNOD: () => single("UNOD", "iso-8859-2", mapped("iso-8859-2")),
  UNOE: () => single("UNOE", "iso-8859-5", mapped("iso-8859-5")),
  UNOF: () => single("UNOF", "iso-8859-7", mapped("iso-8859-7")),
  UNOG: () => single("UNOG", "iso-8859-3", mapped("iso-8859-3")),
  UNOH: () => single("UNOH", "iso-8859-4", mapped("iso-8859-4")),
  UNOI: () => single("UNOI", "iso-8859-6", mapped("iso-8859-6")),
  UNOJ: () => single("UNOJ", "iso-8859-8", mapped("iso-8859-8")),
  UNOK: () => single("UNOK", "iso-8859-9", mapped("iso-8859-9")),
  UNOX: () =>
    single(
      "UNOX",
      "windows-1252",
      bytesOf((byte) => byte >= 0x20 || byte === 0x1b),
    ),
  // ISO 9735 of 1998: W is ISO 10646-1 in UTF-8 by its name, Y without code extension; both are sent as UTF-8.
  UNOW: () => utf8Charset("UNOW"),
  UNOY: () => utf8Charset("UNOY"),
};

function utf8Charset(id: string): Charset {
  return {
    id,
    encoding: "utf-8",
    singleByte: false,
    isLatin1: false,
    allowed: bytesOf((byte) => byte >= 0x20 && byte !== 0x7f),
    known: true,
  };
}

const made = new Map<string, Charset>();

/** The repertoire of a syntax identifier (ISO 9735 data element 0001); an unknown one is read as windows-1252. */
export function charsetOf(id: string): Charset {
  const cached = made.get(id);
  if (cached) return cached;
  const maker = Object.hasOwn(makers, id) ? makers[id] : undefined;
  const charset = maker?.() ?? { ...single(id, "windows-1252", anyText, false) };
  if (maker) made.set(id, charset);
  return charset;
}

const anyText = bytesOf((byte) => byte >= 0x20);

type Decoder = InstanceType<typeof TextDecoder>;

const decoders = new Map<string, Decoder>();

/** A decoder for a WHATWG encoding label that replaces what it cannot decode. */
export function decoderFor(encoding: string): Decoder {
  let decoder = decoders.get(encoding);
  if (!decoder) {
    decoder = new TextDecoder(encoding, { ignoreBOM: true });
    decoders.set(encoding, decoder);
  }
  return decoder;
}

/** Decodes bytes of a repertoire; with `isForeign`, bytes outside the repertoire may be among them. */
export function textIn(charset: Charset, bytes: Uint8Array, isForeign = false): string {
  if (!charset.isLatin1 || isForeign) return decoderFor(charset.encoding).decode(bytes);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}

/** Decodes windows-1252. Bytes where it differs from ISO 8859-1 are rare, and ISO 8859-1 is decoded much faster. */
export function decodeWindows1252(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  return !isAscii(bytes) && /[\x80-\x9f]/.test(text) ? decoderFor("windows-1252").decode(bytes) : text;
}

const encoders = new Map<string, Map<string, number>>();

function encoderFor(encoding: string): Map<string, number> {
  let map = encoders.get(encoding);
  if (!map) {
    const all = decoderFor(encoding).decode(Uint8Array.from({ length: 256 }, (_, byte) => byte));
    map = new Map([...all].flatMap((letter, byte) => (letter === "\uFFFD" ? [] : [[letter, byte] as const])));
    encoders.set(encoding, map);
  }
  return map;
}

/** Encodes text in a repertoire; returns the position of the first character that it does not have instead. */
export function encode(text: string, encoding: string): Uint8Array | { readonly unencodable: number } {
  if (encoding === "utf-8") {
    return text.isWellFormed() ? new TextEncoder().encode(text) : { unencodable: 0 };
  }
  const map = encoderFor(encoding);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const byte = code < 0x80 ? code : map.get(text.charAt(at));
    if (byte === undefined) return { unencodable: at };
    bytes[at] = byte;
  }
  return bytes;
}
