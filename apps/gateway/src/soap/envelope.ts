import { randomUUID } from "node:crypto";
import {
  childOf,
  element,
  readXml,
  type XmlElement,
  type XmlNode,
  type XmlTree,
  xmlDocument,
} from "@sor/core/markup";
import { contentTypes, namespaces, type SoapVersion } from "./names.ts";
import { SoapFault } from "./soap-fault.ts";

/** What a caller says of a message in the header of DGWS 1.0.1, as far as an answer refers to it. */
type DgwsHeader = { messageId: string | undefined; flowId: string | undefined; securityLevel: string };
/** A call: the one element of the body, and what the header says. */
type Call = { version: SoapVersion; dgws: DgwsHeader; body: XmlTree };

const limits = { depthMax: 40, elementsMax: 20_000 };
const idMax = 200;

/** The version that a request says it is in; 1.1 where it says nothing. */
export const versionOf = (contentType: string | undefined): SoapVersion =>
  contentType?.trim().toLowerCase().startsWith(contentTypes["1.2"]) ? "1.2" : "1.1";

function headerOf(header: XmlTree | undefined): DgwsHeader {
  const dgws = header && childOf(header, "Header", namespaces.dgws);
  const linking = dgws && childOf(dgws, "Linking", namespaces.dgws);
  const text = (of: XmlTree | undefined, name: string) =>
    (of && childOf(of, name, namespaces.dgws))?.text.trim().slice(0, idMax) || undefined;
  const level = text(dgws, "SecurityLevel") ?? "";
  return {
    messageId: text(linking, "MessageID"),
    flowId: text(linking, "FlowID"),
    securityLevel: /^[1-5]$/.test(level) ? level : "3",
  };
}

/** Reads an envelope of SOAP 1.1 or 1.2. Throws a SoapFault for everything else. */
export function readEnvelope(text: string): Call {
  const read = readXml(text, limits);
  if ("fault" in read) throw new SoapFault("syntax_error", `The envelope cannot be read: ${read.fault}`);
  const { tree } = read;
  const version = (["1.1", "1.2"] as const).find((each) => namespaces[each] === tree.namespace);
  if (!version || tree.name !== "Envelope")
    throw new SoapFault("syntax_error", "Not an envelope of SOAP 1.1 or 1.2");
  const body = childOf(tree, "Body", namespaces[version])?.children;
  const [first, ...others] = body ?? [];
  if (!first || others.length > 0) throw new SoapFault("syntax_error", "The body has exactly one element");
  return { version, dgws: headerOf(childOf(tree, "Header", namespaces[version])), body: first };
}

/** The header of an answer; the status is spelled as DGWS has always spelled it. */
function headerElement({ messageId, flowId, securityLevel }: DgwsHeader, now: Date): XmlElement {
  const linking = [
    flowId === undefined ? undefined : element("dgws:FlowID", flowId),
    element("dgws:MessageID", randomUUID()),
    messageId === undefined ? undefined : element("dgws:InResponseToMessageID", messageId),
  ];
  return element("soap:Header", [
    element("wsse:Security", [element("wsu:Timestamp", [element("wsu:Created", now.toISOString())])]),
    element("dgws:Header", [
      element("dgws:SecurityLevel", securityLevel),
      element("dgws:Linking", linking),
      element("dgws:FlowStatus", "flow_finalized_succesfully"),
      element("dgws:RequireNonRepudiationReceipt", "no"),
    ]),
  ]);
}

/** An envelope around the element that answers a call. */
export function writeEnvelope({ version, dgws }: Omit<Call, "body">, content: XmlNode, now: Date): string {
  const { wsse, wsu } = namespaces;
  return xmlDocument(
    element("soap:Envelope", [headerElement(dgws, now), element("soap:Body", [content])], {
      "xmlns:soap": namespaces[version],
      "xmlns:dgws": namespaces.dgws,
      "xmlns:wsse": wsse,
      "xmlns:wsu": wsu,
    }),
  );
}
