import { noEnd, type PairRow, type PeriodRow, RoutingTable, type UnitVersion } from "../routing/index.ts";

const now = 1_800_000_000;
const day = 86_400;
const open = "5790000123117";
const wrongDigitKnown = "5790000123118";
const [closed, future, inactive, internal] = [
  "5790000123223",
  "5790000120017",
  "5790000120024",
  "5790000120031",
];
const [unknown, sender, childless] = ["5790000120048", "5790000120055", "5790000120062"];

const endpointId = (n: number) => `0196f1f0-0000-7000-8000-00000000000${n}`;
const profile = (more: Partial<PeriodRow["profile"]> = {}): PeriodRow["profile"] => ({
  systemId: "sys",
  supplierId: "sup",
  netOperatorCode: "vans",
  regionCode: "1084",
  successorGln: null,
  nonActive: false,
  onlyInternal: false,
  ...more,
});
const pair = (code: string, version: string, more: Partial<PairRow> = {}): PairRow => ({
  code,
  version,
  format: code.startsWith("X") ? "XML" : "EDIFACT",
  direction: "receive",
  endpointId: endpointId(1),
  from: now - 10 * day,
  to: noEnd,
  ...more,
});
const period = (from: number, to: number, more: Partial<PeriodRow["profile"]> = {}): PeriodRow => ({
  from,
  to,
  profile: profile(more),
});
const unit = (more: Partial<UnitVersion>): UnitVersion => ({
  from: 0,
  to: noEnd,
  parent: null,
  name: "Enhed",
  gln: null,
  inherits: false,
  shak: null,
  provider: null,
  cvr: null,
  pNumber: null,
  region: "1084",
  municipality: "0101",
  postCode: "2100",
  successors: [],
  withdrawn: false,
  ...more,
});

/** The numbers and times of `aRoutingTable`; times in seconds since 1970. */
export const routingSamples = {
  now,
  day,
  open,
  wrongDigitKnown,
  closed,
  future,
  inactive,
  internal,
  unknown,
  sender,
  childless,
};

function putParties(table: RoutingTable): void {
  const endpoint = {
    supplierId: "sup",
    systemId: "sys",
    mimeTypes: ["application/EDIFACT"],
    lastVerifiedAt: now - 60,
    certificateSha256: "34380452f60dcbcb26a40e2ae08824b7f23affb5fb1e6f4138d98c8fe7d41995",
  };
  const live = { ...endpoint, state: "active" as const, pausedUntil: null };
  table.parties.put({
    endpoints: [
      {
        ...live,
        id: endpointId(1),
        name: "Hook",
        transport: "webhook",
        address: "https://edi.example.dk/in?key=secret",
      },
      {
        ...endpoint,
        id: endpointId(2),
        name: "Pause",
        transport: "mailbox",
        address: null,
        state: "paused",
        pausedUntil: now + 600,
      },
      { ...live, id: endpointId(3), name: "Lukket", transport: "mailbox", address: null, state: "closed" },
    ],
    systems: [{ id: "sys", name: "Journal", version: "4.2" }],
    suppliers: [{ id: "sup", name: "Leverandør A/S" }],
    operators: [{ code: "vans", name: "Net A/S" }],
  });
}

function putUnits(table: RoutingTable): void {
  table.units.set("1", [unit({ name: "Region", gln: null })]);
  table.units.set("2", [unit({ name: "Klinik", parent: "1", gln: open, shak: "1301", cvr: "12669232" })]);
  table.units.set("3", [unit({ name: "Afsnit", parent: "2", inherits: true, provider: "042897" })]);
  table.units.set("4", [unit({ name: "Uden", parent: "2", pNumber: "1003388394" })]);
  table.units.set("5", [
    unit({ name: "Anden", parent: "1", gln: internal, cvr: "12669232", region: "1081" }),
  ]);
  table.units.set("6", [
    unit({ name: "Gammel", parent: "1", gln: childless, to: now - day, successors: ["3"] }),
  ]);
}

/** A small table with one location for every kind of answer; tests may change their own copy. */
export function aRoutingTable(): RoutingTable {
  const table = new RoutingTable(42);
  putParties(table);
  table.setPeriods(open, [period(0, noEnd)]);
  table.setPairs(open, [
    pair("DIS91", "D9133L"),
    pair("DIS91", "D9134L"),
    pair("XDIS91", "XD9134L"),
    pair("DIS01", "D0134L", { from: now + day }),
    pair("DIS02", "D0234L", { to: now - day }),
    pair("REF01", "H0131R", { endpointId: endpointId(2) }),
    pair("REF06", "H0631R", { endpointId: endpointId(3) }),
    pair("RPT01", "R0131K", { direction: "send", endpointId: null }),
    pair("DIS03", "D0333L"),
  ]);
  table.setPeriods(wrongDigitKnown, [period(0, noEnd)]);
  table.setPairs(wrongDigitKnown, [pair("DIS91", "D9134L")]);
  table.setPeriods(closed, [period(0, now - day, { successorGln: open })]);
  table.setPairs(closed, [pair("DIS91", "D9134L")]);
  table.setPeriods(future, [period(now + day, noEnd)]);
  table.setPeriods(inactive, [period(0, noEnd, { nonActive: true })]);
  table.setPeriods(internal, [period(0, noEnd, { onlyInternal: true })]);
  table.setPairs(internal, [pair("DIS91", "D9134L")]);
  table.setPeriods(sender, [period(0, noEnd)]);
  table.setPairs(sender, [pair("DIS91", "D9134L", { direction: "send", endpointId: null })]);
  table.setPeriods(childless, [period(0, now - day)]);
  putUnits(table);
  return table;
}
