import { element, type XmlElement, xmlDocument } from "@sor/core/markup";
import { namespaces, type SoapVersion } from "./names.ts";

/** The codes of DGWS 1.0.1 that our services answer. */
export type DgwsCode = "syntax_error" | "not_authorized" | "illegal_http_method" | "processing_problem";

/** A refusal of a call; `detail` is the service's own element. Whose fault it is follows from the status. */
export class SoapFault extends Error {
  readonly code: DgwsCode;
  readonly status: number;
  readonly detail: XmlElement | undefined;
  constructor(code: DgwsCode, text: string, more: { status?: number; detail?: XmlElement } = {}) {
    super(text);
    this.code = code;
    this.status = more.status ?? 400;
    this.detail = more.detail;
  }
}

const sides = {
  "1.1": { caller: "soap:Client", server: "soap:Server" },
  "1.2": { caller: "soap:Sender", server: "soap:Receiver" },
};

/** A fault as an envelope of the version, with the code of DGWS in its detail. */
export function writeFault(version: SoapVersion, { code, status, message, detail }: SoapFault): string {
  const side = sides[version][status < 500 ? "caller" : "server"];
  const details = [element("dgws:FaultCode", code), detail];
  const fault =
    version === "1.1"
      ? [element("faultcode", side), element("faultstring", message), element("detail", details)]
      : [
          element("soap:Code", [element("soap:Value", side)]),
          element("soap:Reason", [element("soap:Text", message, { "xml:lang": "en" })]),
          element("soap:Detail", details),
        ];
  return xmlDocument(
    element("soap:Envelope", [element("soap:Body", [element("soap:Fault", fault)])], {
      "xmlns:soap": namespaces[version],
      "xmlns:dgws": namespaces.dgws,
    }),
  );
}
