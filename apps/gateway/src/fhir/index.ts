import { type Reading, readRegister } from "@sor/core/register-log";
import type { Context, MiddlewareHandler } from "hono";
import type { AppEnv, Deps } from "../app-env.ts";
import { limitAtOnce, limitReads } from "../http/bounded.ts";
import { caller, requireReader } from "../http/caller.ts";
import { type Limiter, limitRate } from "../http/limits.ts";
import { limitBody } from "../http/request-body.ts";
import { newRouter } from "../http/router.ts";
import { onError } from "../problems/index.ts";
import { searchBundle } from "./bundle.ts";
import { capabilityStatement } from "./capability.ts";
import { type Pair, pairOf, remember, remembered } from "./endpoint-memory.ts";
import { history, readHistory } from "./history.ts";
import { loadTimelines, type ResourceVersion } from "./load.ts";
import { answerFhir, asOutcome, FhirFault, formatOf, outcome } from "./outcome.ts";
import { readSearch } from "./read-query.ts";
import { type Resource, type ResourceType, resourceTypes } from "./resources/parts.ts";
import { search } from "./search.ts";

const searchBytesMax = 64 * 1024;

/**
 * The register as HL7 FHIR R4: IHE mCSD's Directory with ITI-90 (read, search) and ITI-91 (history), in JSON and XML. Everything is
 * as of one sequence, which is the version of what it changed.
 */
export function fhir(deps: Deps, limiter: Limiter) {
  const app = newRouter();
  app.onError(onFault);
  app.use("/fhir/*", inFhir(), caller(deps, limiter), limitRate(deps, limiter), limitAtOnce(deps));
  app.use("/fhir/*", requireReader(deps), checkFormat, fromMemory(deps), limitReads(deps));
  const base = (c: Context<AppEnv>) => `${deps.config.PUBLIC_GATEWAY_URL ?? new URL(c.req.url).origin}/fhir`;

  app.get("/fhir/metadata", (c) => answerFhir(c, capabilityStatement(base(c), c.var.ctx.now)));
  app.get("/fhir/_history", (c) => answerHistory(c, base(c), { types: resourceTypes }, "/_history"));
  app.get("/fhir/:type/_history", (c) => {
    const type = typeOf(c);
    return answerHistory(c, base(c), { types: [type] }, `/${type}/_history`);
  });
  app.post("/fhir/:type/_search", limitBody(searchBytesMax), async (c) => {
    const form = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
    if (form !== undefined && form !== "application/x-www-form-urlencoded")
      throw new FhirFault(400, "not-supported", "A search is posted as application/x-www-form-urlencoded.");
    return await answerSearch(c, deps, base(c), [...partsOf(c), ...new URLSearchParams(await c.req.text())]);
  });
  app.get("/fhir/:type", (c) => answerSearch(c, deps, base(c), partsOf(c)));
  app.get("/fhir/:type/:id", (c) => answerVersion(c, (versions) => versions.now));
  app.get("/fhir/:type/:id/_history", async (c) => {
    const type = typeOf(c);
    const id = c.req.param("id");
    await answerVersion(c, ({ versions }) => versions.findLast(({ resource }) => resource));
    return await answerHistory(c, base(c), { types: [type], id }, `/${type}/${id}/_history`);
  });
  app.get("/fhir/:type/:id/_history/:version", (c) =>
    answerVersion(c, ({ versions }) =>
      versions.find(({ sequence }) => String(sequence) === c.req.param("version")),
    ),
  );
  return app;
}

/** Refusals of the gateway as OperationOutcome. */
function inFhir(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    await next();
    if (!c.res.headers.get("content-type")?.startsWith("application/problem+json")) return;
    const refused = c.res;
    c.res = undefined;
    c.res = await asOutcome(c, refused);
  };
}

function onFault(error: Error, c: Context<AppEnv>) {
  if (!(error instanceof FhirFault)) return onError(error, c);
  const { code, message, at, status } = error;
  return answerFhir(c, outcome(code, message, "error", at), status, { "Cache-Control": "no-store" });
}

const checkFormat: MiddlewareHandler<AppEnv> = async (c, next) => {
  const asked = c.req.query("_format");
  if (formatOf(asked, c.req.header("accept"))) return await next();
  throw new FhirFault(asked === undefined ? 406 : 400, "not-supported", "FHIR is given as JSON and as XML.");
};

