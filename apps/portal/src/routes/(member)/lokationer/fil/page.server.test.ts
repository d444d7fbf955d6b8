import { createContext, type Database } from "@sor/core";
import type { Actor } from "@sor/core/access";
import { getChangeSet } from "@sor/core/changesets";
import { aLocation, anEndpoint, aPerson, aVendor, newGln, receives, testDatabase } from "@sor/core/testing";
import { beforeAll, expect, test } from "vitest";
import { testEvent } from "../../../../testing/events.ts";
import { actions, load } from "./+page.server.ts";
import type { PageData } from "./$types";
import { GET as downloadFaults } from "./fejl/+server.ts";
import { GET as download } from "./hent/+server.ts";

const now = new Date("2026-06-01T10:00:00Z");
const glns = [newGln(), newGln()].toSorted();
let db: Database;
let mine: Actor;
let endpointId: string;

beforeAll(async () => {
  db = await testDatabase();
  const { supplierId } = await aVendor(db);
  mine = await aPerson(db, supplierId, now);
  endpointId = await anEndpoint(db, { supplierId });
  for (const gln of glns) {
    await aLocation(db, { gln, supplierId });
    await receives(db, gln, endpointId, [["CTL01", "C0130Q"]]);
  }
});

const eventOf = (path: string) => testEvent({ ctx: createContext(db, mine, now), path });

async function fileOf(query: string): Promise<Response> {
  return await download(eventOf(`/lokationer/fil/hent?${query}`) as never);
}

async function upload(bytes: BlobPart, name = "rettet.csv"): Promise<unknown> {
  const body = new FormData();
  body.set("fil", new File([bytes], name));
  const event = eventOf("/lokationer/fil?/upload");
  const request = new Request(event.url, { method: "POST", body });
  return await Promise.resolve(actions["upload"]?.({ ...event, request } as never)).catch(
    (thrown: unknown) => thrown,
  );
}

async function reportOf(uploaded: unknown) {
  const { location } = uploaded as { location: string };
  const { taken } = (await load(eventOf(location) as never)) as PageData;
  if (!taken) throw new Error("there is no report");
  return taken;
}

test.each(["csv", "xlsx"])(
  "what the search shows goes down and up as %s without a difference",
  async (format) => {
    const answer = await fileOf(`text=${glns[0]}&format=${format}`);
    expect(answer.headers.get("content-disposition")).toBe(
      `attachment; filename="meddelelsestyper.${format}"`,
    );
    const report = await reportOf(await upload(await answer.arrayBuffer(), `x.${format}`));
    expect([report.counts, report.changeSetId]).toEqual([
      { created: 0, changed: 0, ended: 0, unchanged: 1, faulty: 0 },
      null,
    ]);
  },
);

test("an edited file gives a set, a report of its faults, and a file of the faulty rows that can be uploaded again", async () => {
  const text = (await (await fileOf("")).text()).replace("CTL01;C0130Q;modtager", "CTL01;C0130Q;begge");
  const lines = text.split("\r\n");
  const [first = "", second = ""] = lines.slice(1);
  const ended = [lines[0], first, `${second.replace(/;$/, "")};x`].join("\r\n");
  const report = await reportOf(await upload(ended, "C:\\filer\\rettet.csv"));
  expect(report).toMatchObject({
    fileName: "C:  filer rettet.csv".replace("  ", " "),
    counts: { ended: 1, faulty: 1 },
    faults: [{ row: 2, column: "Retning", value: "begge", text: "Skriv modtager eller sender." }],
  });
  const set = await getChangeSet(createContext(db, mine, now), { id: report.changeSetId ?? "" });
  expect(set.items.map(({ command }) => (command as { gln: string }).gln)).toEqual([glns[1]]);
  const faulty = await downloadFaults(eventOf(`/lokationer/fil/fejl?rapport=${report.id}`) as never);
  const corrected = (await faulty.text()).replace("begge", "modtager");
  expect(corrected).toContain("Retning: Skriv modtager eller sender.");
  expect((await reportOf(await upload(corrected))).counts).toMatchObject({ unchanged: 1, faulty: 0 });
});

test("the list itself is a file with a line for each number", async () => {
  const text = await (await fileOf("indhold=liste")).text();
  expect(
    text
      .trim()
      .split("\r\n")
      .map((line) => line.split(";")[0]),
  ).toEqual(["Lokationsnummer", ...glns]);
});

test.each<[string, BlobPart, string]>([
  ["no bytes", "", "Vælg en fil."],
  [
    "another table",
    "a;b\n1;2",
    "Første række skal have kolonnerne Lokationsnummer, Meddelelsestype og Version.",
  ],
])("a file with %s is refused at its field", async (_name, bytes, text) => {
  expect(await upload(bytes)).toMatchObject({
    status: 400,
    data: { problem: { fieldFaults: { fil: [text] } } },
  });
});
