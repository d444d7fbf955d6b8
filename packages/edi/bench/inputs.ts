import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const reference = fileURLToPath(new URL("../../../../shared/reference/medcom/pairs/", import.meta.url));

// The published parsers accept letters only in tags; the benchmark's data is changed so that they can read it.
const lettersInTags = (text: string) =>
  text.replace(
    /(^|['\r\n])([A-Z])(\d)(\d)(?=[+:'])/g,
    (_, before, a, b, c) => `${before}${a}${String.fromCharCode(65 + Number(b), 65 + Number(c))}`,
  );

const invented = `UNA:+.? '
UNB+UNOC:3+5790000120420:14+5790000128686:14+990115:1202+KUV1++++0'
UNH+BREV1+MEDDIS:D:93A:UN:D0134L+DIS01'
${"NAD+PO+291714:YNR:SFU++Lægehuset:::::US'\nDTM+137:199901151012:203'\nFTX+AL+P00++Patienten er udskrevet i går:til hjemmet.'\n".repeat(15)}UNT+47+BREV1'
UNZ+1+KUV1'
`;

const files = (kind: "edifact" | "xml") =>
  existsSync(reference)
    ? readdirSync(`${reference}${kind}`)
        .filter((name) => !name.startsWith("BIN"))
        .map((name) => new Uint8Array(readFileSync(`${reference}${kind}/${name}`)))
    : [];

const latin1 = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));

/** Single messages of about 1.5 KB: MedCom's samples if available. */
export const messages: Uint8Array[] = [
  ...files("edifact"),
  ...(existsSync(reference) ? [] : [latin1(invented)]),
].map((bytes) => latin1(lettersInTags(Buffer.from(bytes).toString("latin1"))));

export const xmlMessages: Uint8Array[] = files("xml");

/** One interchange of about 1 MB, made of the sample messages with references of their own. */
export function largeInterchange(bytesWanted = 1_000_000): Uint8Array {
  const inside = messages.flatMap((bytes) => {
    const text = Buffer.from(bytes).toString("latin1");
    const [whole, reference] = /UNH\+([^+]+)\+[\s\S]*?UNT\+\d+\+[^']*'/.exec(text) ?? [];
    return whole && reference ? [{ whole, reference }] : [];
  });
  const parts: string[] = [];
  let length = 0;
  for (let at = 0; length < bytesWanted; at++) {
    const { whole, reference } = inside[at % inside.length] as (typeof inside)[number];
    const text = `${whole.replaceAll(`+${reference}`, `+M${at}`)}\n`;
    parts.push(text);
    length += text.length;
  }
  const head = "UNA:+.? '\nUNB+UNOC:3+5790000120420:14+5790000128686:14+990115:1202+KUV1++++0'\n";
  return latin1(`${head}${parts.join("")}UNZ+${parts.length}+KUV1'\n`);
}

/** The part of a MedCom XML message from which its envelope is read. */
export function headOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString("latin1");
  const end = text.indexOf("</Receiver>");
  return text.slice(0, end + "</Receiver>".length);
}