const partsOf = (c: Context<AppEnv>): [string, string][] => [...new URL(c.req.url).searchParams];

function typeOf(c: Context<AppEnv>): ResourceType {
  const asked = c.req.param("type");
  const type = resourceTypes.find((each) => each === asked);
  if (type) return type;
  throw new FhirFault(404, "not-supported", "The register has no resources of this type.");
}

const asOf = ({ sequence }: Reading) => ({ "Register-Sequence": String(sequence) });

function isStrict(c: Context<AppEnv>): boolean {
  return /(?:^|[,;\s])handling=strict(?:$|[,;\s])/.test(c.req.header("prefer") ?? "");
}

async function answerSearch(
  c: Context<AppEnv>,
  deps: Deps,
  base: string,
  parts: readonly [string, string][],
) {
  const asked = readSearch(typeOf(c), parts, isStrict(c));
  return await readRegister(c.var.ctx, async (reading) => {
    const bundle = await search(reading, asked, base);
    const pair = asked.type === "Endpoint" ? pairOf(parts) : undefined;
    const [found] = (bundle as { entry?: { resource: Resource }[] }).entry ?? [];
    if (pair && found) remember(deps, pair, found.resource, reading.sequence, reading.now);
    return answerFhir(c, bundle, 200, asOf(reading));
  });
}

/** Who receives a message type at a location number is answered from the routing table, without the database. */
function fromMemory(deps: Deps): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    if (c.req.method !== "GET" || c.req.path !== "/fhir/Endpoint") return await next();
    const parts = partsOf(c);
    const pair: Pair | undefined = pairOf(parts);
    const found = pair && remembered(deps, pair, c.var.ctx.now);
    if (found === undefined) return await next();
    const bundle = searchBundle({
      ...{
        asked: readSearch("Endpoint", parts, isStrict(c)),
        included: [],
        total: undefined,
        cursor: undefined,
      },
      base: `${deps.config.PUBLIC_GATEWAY_URL ?? new URL(c.req.url).origin}/fhir`,
      hits: found ? [found] : [],
      now: c.var.ctx.now,
    });
    return answerFhir(c, bundle, 200, { "Register-Sequence": String(deps.routing.table.sequence) });
  };
}

type Choice = (timeline: {
  versions: readonly ResourceVersion[];
  now: ResourceVersion | undefined;
}) => ResourceVersion | undefined;

/** One version of a resource; 404 for one that was never there, 410 for one that is gone. */
async function answerVersion(c: Context<AppEnv>, choose: Choice) {
  const type = typeOf(c);
  const id = c.req.param("id") ?? "";
  if (!/^[A-Za-z0-9.-]{1,64}$/.test(id)) throw new FhirFault(404, "not-found", "There is no such resource.");
  return await readRegister(c.var.ctx, async (reading) => {
    const timeline = (await loadTimelines(reading, type, [id])).get(id);
    const version = timeline && choose(timeline);
    const wasThere = timeline?.versions.some(({ resource }) => resource) ?? false;
    if (!version || !wasThere) throw new FhirFault(404, "not-found", "There is no such resource.");
    if (!version.resource) throw new FhirFault(410, "deleted", "The resource has been deleted.");
    const etag = `W/"${version.sequence}"`;
    const headers = { ETag: etag, "Last-Modified": version.at.toUTCString(), ...asOf(reading) };
    const known = c.req.header("if-none-match")?.slice(0, 4000).split(",");
    const isKnown = known?.some((tag) => tag.trim().replace(/^W\//, "") === `"${version.sequence}"`);
    return isKnown ? c.body(null, 304, headers) : answerFhir(c, version.resource, 200, headers);
  });
}

async function answerHistory(
  c: Context<AppEnv>,
  base: string,
  of: { types: readonly ResourceType[]; id?: string },
  path: string,
) {
  const [count, since, cursor] = ["_count", "_since", "_cursor"].map((name) => c.req.query(name));
  const question = readHistory(of, { count, since, cursor });
  return await readRegister(c.var.ctx, async (reading) =>
    answerFhir(c, await history(reading, question, { base, path }), 200, asOf(reading)),
  );
}
