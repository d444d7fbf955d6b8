import { existsSync, readdirSync, readFileSync } from "node:fs";
import { AcceptedInterchange, InterchangeReport } from "@sor/core/messages";
import { aLocation, anEndpoint, anSbdh, aVendor, receives, testDatabase } from "@sor/core/testing";
import { EnvelopeReader, readEnvelope } from "@sor/edi";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { closeServer, createGatewayServer, listen } from "../server.ts";
import { testDeps } from "../testing/index.ts";

const shared = new URL("../../../../../shared/", import.meta.url);
const folders = ["cases/edi", "reference/medcom"].filter((folder) => existsSync(new URL(folder, shared)));
const files = folders.flatMap((folder) =>
  readdirSync(new URL(folder, shared), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(?:edi|xml|json)$/.test(name))
    .sort()
    .map((name) => `${folder}/${name}`),
);
const cases = files.filter((name) => name.startsWith("cases/"));
const bytesOf = (name: string) => readFileSync(new URL(name, shared));

/** Demo location numbers that the cases use: the key's sender, a receiver, and two of others. */
const [own, hospital, coast, foreign] = ["5799990010018", "5799990010025", "5799990010056", "5799990010063"];
/** The envelope of a file, if it has a readable one. */
const envelopeIn = (name: string) => readEnvelope(bytesOf(name)).interchanges[0];
const pairs = files.flatMap((name) =>
  (envelopeIn(name)?.messages ?? []).flatMap(({ type }) =>
    type?.code && type.version && type.format !== "other" ? `${type.code} ${type.version}` : [],
  ),
);
/** Every type in a file. */
const types = [...new Set(pairs)].map((pair) => pair.split(" ") as [string, string]);

const db = await testDatabase();
const [from, to, elsewhere, others] = [
  ...[await aVendor(db), await aVendor(db), await aVendor(db), await aVendor(db)],
];
const keys = { from: from?.key, to: to?.key, elsewhere: elsewhere?.key, others: others?.key };
const env = { RATE_LIMIT_PER_MINUTE: "100000" };
const findKey = async (key: string) => {
  const actor = keys[key as keyof typeof keys];
  return actor ? { state: "valid" as const, actor } : { state: "unknown" as const };
};
const server = createGatewayServer(testDeps({ db, env, findKey }));
let address: string;

async function register(gln: string, vendor: Awaited<ReturnType<typeof aVendor>> | undefined) {
  if (!vendor) throw new Error("there is no such vendor");
  await aLocation(db, { gln, supplierId: vendor.supplierId });
  await receives(db, gln, await anEndpoint(db, { supplierId: vendor.supplierId }), types);
}

beforeAll(async () => {
  address = await listen(server, 0, "127.0.0.1");
  await register(own, from);
  await register(hospital, to);
  await register(coast, elsewhere);
  await register(foreign, others);
  const known = new Set([own, hospital, coast, foreign]);
  for (const name of files.filter((file) => !cases.includes(file))) {
    const envelope = envelopeIn(name);
    for (const [party, vendor] of [[envelope?.sender, from] as const, [envelope?.receiver, to] as const]) {
      if (!party || known.has(party.id) || !/^\d{13}$/.test(party.id)) continue;
      known.add(party.id);
      await register(party.id, vendor);
    }
  }
});
afterAll(() => closeServer(server));

const ask = async (path: string, init: RequestInit = {}, key = "from") =>
  await fetch(`${address}${path}`, { ...init, headers: { authorization: `Bearer ${key}` } });
const send = (path: string, bytes: Buffer) => ask(path, { method: "POST", body: new Uint8Array(bytes) });

const Refusal = z.looseObject({
  status: z.int(),
  code: z.string(),
  fault: z.string(),
  detail: z.string(),
  errors: z.array(z.looseObject({ position: z.looseObject({}) })).optional(),
});

async function validated(bytes: Buffer) {
  const answer = await send("/v1/interchanges/$validate", bytes);
  const text = await answer.text();
  expect(answer.status, text).toBe(200);
  return InterchangeReport.parse(JSON.parse(text));
}

async function posted(bytes: Buffer) {
  const answer = await send("/v1/interchanges", bytes);
  const body = await answer.json();
  return answer.status === 202
    ? { taken: AcceptedInterchange.parse(body), refusal: undefined }
    : { taken: undefined, refusal: Refusal.parse(body) };
}

