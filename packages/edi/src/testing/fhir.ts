export type Members = Record<string, unknown>;
export const organisation = (id: string, gln: string, more: Members = {}): Members => ({
  fullUrl: `Organization/${id}`,
  resource: {
    resourceType: "Organization",
    id,
    identifier: [{ system: "https://www.gs1.org/gln", value: gln }],
    ...more,
  },
});
export const header = (more: Members = {}): Members => ({
  fullUrl: "MessageHeader/m1",
  resource: {
    resourceType: "MessageHeader",
    id: "m1",
    eventCoding: { code: "care-communication-message" },
    destination: [{ receiver: { reference: "Organization/r" } }],
    sender: { reference: "Organization/s" },
    definition: "x|5.0",
    ...more,
  },
});
export const entries = (...more: Members[]) => [
  organisation("s", "5790000120420"),
  organisation("r", "5790000128686"),
  ...more,
];
export const bundle = (more: Members = {}): Members => ({
  resourceType: "Bundle",
  id: "b1",
  type: "message",
  timestamp: "2026-01-02T03:04:05+01:00",
  entry: [header(), ...entries()],
  ...more,
});
