import { createRoute } from "@hono/zod-openapi";
import { describeDatasets } from "@sor/core/datasets";
import { queryNumber } from "@sor/core/identifiers";
import {
  askForSnapshot,
  getRun,
  listPublished,
  listRuns,
  type Manifest,
  readManifest,
  runView,
  SnapshotFile,
  SnapshotManifest,
  SnapshotRunView,
} from "@sor/core/snapshots";
import { z } from "zod";
import { byId, json, noStore, nothing, refusedWriting, security } from "../api/shared.ts";
import type { Deps } from "../app-env.ts";
import { snapshotPlaceOf } from "../config.ts";
import { requireKey, requireReader } from "../http/caller.ts";
import { limitBody } from "../http/request-body.ts";
import { newRouter } from "../http/router.ts";
import { problemResponses } from "../problems/docs.ts";
import { problem } from "../problems/index.ts";

const tags = ["files"];
const reading = ["invalid", "not-signed-in", "too-many", "unavailable"] as const;
const bodyBytesMax = 1000;

const FileView = SnapshotFile.extend({
  url: z.string().meta({ description: "Where the file is, and stays while its snapshot is kept" }),
  snapshot: z.string().meta({ description: "Name of its snapshot" }),
  sequence: z.int(),
  day: z.string(),
  madeAt: z.iso.datetime(),
}).meta({ id: "PublishedFile", description: "A file of the newest snapshot" });

const DatasetView = z
  .object({
    name: z.string(),
    title: z.object({ da: z.string(), en: z.string() }),
    path: z.string().meta({ description: "Its newest file is at this address below `/files`" }),
    columns: z.array(
      z.object({
        name: z.string(),
        da: z.string().meta({ description: "What stands in it, in Danish" }),
        isOurs: z.literal(true).optional(),
        isDerived: z.literal(true).optional(),
      }),
    ),
  })
  .meta({ id: "Dataset", description: "A file and its columns" });
const datasetExample: z.input<typeof DatasetView> = {
  ...{ name: "units", title: { da: "Enheder som NDJSON", en: "Units as NDJSON" } },
  ...{ path: "register/units.ndjson", columns: [{ name: "sorId", da: "Enhedens SOR-kode" }] },
};

const packed = {
  bytes: 4_103_877,
  sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
};
const fileExample: z.input<typeof SnapshotFile> = {
  ...{ dataset: "sor2-daily", path: "sor2_produktion/V1_00/data/SorEntity_daily.csv", aliases: [] },
  ...{
    contentType: "text/csv; charset=utf-8",
    bytes: 61_203_114,
    rows: 98_211,
    replaced: 0,
    leftOut: 0,
    sample: "SorId;SorType",
  },
  ...{ sha256: packed.sha256, gzip: packed, zstd: packed },
};
const name = "20261001T000004Z-0000048211";
const about = { sequence: 48_211, day: "2026-10-01", madeAt: "2026-10-01T00:00:04.000Z" };
const runExample: z.input<typeof SnapshotRunView> = {
  ...{ id: "019c2b5e-7b1a-7000-8000-000000000001", state: "published", cause: "schedule" },
  ...{ askedAt: about.madeAt, startedAt: about.madeAt, endedAt: "2026-10-01T00:01:12.000Z" },
  ...{ step: null, rows: 98_211, name, sequence: about.sequence, day: about.day, failure: null },
};