/** The outcome of a message, in the form that both answers have. */
type Told = {
  reference: string;
  receiver: string;
  messageType: string | null;
  state: string | null;
  reason: string | null;
};
const told = (list: readonly Told[]) =>
  list.map(({ reference, receiver, messageType, state, reason }) =>
    JSON.stringify([reference, receiver, messageType ?? "", state, reason]),
  );

/** Validates, sends, and expects the same result of both. */
async function judged(bytes: Buffer) {
  const report = await validated(bytes);
  const answer = await posted(bytes);
  const { taken, refusal } = answer;
  expect(report.fault).toBe(refusal?.fault ?? null);
  const isRefused = taken?.messages.some(({ state }) => state === "rejected" || state === "dead") ?? true;
  if (!taken?.duplicate) expect(report.isAcceptable).toBe(!isRefused);
  const errors = report.findings.filter(({ severity }) => severity === "error").map(({ code }) => code);
  if (report.isAcceptable) expect(errors).toEqual([]);
  if (refusal?.fault === "sender-not-allowed") expect(errors).toContain("sender-not-allowed");
  if (taken && !taken.duplicate) {
    if (taken.messages.some(({ reason }) => reason === "SYN")) expect(errors).not.toEqual([]);
    const anew = report.messages.filter(({ state }) => state !== null);
    expect(told(anew).sort()).toEqual(told(taken.messages).sort());
  }
  if (taken) {
    const kinds = new Set(report.messages.map(({ duplicate }) => duplicate));
    expect(
      kinds.has("duplicate") ? "duplicate" : kinds.has("receipt-lost") ? "receipt-lost" : undefined,
    ).toBe(taken.duplicate);
    const warned = taken.notes.map(({ code }) => code);
    expect(report.findings.map(({ code }) => code)).toEqual(expect.arrayContaining(warned));
  }
  return { report, ...answer };
}

test.skipIf(folders.length === 2)("SKIPPED in part: cases or samples are not on this machine", () => {});

describe.skipIf(files.length === 0)("$validate and sending have the same result, over the socket", () => {
  // Files share ids, which would count as duplicates: each test begins with an empty history.
  beforeEach(async () => await db.execute("delete from seen_references"));

  test.each(files)("%s", async (name) => {
    const first = await judged(bytesOf(name));
    const again = await judged(bytesOf(name));
    // A repeated submission is recognised as a duplicate, or refused in the same way.
    if (first.taken) expect(again.taken?.duplicate).toBe("duplicate");
    else expect(again.refusal?.fault).toBe(first.refusal?.fault);
    const isKnown = await validated(bytesOf(name));
    expect(isKnown.fault).toBe(first.refusal?.fault ?? null);
  });
});

const startOf = (name: string) => /([a-z]\d+[a-z]?)-[^/]*$/.exec(name)?.[1] ?? name;
const fileOf = (start: string) => cases.find((name) => name.startsWith(`cases/edi/${start}-`)) ?? start;

/** The result of each case, by the beginning of its name; "refused": nothing in it is delivered, however that is reported. */
const outcomes: Readonly<Record<string, "carried" | "refused">> = {
  ...{ z01: "refused", z03: "carried", z05: "refused", r17d: "refused", v02: "refused", v07: "refused" },
  ...{ t01: "refused", f14: "refused", f14b: "refused", v01: "carried", f11: "carried", p22c: "refused" },
  ...{ p05: "carried", t10: "refused", r25: "refused", r10: "refused", r20: "carried", r24: "refused" },
  ...{ p16b: "refused", x19: "refused", x20: "refused", v06: "refused", x03: "refused", x13: "refused" },
  // Their parties are not location numbers of the key.
  ...{ q03d: "refused", q03b: "refused" },
  ...{ q06f: "refused", q07: "refused", q08: "refused", f19: "refused", f40: "refused", q13e: "refused" },
};

describe.skipIf(cases.length === 0)("the test cases", () => {
  beforeEach(async () => await db.execute("delete from seen_references"));

  test("every case has its expected result", () => {
    expect(Object.keys(outcomes).sort()).toEqual(cases.map(startOf).sort());
  });

  test.each(cases)("%s", async (name) => {
    const { taken, refusal } = await judged(bytesOf(name));
    const carried = taken?.messages.filter(({ state }) => state === "queued") ?? [];
    expect(carried.length > 0 ? "carried" : "refused").toBe(outcomes[startOf(name)]);
    // Refused senders get the place and the reason.
    const told = refusal?.errors ?? taken?.notes ?? [];
    if (carried.length === 0) expect(told.length).toBeGreaterThan(0);
  });

  test("refusals are answered by receipts that are themselves valid", async () => {
    const question = `/v1/mailboxes/${own}/messages`;
    const waiting = (await (await ask(`${question}?limit=100`)).json()) as { items: { id: string }[] };
    expect(waiting.items.length).toBeGreaterThan(10);
    for (const { id } of waiting.items) {
      const reader = new EnvelopeReader({ carried: "read", check: "everything" });
      reader.push(new Uint8Array(await (await ask(`${question}/${id}`)).arrayBuffer()));
      const { findings } = reader.end();
      expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
    }
  });
});

