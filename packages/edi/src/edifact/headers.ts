import { charsetOf } from "../charset.ts";
import type { ByteRange, EdifactEnvelope, InterchangeEnvelope, MessageEnvelope } from "../envelope.ts";
import type { FindingCode } from "../finding-texts.ts";
import { glnFault } from "../medcom/gln.ts";
import { isMedcomIdentifier, judgeMessageType, messageType } from "../medcom/message-rules.ts";
import { finishedGroup, type Group } from "./groups.ts";
import { idIn, partyOf } from "./party.ts";
import { preparedAtOf } from "./prepared-at.ts";
import type { Separators } from "./separators.ts";
import type { ReportElement } from "./service-segments.ts";
import type { SegmentTokens } from "./tokens.ts";

/** A message whose UNT has not been read yet. */
export type OpenMessage = {
  readonly reference: string;
  readonly unhType: string;
  readonly code: string;
  readonly version: string;
  readonly isMedcom: boolean;
  readonly identifier: readonly string[];
  readonly start: number;
  readonly group: number;
  /** CONTRL: number of UCI read so far. */
  answers: number;
};

/** An interchange whose UNZ has not been read yet. */
export type OpenInterchange = Omit<InterchangeEnvelope, "range" | "messages" | "edifact" | "preparedAt"> & {
  readonly preparedAt: string | undefined;
  readonly start: number;
  readonly header: ByteRange;
  trailer: ByteRange | undefined;
  readonly messages: MessageEnvelope[];
  readonly groups: Group[];
  readonly syntaxId: string;
  readonly syntaxVersion: number;
  readonly separators: Separators;
};

/** An open interchange with the values of UNB. */
export function openInterchange(
  tokens: SegmentTokens,
  base: number,
  start: number,
  end: number,
  separators: Separators,
): OpenInterchange {
  const syntaxId = tokens.text(1, 0);
  const request = tokens.text(9);
  const test = tokens.text(11);
  return {
    form: "EDIFACT",
    sender: partyOf(tokens, 2),
    receiver: partyOf(tokens, 3),
    reference: idIn(tokens, 5),
    preparedAt: preparedAtOf(tokens.text(4, 0), tokens.text(4, 1)),
    acknowledgementRequested: request === "1" || request === "2",
    isTest: test !== "" && test !== "0",
    encoding: charsetOf(syntaxId).encoding,
    start,
    header: { start: base + tokens.start, end },
    trailer: undefined,
    messages: [],
    groups: [],
    syntaxId,
    syntaxVersion: tokens.lengthOf(1, 1) === 1 ? tokens.integer(1, 1) : -1,
    separators,
  };
}

/** Replaces the header of an interchange without UNB. */
export function headlessInterchange(start: number, separators: Separators): OpenInterchange {
  return {
    form: "EDIFACT",
    sender: { id: "" },
    receiver: { id: "" },
    reference: "",
    preparedAt: undefined,
    acknowledgementRequested: false,
    isTest: false,
    encoding: "windows-1252",
    start,
    header: { start, end: start },
    trailer: undefined,
    messages: [],
    groups: [],
    syntaxId: "",
    syntaxVersion: 3,
    separators,
  };
}

/** Checks of UNB beyond presence, type and length of its elements. */
export function checkInterchangeHeader(
  tokens: SegmentTokens,
  open: OpenInterchange,
  report: ReportElement,
): void {
  if (open.syntaxVersion < 1 || open.syntaxVersion > 4) report("syntax-unsupported", 1, 2);
  if (!charsetOf(open.syntaxId).known) report("charset-unknown", 1, 1);
  else if (open.syntaxId === "UNOX") report("charset-extension", 1, 1);
  for (const [party, element] of [[open.sender, 2] as const, [open.receiver, 3] as const]) {
    const fault = glnFault(party);
    if (fault) report(fault, element, 1);
  }
  if (open.preparedAt === undefined && tokens.lengthOf(4, 0) > 0) report("element-value", 4, 0);
}

/** An open message with the values of UNH; group -1 if it is in none. */
export function openMessage(tokens: SegmentTokens, start: number, group: number): OpenMessage {
  const identifier: string[] = [];
  for (let at = 0; at < tokens.componentsOf(2); at++) identifier.push(tokens.text(2, at));
  const [unhType = "", number = "", release = "", agency = "", version = ""] = identifier;
  // Outside MedCom's messages element 3 of UNH is a common access reference.
  const isMedcom = isMedcomIdentifier(unhType, number, release, agency);
  const code = isMedcom ? tokens.text(3) : "";
  return {
    reference: idIn(tokens, 1),
    unhType,
    code,
    version,
    isMedcom,
    identifier,
    start,
    group,
    answers: 0,
  };
}

type Verdict = { readonly code: FindingCode; readonly element: number; readonly component: number };

/** Checks UNH against MedCom's rules for every message; undefined if it is valid or the message is not a MedCom message. */
export function judgeMessage(message: OpenMessage): Verdict | undefined {
  const { unhType, code, version, isMedcom } = message;
  if (!isMedcom) return undefined;
  const verdict = judgeMessageType(unhType, code, version);
  if (verdict === undefined) return undefined;
  if (verdict === "type-unknown") return { code: verdict, element: 3, component: 1 };
  return { code: verdict, element: 2, component: verdict === "type-mismatch" ? 1 : 5 };
}

type Draft<T> = { -readonly [K in keyof T]: T[K] };

/** The envelope of a complete message; its parties are those of its interchange. */
export function finishedMessage(
  message: OpenMessage,
  { sender, receiver }: Pick<OpenInterchange, "sender" | "receiver">,
  end: number,
): MessageEnvelope {
  const { reference, unhType, version, identifier, start, group } = message;
  const type = message.isMedcom ? messageType(message.code, version) : undefined;
  const code = message.code || type?.code;
  const range = { start, end };
  const finished: Draft<MessageEnvelope> = { reference, sender, receiver, unhType, identifier, range };
  if (code) finished.code = code;
  if (version !== "") finished.version = version;
  if (type) finished.type = type;
  if (group >= 0) finished.group = group;
  return finished;
}

/** The envelope of a complete interchange. */
export function finishedInterchange(open: OpenInterchange, end: number): InterchangeEnvelope {
  const edifact: Draft<EdifactEnvelope> = {
    syntaxId: open.syntaxId,
    syntaxVersion: open.syntaxVersion,
    header: open.header,
    groups: open.groups.map(finishedGroup),
    separators: open.separators,
  };
  if (open.trailer) edifact.trailer = open.trailer;
  const finished: Draft<InterchangeEnvelope> = {
    form: "EDIFACT",
    sender: open.sender,
    receiver: open.receiver,
    reference: open.reference,
    acknowledgementRequested: open.acknowledgementRequested,
    isTest: open.isTest,
    encoding: open.encoding,
    range: { start: open.start, end },
    messages: open.messages,
    edifact,
  };
  if (open.preparedAt) finished.preparedAt = open.preparedAt;
  return finished;
}
