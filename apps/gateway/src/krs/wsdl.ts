import { wsdlOf } from "../soap/wsdl-parts.ts";

/** The two services: all records after an offset, and those of some ids. */
export const services = {
  krs: {
    path: "/stamdata-batch-copy-ws/service/StamdataReplication",
    namespace: "http://nsi.dk/2011/10/21/StamdataKrs/",
    action: "http://nsi.dk/2011/10/21/StamdataKrs/replicate",
    takesIds: false,
  },
  rfs: {
    path: "/stamdata-batch-copy-ws-rfs/service/StamdataReplication-20240227",
    namespace: "http://nsi.dk/2021/03/03/StamdataRfs/",
    action: "http://nsi.dk/2021/03/03/StamdataRfs/replicate",
    takesIds: true,
  },
} as const;

const idList = `
          <xs:element name="idList"><xs:complexType><xs:sequence>
            <xs:element name="id" type="xs:string" maxOccurs="5000"/>
          </xs:sequence></xs:complexType></xs:element>`;

// The children are unqualified, as in the original, whose schema has no elementFormDefault.
const schemaOf = ({ namespace, takesIds }: (typeof services)[keyof typeof services]) => `
    <xs:schema targetNamespace="${namespace}">
      <xs:element name="ReplicationRequest" type="tns:ReplicationRequestType"/>
      <xs:complexType name="ReplicationRequestType">
        <xs:sequence>
          <xs:element name="register" type="xs:string"/>
          <xs:element name="datatype" type="xs:string"/>
          <xs:element name="version" type="xs:unsignedInt"/>
          <xs:element name="offset" type="xs:string"/>
          <xs:element name="maxRecords" type="xs:unsignedInt" minOccurs="0" maxOccurs="1"/>
          <xs:element name="registerVersion" type="xs:unsignedInt" minOccurs="0" maxOccurs="1"/>${takesIds ? idList : ""}
        </xs:sequence>
      </xs:complexType>
      <xs:element name="ReplicationResponse" type="tns:ReplicationResponseType"/>
      <xs:complexType name="ReplicationResponseType">
        <xs:sequence><xs:any id="feed" processContents="lax"/></xs:sequence>
      </xs:complexType>
      <xs:element name="ReplicationFault" type="xs:string"/>
    </xs:schema>`;

/** The description of one of them, at its address. */
export function krsWsdl(service: (typeof services)[keyof typeof services], address: string): string {
  return wsdlOf({
    ...{ name: "StamdataReplicationService", port: "StamdataReplication", versions: ["1.1"], address },
    namespace: service.namespace,
    about: service.takesIds
      ? "Records of some ids. Where idList stands is a choice of this register: the original schema is not public."
      : "Copies of the register in pages, as KRS gives them.",
    schema: schemaOf(service),
    operations: [
      {
        ...{ name: "replicate", action: service.action, fault: "ReplicationFault" },
        ...{ input: "ReplicationRequest", output: "ReplicationResponse" },
      },
    ],
  });
}