describe.skipIf(cases.length === 0)("checks that only the gateway can make", () => {
  beforeEach(async () => await db.execute("delete from seen_references"));

  test("one message of another party's sender refuses the whole interchange, and is named", async () => {
    const { report, refusal } = await judged(bytesOf(fileOf("z01")));
    expect(refusal).toMatchObject({
      ...{ status: 403, code: "not-allowed", fault: "sender-not-allowed" },
      errors: [{ code: "sender-not-allowed", position: { message: 2, path: "Sender/EANIdentifier" } }],
    });
    // It must not reveal what others have sent to each other.
    expect(report.messages.map(({ duplicate, route }) => [duplicate, route])).toEqual([
      [null, null],
      [null, null],
    ]);
  });

  test("a message for another receiver goes to that receiver, and to nobody else", async () => {
    const { taken } = await judged(bytesOf(fileOf("z03")));
    const [first, second] = taken?.messages ?? [];
    if (!first || !second) throw new Error("two messages were sent");
    expect([first.receiver, second.receiver]).toEqual([hospital, coast]);
    for (const [key, mine, others] of [
      ["to", first, second],
      ["elsewhere", second, first],
    ] as const) {
      const listed = await ask(`/v1/messages?keys=${first.reference},${second.reference}`, {}, key);
      const { items } = (await listed.json()) as { items: { reference: string; receiver: string }[] };
      const { reference, receiver } = mine;
      expect(items.length).toBeGreaterThan(0);
      for (const item of items) expect(item).toMatchObject({ reference, receiver });
      const payload = await (await ask(`/v1/messages/${mine.id}/payload`, {}, key)).text();
      expect(payload).toContain(reference);
      expect(payload).not.toContain(others.reference);
      for (const path of [`messages/${others.id}`, `interchanges/${others.interchangeId}`])
        expect((await ask(`/v1/${path}/payload`, {}, key)).status).toBe(404);
    }
  });

  test("two messages with one id are refused together", async () => {
    const { taken } = await judged(bytesOf(fileOf("p22c")));
    expect(taken?.messages.map(({ state, reason }) => [state, reason])).toEqual([
      ["rejected", "SYN"],
      ["rejected", "SYN"],
    ]);
  });

  test("a type that UNH contradicts is refused as VER", async () => {
    const { taken } = await judged(bytesOf(fileOf("q13e")));
    expect(taken?.messages).toMatchObject([{ state: "rejected", reason: "VER" }]);
  });

  test.each(["t10", "f40"])("an envelope without an id or a party is refused: %s", async (start) => {
    const { refusal } = await judged(bytesOf(fileOf(start)));
    expect(refusal).toMatchObject({ status: 400, code: "envelope-unreadable", fault: "envelope-incomplete" });
  });

  test("a GLN with trailing text is invalid, as a receiver and as a sender", async () => {
    const sbdh = (sender: string, receiver: string) =>
      anSbdh({ sender, receiver, envelope: "0196f1f0-0000-4000-8000-00000000000e", message: "M1" });
    const misaddressed = await judged(sbdh(own, `${hospital}:x`));
    expect(misaddressed.taken?.messages).toMatchObject([{ state: "rejected", reason: "MID" }]);
    const { refusal } = await judged(sbdh(`${own}:x`, hospital));
    expect(refusal).toMatchObject({ status: 403, fault: "sender-not-allowed" });
    expect(refusal?.errors).toMatchObject([{ position: { path: expect.stringContaining("Sender") } }]);
  });

  test("other parties in an envelope's payload are a warning", async () => {
    const { taken } = await judged(bytesOf(fileOf("v01")));
    expect(taken?.notes.map(({ code }) => code)).toContain("parties-differ");
    expect(taken?.messages).toMatchObject([{ receiver: hospital, state: "queued" }]);
  });
});
