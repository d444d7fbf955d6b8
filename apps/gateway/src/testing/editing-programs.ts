import { createContext, type Database } from "@sor/core";
import { actorForKey, createKey, type Scope } from "@sor/core/access";
import { SorId } from "@sor/core/identifiers";
import { aVendor, editorsOfRegister } from "@sor/core/testing";
import { closeServer, createGatewayServer, listen } from "../server.ts";
import { testDeps } from "./index.ts";
import { type Answered, askOver } from "./socket-client.ts";

const now = new Date("2026-06-01T10:00:00Z");

type Program = "region" | "other" | "vendor" | "authority";
type Json = Record<string, unknown> & {
  id: string;
  items: { position: number; command: Record<string, unknown> }[];
};
type Asked = Answered & { json: Json; etag: string };

async function keysOf(db: Database, world: { owner: string; otherOwner: string }, supplierId: string) {
  const system = createContext(db, { kind: "system", job: "test" }, now);
  const expiresAt = new Date(now.getTime() + 86_400_000);
  const another = (await aVendor(db)).supplierId;
  const aKey = async (scopes: Scope[], registerPart?: SorId | "all", of = another) => {
    const wanted = { supplierId: of, name: "program", scopes, glns: null, registerPart, expiresAt };
    return (await createKey(system, wanted)).key;
  };
  return {
    region: await aKey(["register:write"], SorId.parse(world.owner), supplierId),
    other: await aKey(["register:write"], SorId.parse(world.otherOwner)),
    vendor: await aKey(["registrations:write"], undefined, supplierId),
    authority: await aKey(["register:write"], "all"),
  } satisfies Record<Program, string>;
}

/**
 * A gateway on a socket, and programs with real keys: of a region (the first owner's part) and of a vendor, both of one supplier;
 * of the second owner's region and of the authority, both of another.
 */
export async function editingPrograms() {
  const world = await editorsOfRegister();
  const { db } = world;
  const { supplierId } = await aVendor(db);
  const keys = await keysOf(db, world, supplierId);
  const findKey = (key: string, at: Date) => actorForKey(db, key, at);
  const server = createGatewayServer(testDeps({ db, clock: () => now, findKey }));
  const origin = await listen(server, 0, "127.0.0.1");

  const ask = async (as: Program, method: string, path: string, body?: unknown, more: object = {}) => {
    const type = body !== undefined && { "content-type": "application/json" };
    const headers = { authorization: `Bearer ${keys[as]}`, ...type, ...more };
    const bytes = body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)) };
    const answer = await askOver(origin, { method, path, headers, ...bytes });
    const isJson = /^application\/(?:problem\+)?json/.test(answer.headers["content-type"] ?? "");
    const json = (isJson ? JSON.parse(answer.body) : {}) as Json;
    return { ...answer, json, etag: String(answer.headers.etag) } satisfies Asked;
  };
  const draft = (as: Program, items: unknown[], more: object = {}) =>
    ask(as, "POST", "/v1/change-sets", { title: "Rettelser", items }, more);
  const step = (as: Program, { json, etag }: Pick<Asked, "json" | "etag">, name: string, body?: object) =>
    ask(as, "POST", `/v1/change-sets/${json.id}/$${name}`, body, { "if-match": etag });
  /** Submits and applies a set; throws when either is refused. */
  const applied = async (as: Program, made: Asked) => {
    const submitted = await step(as, made, "submit", {});
    const done = await step(as, submitted, "apply");
    if (done.json.state !== "applied") throw new Error(submitted.body + done.body);
    return done;
  };
  const unitOn = async (sorId: string, day: string) =>
    (await ask("vendor", "GET", `/v1/organisations/${sorId}?validAt=${day}`)).json;
  return { world, db, supplierId, ask, draft, step, applied, unitOn, close: () => closeServer(server) };
}

/** A command that gives a unit another name. */
export const rename = (sorId: string, name: string, validFrom = "2026-07-01") => ({
  ...{ kind: "unit.change", sorId, validFrom },
  attributes: { name },
});
