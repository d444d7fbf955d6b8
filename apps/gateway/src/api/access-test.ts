import { createRoute } from "@hono/zod-openapi";
import { findOwnKey, scopes } from "@sor/core/access";
import { z } from "zod";
import type { Deps } from "../app-env.ts";
import { exactAddressOf } from "../http/limits.ts";
import { newRouter } from "../http/router.ts";
import { problemResponses } from "../problems/docs.ts";
import { json, noStore, nothing } from "./shared.ts";

const day = 86_400_000;
const Scope = z.enum(scopes);

const OwnKey = z
  .object({
    name: z.string(),
    start: z.string().meta({ description: "Its first characters" }),
    supplier: z.string(),
    locationNumbers: z.int().nullable().meta({
      description: "How many location numbers it is limited to; null: all of the supplier's",
    }),
    registerPart: z.string().nullable().meta({ description: "`all`, a SOR id, or null for none" }),
    networks: z
      .array(z.string())
      .nullable()
      .meta({ description: "From where it may be used; null: from anywhere" }),
    expiresAt: z.iso.datetime().nullable(),
    daysLeft: z.int().nullable(),
  })
  .meta({ id: "OwnKey", description: "The key of the call" });

const SelfTest = z
  .object({
    now: z.iso.datetime(),
    clockDifferenceSeconds: z.number().nullable().meta({
      description: "The `Date` of the request minus our time; null where the request has no `Date`",
    }),
    address: z.string().meta({ description: "Where the call comes from, as we and our proxies see it" }),
    protocol: z.string(),
    isEncrypted: z
      .boolean()
      .nullable()
      .meta({ description: "As our proxy says; null where nothing says it" }),
    mayLookUp: z.boolean(),
    scopes: z.array(z.object({ scope: Scope, isGiven: z.boolean() })),
    key: OwnKey.nullable().meta({ description: "Null for a call without a key" }),
  })
  .meta({ id: "AccessTest", description: "What the caller is and may, as this gateway sees it" });

const example: z.input<typeof SelfTest> = {
  ...{ now: "2026-10-01T08:00:00.000Z", clockDifferenceSeconds: 0.4, address: "192.0.2.7" },
  ...{ protocol: "HTTP/1.1", isEncrypted: true, mayLookUp: true },
  scopes: [
    { scope: "interchanges:send", isGiven: true },
    { scope: "register:write", isGiven: false },
  ],
  key: {
    ...{ name: "Journalen", start: "sor_OGsMRs", supplier: "Nordlys Sundheds-it A/S", locationNumbers: null },
    ...{
      registerPart: null,
      networks: ["192.0.2.0/24"],
      expiresAt: "2027-10-01T00:00:00.000Z",
      daysLeft: 365,
    },
  },
};

function differenceOf(date: string | undefined, now: Date): number | null {
  const stated = Date.parse(date ?? "");
  return Number.isNaN(stated) ? null : Math.round((stated - now.getTime()) / 100) / 10;
}

const protoHeader = "x-forwarded-proto";

/** What a program's call looks like from here: open to everybody, so that one may try before there is a key. */
export function accessTest(deps: Deps) {
  const app = newRouter();
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/access/self-test",
      summary: "What am I, and what may I? · Test din adgang",
      description:
        "Shows from where the call comes, how far its clock is from ours, and what its key is, may, and when it ends. A wrong key, or a key used from another network, is refused with the reason as everywhere else.",
      tags: ["access"],
      request: { query: nothing },
      responses: {
        200: json("What this gateway sees", SelfTest, example),
        ...problemResponses("invalid", "not-signed-in", "not-allowed", "too-many", "unavailable"),
      },
    }),
    async (c) => {
      const { ctx, actor } = c.var;
      const key = await findOwnKey(ctx);
      const given = actor.kind === "key" ? actor.scopes : [];
      const isBehindProxy = deps.config.TRUST_PROXY > 0;
      const proto = c.req.header(protoHeader);
      const left = key?.expiresAt ? Math.floor((key.expiresAt.getTime() - ctx.now.getTime()) / day) : null;
      const seen: z.output<typeof SelfTest> = {
        now: ctx.now.toISOString(),
        clockDifferenceSeconds: differenceOf(c.req.header("date"), ctx.now),
        address: exactAddressOf(c, deps.config),
        protocol: `HTTP/${c.env?.incoming?.httpVersion ?? "1.1"}`,
        isEncrypted: isBehindProxy && proto !== undefined ? proto === "https" : null,
        mayLookUp: deps.config.LOOKUPS !== "closed" || actor.kind === "key",
        scopes: scopes.map((scope) => ({ scope, isGiven: given.includes(scope) })),
        key: key
          ? {
              ...{ name: key.name, start: key.start, supplier: key.supplierName },
              locationNumbers: key.glns?.length ?? null,
              ...{ registerPart: key.registerPart, networks: key.networks },
              expiresAt: key.expiresAt?.toISOString() ?? null,
              daysLeft: left,
            }
          : null,
      };
      return c.json(seen, 200, noStore);
    },
  );
  return app;
}