/** The snapshots of the register: what is published, how the making goes, and asking for one. */
export function snapshots(deps: Deps) {
  const app = newRouter();
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/snapshots",
      summary: "The newest runs and how they ended · Udtræk",
      description: "Newest first. The files themselves are below `/files`.",
      tags,
      middleware: [requireReader(deps)] as const,
      request: { query: z.strictObject({ limit: queryNumber(1, 100).default(25) }) },
      responses: {
        200: json("The runs", z.object({ items: z.array(SnapshotRunView) }), { items: [runExample] }),
        ...problemResponses(...reading),
      },
    }),
    async (c) => {
      const runs = await listRuns(c.var.ctx, c.req.valid("query").limit);
      return c.json({ items: runs.map(runView) }, 200, noStore);
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/datasets",
      summary: "What each file is, with its columns · Datasæt og kolonner",
      description:
        "The declaration from which the files are written: a copy can make its tables from it. `isDerived`: follows from other rows; `isOurs`: not known from the authority's own files.",
      tags,
      middleware: [requireReader(deps)] as const,
      request: { query: nothing },
      responses: {
        200: json("The datasets", z.object({ items: z.array(DatasetView) }), { items: [datasetExample] }),
        ...problemResponses("invalid", "not-signed-in", "too-many", "unavailable"),
      },
    }),
    (c) => c.json({ items: describeDatasets() }, 200, noStore),
  );

  addLatest(app, deps);
  addRuns(app);
  return app;
}

async function findNewest(deps: Deps): Promise<Manifest | undefined> {
  const { filesDir } = snapshotPlaceOf(deps.config);
  const [first] = await listPublished(filesDir);
  return first === undefined ? undefined : await readManifest(filesDir, first);
}

function addLatest(app: ReturnType<typeof newRouter>, deps: Deps): void {
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/snapshots/latest",
      summary: "The newest published snapshot · Nyeste udtræk",
      description: "Read from disk: answered without the database too.",
      tags,
      middleware: [requireReader(deps)] as const,
      request: { query: nothing },
      responses: {
        200: json("Its manifest", SnapshotManifest, { name, ...about, files: [fileExample] }),
        ...problemResponses(...reading, "not-found"),
      },
    }),
    async (c) => {
      const manifest = await findNewest(deps);
      return manifest ? c.json(manifest, 200, noStore) : problem(c, "not-found");
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/snapshots/latest/{dataset}",
      summary: "A file of the newest snapshot · En fil",
      description: "Where the newest file of a dataset is, its size and hash, and what it is as of.",
      tags,
      middleware: [requireReader(deps)] as const,
      request: { params: z.object({ dataset: z.string().max(60) }), query: nothing },
      responses: {
        200: json("The file", FileView, {
          ...fileExample,
          ...{ url: `/files/snapshots/${name}/${fileExample.path}`, snapshot: name, ...about },
        }),
        ...problemResponses(...reading, "not-found"),
      },
    }),
    async (c) => {
      const manifest = await findNewest(deps);
      const file = manifest?.files.find(({ dataset }) => dataset === c.req.valid("param").dataset);
      if (!manifest || !file) return problem(c, "not-found");
      const { name: snapshot, sequence, day, madeAt } = manifest;
      const url = `/files/snapshots/${snapshot}/${file.path}`;
      return c.json({ ...file, url, snapshot, sequence, day, madeAt }, 200, noStore);
    },
  );
}

function addRuns(app: ReturnType<typeof newRouter>): void {
  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/snapshots",
      summary: "Ask for a snapshot now · Bestil et udtræk",
      description:
        "For the register authority. The answer is the run, to be followed at its Location; one that is waiting already is answered instead of a second.",
      tags,
      security,
      middleware: [requireKey, limitBody(bodyBytesMax)] as const,
      request: { query: nothing },
      responses: {
        202: json("Asked for", SnapshotRunView, { ...runExample, state: "asked", cause: "request" }),
        ...refusedWriting(),
      },
    }),
    async (c) => {
      const run = await askForSnapshot(c.var.ctx);
      return c.json(runView(run), 202, { ...noStore, Location: `/v1/snapshots/${run.id}` });
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/snapshots/{id}",
      summary: "A run and how far it is · Status for et udtræk",
      description: "Follow it until its state is `published` or `failed`.",
      tags,
      security,
      middleware: [requireKey] as const,
      request: { params: byId, query: nothing },
      responses: {
        200: json("The run", SnapshotRunView, runExample),
        ...problemResponses(...reading, "not-found"),
      },
    }),
    async (c) => c.json(runView(await getRun(c.var.ctx, c.req.valid("param").id)), 200, noStore),
  );
}
