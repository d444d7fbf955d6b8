import { createContext, type DomainError } from "@sor/core";
import { testDatabase } from "@sor/core/testing";
import { beforeAll, expect, test } from "vitest";
import { guides } from "#lib/server/guides.ts";
import { testEvent } from "../../../testing/events.ts";
import { collectRoutes } from "../../../testing/pages.ts";
import { load } from "./[navn]/+page.server.ts";
import { GET } from "./billeder/[fil]/+server.ts";

const kilobytesMost = 60;
const picturesMost = 6;
let event: (params: Record<string, string>) => never;
beforeAll(async () => {
  const db = await testDatabase();
  const ctx = createContext(db, { kind: "anonymous" }, new Date());
  event = (params) => testEvent({ ctx, params }) as never;
});

const codeOf = (thrown: unknown) => (thrown as DomainError).code;

test("every picture of a guide is served and small, and has a text", async () => {
  for (const { name } of await guides.list()) {
    const { guide } = (await load(event({ navn: name }))) as { guide: { html: string } };
    const pictures = [...guide.html.matchAll(/<img src="([^"]+)" alt="([^"]*)"/g)];
    expect(pictures.length).toBeLessThanOrEqual(picturesMost);
    for (const [, address = "", alt = ""] of pictures) {
      expect(alt.length, address).toBeGreaterThan(20);
      const answer = await GET(event({ fil: address.replace("/vejledninger/billeder/", "") }));
      expect((await answer.arrayBuffer()).byteLength, address).toBeLessThan(kilobytesMost * 1024);
    }
  }
});

test("every link of a guide leads to a page, a guide or a place on the page", async () => {
  const names = (await guides.list()).map(({ name }) => `/vejledninger/${name}`);
  const pages = new Set([...collectRoutes().map((route) => route.replaceAll(/\/\(\w+\)/g, "")), ...names]);
  for (const address of names) {
    const html = (await guides.find(address.replace("/vejledninger/", "")))?.html ?? "";
    const links = [...html.matchAll(/href="([^"]*)"/g)].map(([, link = ""]) => link);
    const broken = links.filter(
      (link) => !/^https:/.test(link) && !pages.has(link.replace(/[?#].*/, "") || address),
    );
    expect([address, broken]).toEqual([address, []]);
    const places = links.filter((link) => link.startsWith("#")).map((link) => link.slice(1));
    expect(places.filter((place) => !html.includes(`id="${place}"`))).toEqual([]);
  }
});

test("other names are not found", async () => {
  const read = async (navn: string) => await load(event({ navn }));
  await expect(read("../api/changes").catch(codeOf)).resolves.toBe("not-found");
  const picture = async (fil: string) => await GET(event({ fil }));
  await expect(picture("../ret-i-registret.md").catch(codeOf)).resolves.toBe("not-found");
  await expect(picture("findes-ikke.webp").catch(codeOf)).resolves.toBe("not-found");
});
