/** The namespaces of SOAP and of Den Gode Webservice. */
export const namespaces = {
  "1.1": "http://schemas.xmlsoap.org/soap/envelope/",
  "1.2": "http://www.w3.org/2003/05/soap-envelope",
  dgws: "http://www.medcom.dk/dgws/2006/04/dgws-1.0.xsd",
  wsse: "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
  wsu: "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd",
} as const;
export type SoapVersion = "1.1" | "1.2";
export const contentTypes = { "1.1": "text/xml", "1.2": "application/soap+xml" } as const;
