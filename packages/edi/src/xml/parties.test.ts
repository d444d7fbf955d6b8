import { expect, test } from "vitest";
import type { InterchangeEnvelope } from "../envelope.ts";
import { EnvelopeReader } from "../envelope-reader.ts";
import { readEnvelope } from "../read-envelope.ts";
import { latin1 } from "../testing/bytes.ts";
import { buildVansEnvelope } from "./wrap.ts";

const gln = (id: string) => ({ id, qualifier: "14" });
const [a, b, c, d] = [
  gln("5790000120420"),
  gln("5790000128686"),
  gln("5790000181872"),
  gln("5790001659592"),
] as const;
const uuid = "0196f1f0-0000-7000-8000-000000000001";

const message = (reference: string, sender: string, receiver: string) =>
  `<ClinicalEmail><Letter><Identifier>${reference}</Identifier><VersionCode>XD9134L</VersionCode><TypeCode>XDIS91</TypeCode></Letter><Sender><EANIdentifier>${sender}</EANIdentifier></Sender><Receiver><EANIdentifier>${receiver}</EANIdentifier></Receiver></ClinicalEmail>`;
const emessage = (...messages: string[]) =>
  latin1(
    `<Emessage xmlns="http://rep.oio.dk/sundcom.dk/medcom.dk/xml/schemas/2006/07/01/"><Envelope><Sent><Date>2026-03-01</Date><Time>12:01</Time></Sent><Identifier>E1</Identifier><AcknowledgementCode>minuspositivkvitt</AcknowledgementCode></Envelope>${messages.join("")}</Emessage>`,
  );
const parties = (interchange: InterchangeEnvelope | undefined) =>
  interchange?.messages.map(({ sender, receiver }) => [sender, receiver]);

test("every message of a MedCom XML envelope has its own parties, and differing parties are not a finding", () => {
  const { interchanges, findings } = readEnvelope(
    emessage(message("1", a.id, b.id), message("2", c.id, b.id), message("3", a.id, d.id)),
  );
  expect(parties(interchanges[0])).toEqual([
    [a, b],
    [c, b],
    [a, d],
  ]);
  expect(interchanges[0]).toMatchObject({ sender: a, receiver: b });
  expect(findings).toEqual([]);
});

test("the messages of an EDIFACT interchange have the parties of UNB", () => {
  const message = (reference: string) =>
    `UNH+${reference}+MEDDIS:D:93A:UN:D0134L+DIS01'BGM'UNT+3+${reference}'`;
  const bytes = latin1(
    `UNB+UNOC:3+${a.id}:14+${b.id}:14+990115:1202+K'${message("1")}${message("2")}UNZ+2+K'`,
  );
  for (const headerOnly of [false, true]) {
    const [interchange] = readEnvelope(bytes, { headerOnly }).interchanges;
    for (const pair of parties(interchange) ?? []) expect(pair).toEqual([a, b]);
  }
});

test("a carried message has its own parties; a warning is given if they differ from the envelope's", () => {
  const read = (payload: Uint8Array) => {
    const reader = new EnvelopeReader({ carried: "read" });
    reader.push(
      buildVansEnvelope({
        ...{ sender: a, receiver: b, reference: uuid, preparedAt: "2026-03-01T10:00:00" },
        content: { identifier: uuid, format: "XML", name: "MCM:XDIS91", version: "XD9134L", payload },
      }),
    );
    return reader.end();
  };
  const same = message("1", a.id, b.id);
  expect(read(emessage(same, same.replace(">1<", ">2<"))).findings).toEqual([]);
  const payload = emessage(same, message("2", c.id, b.id), message("3", a.id, d.id));
  const { interchanges, findings } = read(payload);
  expect(parties(interchanges[0])).toEqual([[a, b]]);
  expect(parties(interchanges[0]?.carried?.inside?.interchanges[0])).toEqual([
    [a, b],
    [c, b],
    [a, d],
  ]);
  const text = new TextDecoder("latin1").decode(payload);
  const at = (position: number, reference: string) => ({
    interchange: 1,
    message: position,
    isCarried: true,
    offset: text.indexOf(
      message(reference, ...(reference === "2" ? ([c.id, b.id] as const) : ([a.id, d.id] as const))),
    ),
  });
  expect(findings.map(({ code, severity, at }) => [code, severity, at])).toEqual([
    ["parties-differ", "warning", at(2, "2")],
    ["parties-differ", "warning", at(3, "3")],
  ]);
});
