import { preparedAtOf } from "../edifact/prepared-at.ts";
import type { MessageEnvelope } from "../envelope.ts";
import type { FindingCode } from "../finding-texts.ts";
import { glnFault } from "../medcom/gln.ts";
import { findMessageType } from "../medcom/message-types.ts";
import type { Placed } from "../placed.ts";
import { ReferenceUses } from "../reference-uses.ts";

/** The values of Envelope. */
export type EnvelopeValues = {
  readonly at: number;
  reference: Placed;
  acknowledgement: Placed;
  date: Placed;
  time: Placed;
  timeWithSeconds: Placed;
};

/** The values of a message. */
export type LetterValues = {
  reference: Placed;
  version: Placed;
  type: Placed;
  statistical: Placed;
  sender: Placed;
  receiver: Placed;
};
/** A message, and the bytes at which it begins and ends; the end is negative if it is missing. */
export type Letter = LetterValues & { readonly start: number; end: number };

/** Reports an error at a path and a byte, with the message number if it is in a message. */
export type ReportEmessage = (code: FindingCode, path: string, at: number, message?: number) => void;

/** MedCom's schema has ids of 1 to 14 characters, as EDIFACT has them. */
const identifierMax = 14;
const acknowledgementCodes: ReadonlySet<string> = new Set(["pluspositivkvitt", "minuspositivkvitt"]);

/** Checks the values of a MedCom XML envelope, like UNB; `preparedAt` is its time, if valid. */
export function checkEnvelope(
  { reference, acknowledgement, date }: EnvelopeValues,
  preparedAt: string | undefined,
  report: ReportEmessage,
): void {
  const path = "/Emessage/Envelope";
  checkIdentifier(reference, (code) => report(code, `${path}/Identifier`, reference.at));
  if (!preparedAt) report("element-value", `${path}/Sent`, date.at);
  if (acknowledgementCodes.has(acknowledgement.text)) return;
  const code = acknowledgement.text === "" ? "element-missing" : "element-value";
  report(code, `${path}/AcknowledgementCode`, acknowledgement.at);
}

/** Checks the values of the messages, like UNH; `messages` are the same messages as read. */
export function checkLetters(
  letters: readonly Letter[],
  messages: readonly MessageEnvelope[],
  report: ReportEmessage,
): void {
  const uses = new ReferenceUses();
  for (const [at, letter] of letters.entries()) {
    const message = messages[at] as MessageEnvelope;
    checkLetter(letter, message, (code, place, { at: offset }) => report(code, place, offset, at + 1));
    if (message.reference === "") continue;
    const use = { number: at + 1, offset: letter.reference.at };
    for (const { number, offset } of uses.add(message.reference, use))
      report("duplicate-message", "Letter/Identifier", offset, number);
  }
}

function checkIdentifier({ text }: Placed, report: (code: FindingCode) => void): void {
  if (text === "") report("element-missing");
  else if (text.length > identifierMax) report("element-too-long");
}

type ReportPlaced = (code: FindingCode, path: string, at: Placed) => void;

function checkLetter(letter: Letter, message: MessageEnvelope, report: ReportPlaced): void {
  const { reference, version, sender, receiver, type, statistical } = letter;
  checkIdentifier(reference, (code) => report(code, "Letter/Identifier", reference));
  if (version.text === "") report("element-missing", "Letter/VersionCode", version);
  for (const [name, party] of [["Sender", sender] as const, ["Receiver", receiver] as const]) {
    const fault = party.text === "" ? "element-missing" : glnFault({ id: party.text, qualifier: "14" });
    if (fault) report(fault, `${name}/EANIdentifier`, party);
  }
  const areOne = type.text === "" || withX(statistical.text).startsWith(withX(type.text));
  if (statistical.text !== "" && !areOne)
    report("message-type-mismatch", "Letter/StatisticalCode", statistical);
  checkType(letter, message, report);
}

function checkType(letter: Letter, { code, type: found }: MessageEnvelope, report: ReportPlaced): void {
  const { version, type, statistical } = letter;
  if (found?.status === "superseded") report("version-superseded", "Letter/VersionCode", version);
  if (found) return;
  const stated = type.text === "" ? statistical : type;
  if (!code || !findMessageType(code)) report("type-unknown", "Letter/TypeCode", stated);
  else if (version.text) report("version-unknown", "Letter/VersionCode", version);
}

/** The message's type: receipts have no TypeCode, and some files write the statistical code without X. */
export function codeOf({ type, statistical }: LetterValues): string {
  return withX(type.text || statistical.text);
}

const withX = (code: string) =>
  code !== "" && !code.startsWith("X") && findMessageType(`X${code}`) ? `X${code}` : code;

/** Date and time of Sent as ISO 8601; undefined if there is no such date or time. */
export function momentOf(values: EnvelopeValues): string | undefined {
  const date = values.date.text;
  const time = values.time.text || values.timeWithSeconds.text;
  if (!/^\d{4}-\d\d-\d\d$/.test(date) || !/^\d\d:\d\d(?::[0-5]\d)?$/.test(time)) return undefined;
  const moment = preparedAtOf(date.replaceAll("-", ""), time.slice(0, 2) + time.slice(3, 5));
  return moment && `${date}T${time}`;
}
