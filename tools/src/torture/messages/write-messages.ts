import type { Random } from "@sor/core/demo";
import type { Fate, PlannedMessage } from "../parts.ts";
import { readText } from "./edifact-text.ts";

export const messageTypes = {
  discharge: { type: "DIS91", version: "D9134L", unh: "MEDDIS:D:93A:UN:D9134L" },
  referral: { type: "REF01", version: "H0130R", unh: "MEDREF:D:93A:UN:H0130R" },
} as const;
export type MessageKind = keyof typeof messageTypes;

/** A message to write: its kind, and its error if any. */
export type Draft = { reference: string; kind: MessageKind; fate: Fate };

const words = [
  "indlæggelse",
  "blodtryk",
  "kontrol",
  "ånde",
  "øre",
  "smerter",
  "medicin",
  "udskrevet",
  "æble",
];

/** Invented Danish text of that many characters, in ISO 8859-1. */
function text(random: Random, characters: number): string {
  let written = "";
  while (written.length < characters) written += `${random.pick(words)} ${random.between(0, 999)} `;
  return written;
}

function segments(draft: Draft, random: Random): string[] {
  const { unh } = messageTypes[draft.kind];
  const code = messageTypes[draft.kind].type;
  const identifier = draft.fate === "VER" ? unh.replace(/.$/, "9") : unh;
  // Most are short; some are as long as a detailed discharge letter.
  const paragraphs = random.chance(0.02) ? 300 : random.between(1, 8);
  const body = Array.from({ length: paragraphs }, () => `FTX+SPC+P00++${text(random, 60)}'`);
  const count = 3 + body.length + (draft.fate === "SYN" ? 7 : 0);
  return [
    `UNH+${draft.reference}+${identifier}+${code}'`,
    "BGM+EPI++9+NA'",
    ...body,
    `UNT+${count}+${draft.reference}'`,
  ];
}

type Envelope = { sender: string; receiver: string; reference: string; isAnswerWanted: boolean };

/** An interchange of these messages, and the messages as both sides know them. */
export function writeMessages(
  envelope: Envelope,
  drafts: readonly Draft[],
  random: Random,
): { bytes: Buffer; messages: PlannedMessage[] } {
  const { sender, receiver, reference } = envelope;
  const header = `UNB+UNOC:3+${sender}:14+${receiver}:14+260301:1201+${reference}++++${envelope.isAnswerWanted ? 1 : 0}'`;
  const body = drafts.flatMap((draft) => segments(draft, random));
  const lines = ["UNA:+.? '", header, ...body, `UNZ+${drafts.length}+${reference}'`, ""];
  const bytes = Buffer.from(lines.join("\r\n"), "latin1");
  const hashes = new Map(readText(bytes).messages.map((message) => [message.reference, message.sha256]));
  const messages = drafts.map((draft) => ({
    sender,
    receiver,
    envelope: reference,
    reference: draft.reference,
    fate: draft.fate,
    sha256: hashes.get(draft.reference) ?? "",
  }));
  return { bytes, messages };
}

/** A business receipt of the receiver (MedCom CTL02 negative, CTL03 positive) for one message; `isWhole` when it came alone. */
export function writeReceipt(
  message: { sender: string; receiver: string; envelope: string; reference: string },
  receipt: { isPositive: boolean; isWhole: boolean; reference: string },
): Buffer {
  const [kind, version, action] = receipt.isPositive ? ["CTL03", "C0330Q", "7"] : ["CTL02", "C0230Q", "4"];
  const { sender, receiver } = message;
  // ISO 9735: rejecting an interchange rejects every message in it.
  const wholeAction = receipt.isWhole ? action : "7";
  const lines = [
    "UNA:+.? '",
    `UNB+UNOC:3+${receiver}:14+${sender}:14+260301:1200+E${receipt.reference}'`,
    `UNH+M${receipt.reference}+CONTRL:D:93A:ZZ:${version}+${kind}'`,
    `UCI+${message.envelope}+${sender}:14+${receiver}:14+${wholeAction}'`,
    `UCM+${message.reference}+MEDDIS:D:93A:UN:D9134L+${action}'`,
    `UNT+4+M${receipt.reference}'`,
    `UNZ+1+E${receipt.reference}'`,
    "",
  ];
  return Buffer.from(lines.join("\r\n"), "latin1");
}
