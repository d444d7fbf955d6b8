import { zstdCompressSync } from "node:zlib";
import type { Database } from "@sor/core";
import { InterchangeReport } from "@sor/core/messages";
import { anInterchange, testDatabase } from "@sor/core/testing";
import { beforeAll, expect, test } from "vitest";
import { receiver, sender, twoVendors } from "../testing/two-vendors.ts";

let db: Database;
let gateway: Awaited<ReturnType<typeof twoVendors>>;

beforeAll(async () => {
  db = await testDatabase();
  gateway = await twoVendors(db);
});

const post = async (path: string, bytes: Uint8Array, headers: Record<string, string> = {}) =>
  await gateway.ask("from", path, { method: "POST", body: new Uint8Array(bytes), headers });
const validate = async (bytes: Uint8Array) =>
  InterchangeReport.parse(await (await post("/v1/interchanges/$validate", bytes)).json());
const problemOf = async (answer: Response) => ({ status: answer.status, body: await answer.json() });

test("data after the first zstd frame is refused, not silently dropped", async () => {
  const bytes = anInterchange({ sender, receiver });
  const headers = { "content-encoding": "zstd" };
  for (const rest of [zstdCompressSync(bytes), Buffer.from("rest")]) {
    const answer = await post("/v1/interchanges", Buffer.concat([zstdCompressSync(bytes), rest]), headers);
    expect(await problemOf(answer)).toMatchObject({ status: 400, body: { code: "malformed" } });
  }
  expect((await post("/v1/interchanges", zstdCompressSync(bytes), headers)).status).toBe(202);
});

test("$validate reports as errors what sending refuses, and the rest as warnings", async () => {
  const utf8 = Buffer.from(
    anInterchange({ sender, receiver, messages: [{ reference: "U1", text: "blåbær" }] }),
  );
  const bytes = Buffer.from(utf8.toString("latin1"), "utf8");
  const report = await validate(bytes);
  expect(report).toMatchObject({ isAcceptable: true, messages: [{ isBroken: false, state: "queued" }] });
  const found = report.findings.map(({ code, severity }) => [code, severity]);
  expect(found).toContainEqual(["utf8-as-latin1", "warning"]);
  const sent = await post("/v1/interchanges", bytes);
  expect(await problemOf(sent)).toMatchObject({ status: 202, body: { messages: [{ state: "queued" }] } });

  const miscounted = Buffer.from(
    anInterchange({ sender, receiver, messages: [{ reference: "U2" }] })
      .toString("latin1")
      .replace(/UNT\+\d+/, "UNT+99"),
    "latin1",
  );
  expect(await validate(miscounted)).toMatchObject({ messages: [{ isBroken: true }] });
  const refused = await post("/v1/interchanges", miscounted);
  expect(await problemOf(refused)).toMatchObject({
    body: { messages: [{ state: "rejected", reason: "SYN" }] },
  });
});

test("a second envelope is reported with its place, by $validate and when sending", async () => {
  const [first, second] = [anInterchange({ sender, receiver }), anInterchange({ sender, receiver })];
  const both = Buffer.concat([first, second]);
  const at = { interchange: 2, offset: first.byteLength };
  expect(await validate(both)).toMatchObject({
    ...{ isAcceptable: false, findings: [{ code: "several-envelopes", at }] },
  });
  expect(await problemOf(await post("/v1/interchanges", both))).toMatchObject({
    status: 400,
    body: { fault: "several-envelopes", errors: [{ code: "several-envelopes", position: at }] },
  });
});
