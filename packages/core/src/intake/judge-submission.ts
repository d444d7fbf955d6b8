import type { Finding, InterchangeEnvelope, MessageEnvelope } from "@sor/edi";
import type { DuplicateCase } from "../acceptance/index.ts";
import {
  type AcceptancePlan,
  loadReceivers,
  type MessageRoute,
  planAcceptance,
  type SupplierOf,
} from "../acceptance/index.ts";
import type { Context } from "../context.ts";
import type { ReadDatabase } from "../database/index.ts";
import { isHindrance, type Part } from "../messages/index.ts";
import { may, type Subject } from "../permissions/index.ts";
import type { ReceiptContent } from "../receipts/index.ts";
import { type Correlation, correlateReceipts, type ReceiptQuestion } from "../receipts/index.ts";

/** A finding of the parser, or one of the gateway. */
export type ReportedFinding = Omit<Finding, "code"> & { code: string };

/** The subject as which a part is sent: its own sender decides. */
export function senderSubject(supplierOf: SupplierOf, { reference, sender }: InterchangeEnvelope): Subject {
  const supplierId = supplierOf(sender.id) ?? undefined;
  return { type: "interchange", id: reference, glns: [sender.id], supplierId };
}

/** The parts whose senders the actor may not send for. */
export function findForbidden(
  { actor, now }: Pick<Context, "actor" | "now">,
  parts: readonly Part[],
  supplierOf: SupplierOf,
): Part[] {
  return parts.filter(
    ({ envelope }) => !may(actor, "interchange.send", senderSubject(supplierOf, envelope), now),
  );
}

const findingsMax = 100;

/** For parts that the actor may not send: findings that name the sender's element and, in MedCom XML, the message. */
export function forbiddenFindings(parts: readonly Part[]): ReportedFinding[] {
  const places = parts.flatMap(({ envelope, positions }) => placesOfSender(envelope, positions));
  return places.slice(0, findingsMax).map((at) => ({
    code: "sender-not-allowed",
    severity: "error",
    at,
    textDa: "Nøglen må ikke sende for den afsender, der står her.",
    textEn: "The key may not send for the sender that stands here.",
  }));
}

function placesOfSender(
  { form, edifact, messages }: InterchangeEnvelope,
  positions: readonly number[],
): Finding["at"][] {
  const whole = { interchange: 1, offset: 0 };
  switch (form) {
    case "EDIFACT":
      return [
        { ...whole, element: 2, component: 1, path: "UNB/S002/0004", offset: edifact?.header.start ?? 0 },
      ];
    case "XML":
      return messages.map(({ range }, index) => ({
        interchange: 1,
        message: (positions[index] ?? 0) + 1,
        path: "Sender/EANIdentifier",
        offset: range.start,
      }));
    case "VANSEnvelope":
      return [{ ...whole, path: "/VANSEnvelope/SenderID" }];
    case "SBDH":
      return [
        { ...whole, path: "/StandardBusinessDocument/StandardBusinessDocumentHeader/Sender/Identifier" },
      ];
    case "FHIR":
      return [{ ...whole, path: "MessageHeader.sender" }];
  }
}

/**
 * The findings as reported to the sender, errors first: an error means that something was refused. Errors in carried content are
 * for the receiver to judge, and messages seen before are not checked again: both become warnings. `fresh` are the numbers of the
 * newly accepted messages, from 1.
 */
export function toldFindings(
  findings: readonly Finding[],
  fresh: ReadonlySet<number>,
  most = findingsMax,
): ReportedFinding[] {
  const isFresh = ({ at }: Finding) => (at.message === undefined ? fresh.size > 0 : fresh.has(at.message));
  const isRefused = (entry: Finding) => isHindrance(entry) && isFresh(entry);
  const others = findings.filter((entry) => !isRefused(entry)).map(asWarning);
  return [...findings.filter(isRefused), ...others].slice(0, most);
}

/** The same finding as a warning. */
export const asWarning = <F extends ReportedFinding>(entry: F): F =>
  entry.severity === "error" ? { ...entry, severity: "warning" } : entry;

/** The decision for the messages of a part. */
export type JudgedPart = {
  cases: readonly DuplicateCase[];
  correlations: readonly Correlation[];
  plan: AcceptancePlan;
  /** Where a message of the part goes by its type and version, regardless of other findings. */
  route: (message: MessageEnvelope) => MessageRoute;
};

/** Decides what becomes of a part that its sender may send and whose ids are acceptable; used by acceptance and by dry runs. */
export async function judgePart(
  db: ReadDatabase,
  { actor, now }: Pick<Context, "actor" | "now">,
  question: {
    part: Part;
    cases: readonly DuplicateCase[];
    /** The receipts of the whole submission. */
    receipts: readonly ReceiptContent[];
    messagesOf: ReceiptQuestion["messagesOf"];
  },
): Promise<JudgedPart> {
  const { part, cases, messagesOf } = question;
  const { envelope } = part;
  const indexOf = new Map(part.positions.map((position, index) => [position, index]));
  const receipts = question.receipts.flatMap((receipt) => {
    const position = indexOf.get(receipt.position);
    // A receipt that is refused itself is ignored.
    return position === undefined || part.refused.has(position) ? [] : [{ ...receipt, position }];
  });
  const correlations = await correlateReceipts(db, { receipts, envelope, cases, actor, messagesOf });
  const { receiver } = envelope;
  const routeOf = await loadReceivers(db, [receiver.id], now);
  const route = (message: MessageEnvelope) => routeOf(receiver, message);
  const contradicting = new Set(
    correlations.filter(({ contradicts }) => contradicts).map(({ position }) => position),
  );
  return { cases, correlations, route, plan: planAcceptance({ part, cases, route, contradicting }) };
}
