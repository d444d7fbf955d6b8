import { execFile } from "node:child_process";
import { copyFile, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { closeDatabase, type Database, openDatabase } from "@sor/core";
import { aLocation, anEndpoint, anInterchange, aVendor, receives, testDatabaseUrl } from "@sor/core/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aKey } from "../testing/a-key.ts";
import { type GatewayProcess, startGateway } from "../testing/gateway-process.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const gln = "5790000128686";
let folder: string;
let db: Database;
let gateway: GatewayProcess;
let key: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "generated-client-"));
  const url = await testDatabaseUrl();
  db = openDatabase(url);
  const { supplierId } = await aVendor(db);
  await aLocation(db, { gln, supplierId });
  await receives(db, gln, await anEndpoint(db, { supplierId }), [["DIS91", "D9134L"]]);
  const scopes = ["interchanges:send", "mailboxes:read", "registrations:write", "endpoints:read"] as const;
  ({ key } = await aKey(db, supplierId, [...scopes]));
  gateway = await startGateway({ DATABASE_URL: url, DATA_DIR: folder });
});
afterAll(async () => {
  await gateway?.end("SIGKILL");
  if (db) await closeDatabase(db);
  await rm(folder, { recursive: true, force: true });
});

/** Runs a program in the folder of the client and gives what it wrote; throws with all of it where it failed. */
async function run(script: string, args: string[], env: Record<string, string> = {}): Promise<string> {
  const path = script.startsWith("/") ? script : join(folder, script);
  const options = { cwd: folder, env };
  const running = promisify(execFile)(process.execPath, [path, ...args], options);
  const { stdout } = await running.catch((error: { stdout: string; stderr: string }) => {
    throw new Error(error.stdout + error.stderr);
  });
  return stdout;
}

/** Calls that the gateway would refuse: the compiler reports a line here that it takes. */
const wrong = `import createClient from "openapi-fetch";
import type { paths } from "./sor-api.ts";
const client = createClient<paths>({});
const params = { path: { gln: "5790000128686" } };
// @ts-expect-error If-Match is missing.
await client.PUT("/v1/locations/{gln}/message-types", { params, body: { registrations: [] } });
// @ts-expect-error There is no such state.
await client.GET("/v1/messages", { params: { query: { state: "lost" } } });
// @ts-expect-error A reason is missing.
await client.POST("/v1/messages/{id}/$hold", { params: { path: { id: "" } }, body: {} });
`;

const strict = [
  ...["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"],
  ...["--target", "es2024", "--module", "nodenext", "--allowImportingTsExtensions", "--types", "node"],
];

test("a client that openapi-typescript makes of the served description compiles, and makes a newcomer's calls", async () => {
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  await writeFile(join(folder, "package.json"), '{"type":"module"}');
  await copyFile(join(root, "examples/typescript-client.ts"), join(folder, "client.ts"));
  await run(join(root, "node_modules/openapi-typescript/bin/cli.js"), [
    ...[`${gateway.address}/openapi.json`, "-o", "sor-api.ts"],
  ]);
  await writeFile(join(folder, "wrong.ts"), wrong);
  await run(join(root, "node_modules/typescript/bin/tsc"), [...strict, "client.ts", "wrong.ts"]);

  const messages = [{ reference: "L1", text: "Rødgrød på æblekage" }];
  await writeFile(join(folder, "letter.edi"), anInterchange({ sender: gln, receiver: gln, messages }));
  const env = { GATEWAY: gateway.address, KEY: key, GLN: gln };
  const lines = (await run("client.ts", [], env)).trim().split("\n");
  expect(lines).toEqual([
    "route DIS91 D9134L mailbox",
    "endpoints 1",
    "registrations 1",
    "would change 1",
    "changed 1",
    "sent L1 queued",
    "acknowledged 1",
  ]);
}, 180_000);
