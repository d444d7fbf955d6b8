import { xmlText } from "@sor/core/markup";
import { namespaces } from "./names.ts";

/** The schemas of the headers: DGWS 1.0.1 and the part of WS-Security that it uses; an id card is taken as it comes. */
const headerSchemas = `
    <xs:schema targetNamespace="${namespaces.wsu}" elementFormDefault="qualified">
      <xs:element name="Timestamp"><xs:complexType><xs:sequence>
        <xs:element name="Created" type="xs:dateTime"/>
      </xs:sequence></xs:complexType></xs:element>
    </xs:schema>
    <xs:schema targetNamespace="${namespaces.wsse}" elementFormDefault="qualified">
      <xs:import namespace="${namespaces.wsu}"/>
      <xs:element name="Security"><xs:complexType>
        <xs:sequence><xs:any namespace="##any" processContents="skip" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>
        <xs:attribute name="id" type="xs:string"/>
      </xs:complexType></xs:element>
    </xs:schema>
    <xs:schema targetNamespace="${namespaces.dgws}" elementFormDefault="qualified">
      <xs:element name="Header"><xs:complexType><xs:sequence>
        <xs:element name="SecurityLevel" type="xs:int" minOccurs="0"/>
        <xs:element name="TimeOut" type="xs:string" minOccurs="0"/>
        <xs:element name="Linking"><xs:complexType><xs:sequence>
          <xs:element name="FlowID" type="xs:string" minOccurs="0"/>
          <xs:element name="MessageID" type="xs:string"/>
          <xs:element name="InResponseToMessageID" type="xs:string" minOccurs="0"/>
        </xs:sequence></xs:complexType></xs:element>
        <xs:element name="FlowStatus" type="xs:string" minOccurs="0"/>
        <xs:element name="Priority" type="xs:string" minOccurs="0"/>
        <xs:element name="RequireNonRepudiationReceipt" type="xs:string" minOccurs="0"/>
      </xs:sequence></xs:complexType></xs:element>
      <xs:element name="FaultCode" type="xs:string"/>
    </xs:schema>`;

const bindings = { "1.1": ["soap", "Soap11"], "1.2": ["soap12", "Soap12"] } as const;
type Version = keyof typeof bindings;

type Service = {
  name: string;
  namespace: string;
  port: string;
  address: string;
  versions: readonly Version[];
  about: string;
  /** The schema of the service's own elements. */
  schema: string;
  operations: readonly { name: string; action: string; input: string; output: string; fault?: string }[];
};

const part = (name: string, message: string) => `
  <wsdl:message name="${message}">
    <wsdl:part name="wsseHeader" element="wsse:Security"/>
    <wsdl:part name="medcomHeader" element="dgws:Header"/>
    <wsdl:part name="parameters" element="tns:${name}"/>
  </wsdl:message>`;

type Operation = Service["operations"][number];
const inMessage = ({ input }: Operation) => input.replace(/Request$/, "In");
const outMessage = ({ input }: Operation) => input.replace(/Request$/, "Out");

function binding({ port, operations }: Service, version: Version): string {
  const [prefix, suffix] = bindings[version];
  const body = (message: string) => `<${prefix}:body use="literal" parts="parameters"/>
        <${prefix}:header message="tns:${message}" part="wsseHeader" use="literal"/>
        <${prefix}:header message="tns:${message}" part="medcomHeader" use="literal"/>`;
  const each = operations.map(
    ({ name, action, fault, ...of }) => `
    <wsdl:operation name="${name}">
      <${prefix}:operation soapAction="${action}" style="document"/>
      <wsdl:input>${body(inMessage({ name, action, ...of }))}</wsdl:input>
      <wsdl:output>${body(outMessage({ name, action, ...of }))}</wsdl:output>${
        fault
          ? `
      <wsdl:fault name="${fault}"><${prefix}:fault name="${fault}" use="literal"/></wsdl:fault>`
          : ""
      }
    </wsdl:operation>`,
  );
  return `
  <wsdl:binding name="${port}${suffix}Binding" type="tns:${port}">
    <${prefix}:binding transport="http://schemas.xmlsoap.org/soap/http" style="document"/>${each.join("")}
  </wsdl:binding>`;
}

/** The description of a service, WSDL 1.1, document/literal, in one file. */
export function wsdlOf(service: Service): string {
  const { name, namespace, port, address, versions, about, schema, operations } = service;
  const faults = operations.flatMap(({ fault }) => fault ?? []);
  return `<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions name="${name}" targetNamespace="${namespace}" xmlns:tns="${namespace}"
  xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
  xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:xs="http://www.w3.org/2001/XMLSchema"
  xmlns:wsse="${namespaces.wsse}" xmlns:dgws="${namespaces.dgws}">
  <wsdl:documentation>${xmlText(about)}</wsdl:documentation>
  <wsdl:types>${headerSchemas}${schema}
  </wsdl:types>${operations.map((each) => part(each.input, inMessage(each)) + part(each.output, outMessage(each))).join("")}${faults
    .map(
      (fault) => `
  <wsdl:message name="${fault}"><wsdl:part name="fault" element="tns:${fault}"/></wsdl:message>`,
    )
    .join("")}
  <wsdl:portType name="${port}">${operations
    .map(
      (each) => `
    <wsdl:operation name="${each.name}">
      <wsdl:input message="tns:${inMessage(each)}"/>
      <wsdl:output message="tns:${outMessage(each)}"/>${
        each.fault
          ? `
      <wsdl:fault message="tns:${each.fault}" name="${each.fault}"/>`
          : ""
      }
    </wsdl:operation>`,
    )
    .join("")}
  </wsdl:portType>${versions.map((version) => binding(service, version)).join("")}
  <wsdl:service name="${name}">${versions
    .map((version) => {
      const [prefix, suffix] = bindings[version];
      return `
    <wsdl:port name="${version === "1.1" ? port : port + suffix}" binding="tns:${port}${suffix}Binding"><${prefix}:address location="${xmlText(address)}"/></wsdl:port>`;
    })
    .join("")}
  </wsdl:service>
</wsdl:definitions>
`;
}
