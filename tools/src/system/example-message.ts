/** Sender, receiver and subject of the message, as in demo-accounts.json. */
type Example = { sender: string; receiver: string; messageType: string; version: string };

function digits(date: Date, from: number, to: number): string {
  return date.toISOString().replaceAll(/\D/g, "").slice(from, to);
}

/**
 * A discharge message (MEDDIS) as EDIFACT, from one demo location to another; the patient and the persons are invented, the
 * references are new for each `now`. The encoding is ISO 8859-1, as UNOC declares.
 */
export function exampleMessage(
  { sender, receiver, messageType, version }: Example,
  now: Date,
): Uint8Array<ArrayBuffer> {
  const [interchange, reference] = [
    `SOR${digits(now, 4, 17)}`.slice(0, 14),
    `B${digits(now, 4, 17)}`.slice(0, 14),
  ];
  const message = [
    `UNH+${reference}+MEDDIS:D:93A:UN:${version}+${messageType}`,
    "BGM+EPI++9+NA",
    `DTM+137:${digits(now, 0, 12)}:203`,
    "S01+01",
    "NAD+SSP+2001060:SKS:SST++Eksempel Sygehus:Kirurgisk afdeling::::US",
    "SEQ++1",
    `SPR+ORG+30:SKS:SST+${messageType}:SKS:SST`,
    "S01+01",
    "NAD+PO+291714:YNR:SFU++Lægerne i Eksempelby:::::US",
    "ADR++US:Eksempelvej 1+Eksempelby+9999",
    "SEQ++2",
    "S02+02",
    "GIS+N",
    `RFF+SRI:${reference}`,
    "RFF+HI:NC",
    `DTM+182:${digits(now, 0, 12)}:203`,
    "S07+07",
    "PNA+PAT+2512489996:::CPR:IM+++SU:Test+FO:Nancy Ann",
    "ADR++US:Testgade 1+Eksempelby+9999",
    "S14+14",
    "FTX+NC+P00++Dette er et eksempel uden virkelige personer:Venlig hilsen:Eksempel Sygehus",
  ];
  const segments = [
    `UNB+UNOC:3+${sender}:14+${receiver}:14+${digits(now, 2, 8)}:${digits(now, 8, 12)}+${interchange}++++0`,
    ...message,
    `UNT+${message.length + 1}+${reference}`,
    `UNZ+1+${interchange}`,
  ];
  return Buffer.from(`UNA:+.? '\r\n${segments.map((segment) => `${segment}'\r\n`).join("")}`, "latin1");
}
