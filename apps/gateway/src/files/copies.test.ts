import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createResolver } from "@sor/client";
import { closeDatabase, createContext, type Database, openDatabase } from "@sor/core";
import { recordRebase } from "@sor/core/changes";
import { inventCountry, loadCountry } from "@sor/core/demo";
import { listEntriesAfter } from "@sor/core/journal";
import { loadRoutingTable, resolveRoute, toSeconds } from "@sor/core/routing";
import { makeDueSnapshot } from "@sor/core/snapshots";
import {
  anEndpoint,
  applySet,
  aVendor,
  copyHashes,
  setApprovalRules,
  testDatabaseUrl,
} from "@sor/core/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aKey } from "../testing/a-key.ts";
import { type GatewayProcess, startGateway } from "../testing/gateway-process.ts";

const command = fileURLToPath(new URL("../../../../packages/client/src/command.ts", import.meta.url));
const system = { kind: "system", job: "test" } as const;
let db: Database;
let url: string;
let folder: string;
let gateway: GatewayProcess;
let endpointId: string;
let env: Record<string, string>;
let keyFile: string;
const now = () => new Date();
const ctx = () => createContext(db, system, now());

beforeAll(async () => {
  url = await testDatabaseUrl();
  db = openDatabase(url);
  folder = await mkdtemp(join(tmpdir(), "copies-"));
  await loadCountry(ctx(), inventCountry(150, 1, now()));
  await setApprovalRules(db, []);
  const { supplierId } = await aVendor(db);
  endpointId = await anEndpoint(db, { supplierId });
  keyFile = join(folder, "key");
  await writeFile(keyFile, (await aKey(db, supplierId)).key);
  const filesDir = join(folder, "files");
  await makeDueSnapshot(db, now, { filesDir, schedule: [60], keepDays: 2 });
  env = { DATABASE_URL: url, FILES_DIR: filesDir, DATA_DIR: join(folder, "data") };
  gateway = await startGateway(env);
  env.GATEWAY_PORT = new URL(gateway.address).port;
});
afterAll(async () => {
  await gateway.end("SIGKILL");
  await closeDatabase(db);
  await rm(folder, { recursive: true, force: true });
});

type Unit = { sorId: string; level: string; parent: string };
const random = <T>(of: readonly T[]): T => of[Math.floor(Math.random() * of.length)] as T;

/** One edit of the register, by chance; what it refuses is left out. */
async function edit(units: readonly Unit[], glns: readonly string[], serial: number): Promise<void> {
  const today = new Date().toISOString().slice(0, 10);
  const unit = random(units.filter(({ level }) => level === "unit"));
  const { sorId } = unit;
  const type = random([["DIS91", "D9134L"] as const, ["DIS01", "D0134L"], ["REF01", "H0131R"]]);
  const of = { gln: random(glns), messageType: type[0], version: type[1] };
  const validFrom = Math.random() < 0.5 ? new Date(Date.now() + 86_400_000 * 40).toISOString() : null;
  const command = random<object>([
    {
      kind: "unit.change",
      sorId,
      validFrom: today,
      validTo: null,
      attributes: { name: `Æblegård "${serial}"; 😀` },
    },
    { kind: "unit.move", sorId, validFrom: today, parentSorId: random(units).sorId },
    { kind: "unit.close", sorId, validTo: today },
    { kind: "registrations.add", ...of, endpointId, validFrom },
    { kind: "registrations.end", ...of },
  ]);
  await applySet(ctx(), [command]).catch((error: { code?: string; message: string }) => {
    if (error.code === undefined || /well-formed/.test(error.message)) throw error;
  });
}

class MirrorProcess {
  #child: ChildProcess | undefined;
  readonly to = join(folder, "mirror");
  start(...more: string[]): ChildProcess {
    const options = ["--from", gateway.address, "--to", this.to, "--key-file", keyFile, "--publish", "0"];
    this.#child = spawn(process.execPath, [command, ...options, "--poll", "0.1", ...more], {
      stdio: "ignore",
    });
    return this.#child;
  }
  async kill(): Promise<void> {
    const exited = this.#child && once(this.#child, "exit");
    this.#child?.kill("SIGKILL");
    await exited;
  }
  async state() {
    const text = await readFile(join(this.to, "current", "state.json"), "utf8").catch(() => undefined);
    if (text === undefined) return undefined;
    const state = JSON.parse(text) as { sequence: number; files: Record<string, { setHash: string }> };
    const hashes = Object.entries(state.files).map(([name, file]) => [name, file.setHash]);
    return { sequence: state.sequence, hashes: Object.fromEntries(hashes) as Record<string, string> };
  }
}

/** Reads the feed as a careful client does, until told to stop: the numbers in the order in which they came. */
function readFeed(from: number) {
  const seen: number[] = [];
  let isOver = false;
  const reading = (async () => {
    let next = String(from);
    for (let isEnd = false; !(isOver && isEnd); ) {
      const answer = await fetch(`${gateway.address}/v1/changes?after=${next}&limit=5`).catch(
        () => undefined,
      );
      const page = answer?.ok ? ((await answer.json().catch(() => undefined)) as FeedPage) : undefined;
      if (!page) continue;
      seen.push(...page.items.map(({ sequence }) => sequence));
      [next, isEnd] = [page.next, page.isEnd];
    }
  })();
  const over = async () => {
    isOver = true;
    await reading;
    return seen;
  };
  return { over };
}
type FeedPage = { items: { sequence: number }[]; next: string; isEnd: boolean } | undefined;

test("while writers commit and gateway and mirror are killed, no number is missed or told twice, and the mirror is the register at every number it claims", async () => {
  const { rows: units } = await db.execute<Unit>(`
    select v.sor_id as "sorId", v.level, v.parent_sor_id as parent from organisation_versions v where v.superseded_at is null`);
  const { rows: numbers } = await db.execute<{ gln: string }>(`select gln from locations`);
  const glns = numbers.map(({ gln }) => gln);
  const known = new Map<number, Record<string, string>>();
  const note = async () => {
    const { sequence, hashes } = await copyHashes(db, now());
    known.set(sequence, hashes);
    return sequence;
  };
  const begin = await note();
  const feed = readFeed(begin);
  const resolver = createResolver({
    from: gateway.address,
    file: join(folder, "routes.ndjson"),
    pollSeconds: 0.1,
  });
  const mirror = new MirrorProcess();
  mirror.start();
  const claims = new Map<number, Record<string, string>>();
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      const state = await mirror.state();
      if (state) claims.set(state.sequence, state.hashes);
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();

  // One edit at a time, so that the register is known at every number; delays are by chance.
  let serial = 0;
  const write = async (count: number) => {
    for (let done = 0; done < count; done += 1) {
      serial += 1;
      await edit(units, glns, serial);
      await note();
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
    }
  };
  await resolver.ready;
  for (let round = 0; round < 2; round += 1) {
    await write(8);
    await mirror.kill();
    mirror.start();
    const writing = write(8);
    await gateway.end("SIGKILL");
    gateway = await startGateway(env);
    await writing;
  }
  const last = await note();
  await expect.poll(async () => (await mirror.state())?.sequence, { timeout: 20_000 }).toBe(last);
  isOver = true;
  await watching;
  await mirror.kill();
  const told = (await listEntriesAfter(db, begin, 100_000)).filter(
    ({ outcome, subjectType }) => outcome === "done" && ["unit", "location"].includes(subjectType),
  );
  // Between two numbers at which the register was read there is one transaction that changes it, and drafts, which do not.
  const hashesAt = (sequence: number) => {
    const before = [...known.keys()].findLast((each) => each <= sequence) ?? 0;
    const isBefore = !told.some((entry) => entry.sequence > before && entry.sequence <= sequence);
    return known.get(isBefore ? before : ([...known.keys()].find((each) => each > sequence) ?? 0));
  };
  for (const [sequence, hashes] of claims)
    expect({ sequence, hashes }).toEqual({ sequence, hashes: hashesAt(sequence) });
  expect(claims.size).toBeGreaterThan(5);

  expect(told.length).toBeGreaterThan(8);
  expect(await feed.over()).toEqual(told.map(({ sequence }) => sequence));

  await resolver.look();
  const { table } = await loadRoutingTable(db);
  const moments = [toSeconds(now()), toSeconds(now()) + 86_400 * 41];
  let found = 0;
  for (const gln of [...glns, "5790000000005", "12"])
    for (const messageType of ["DIS91", "dis01", "REF01", "XDIS91", "NOPE"])
      for (const at of moments) {
        const own = resolver.resolve({ gln, messageType, at });
        const theirs = resolveRoute(table, { gln, messageType, at });
        expect([gln, messageType, own.found || own.reason]).toEqual([
          gln,
          messageType,
          theirs.found || theirs.reason,
        ]);
        if (!own.found || !theirs.found) continue;
        found += 1;
        const type = table.types.entries[theirs.type];
        expect([own.version, own.endpoint.id]).toEqual([
          type?.version,
          table.parties.endpoints[theirs.endpoint]?.id,
        ]);
      }
  expect(found).toBeGreaterThan(20);

  // Without the gateway, and after a restart, it goes on with what it has, and says how old that is.
  await gateway.end("SIGKILL");
  await resolver.stop();
  const again = createResolver({
    from: gateway.address,
    file: join(folder, "routes.ndjson"),
    pollSeconds: 60,
  });
  await again.ready;
  expect(again.state()).toMatchObject({ sequence: table.sequence, locations: glns.length });
  expect(again.state().ageSeconds).toBeLessThan(600);
  await again.stop();
  gateway = await startGateway(env);
}, 120_000);

test("a mirror begins again when told of a rebase, and publishes nothing when too much is gone at once", async () => {
  const mirror = new MirrorProcess();
  const once1 = mirror.start("--once");
  expect((await once(once1, "exit"))[0]).toBe(0);
  const { sequence } = (await mirror.state()) ?? {};
  // Outside the journal, as a table restored apart would be.
  await db.execute(`create table kept as select * from registrations`);
  await db.execute(`delete from registrations`);
  await recordRebase(ctx(), { reason: "restore" });
  await makeDueSnapshot(db, now, { filesDir: env.FILES_DIR ?? "", schedule: [60], keepDays: 2 });
  expect((await once(mirror.start("--once"), "exit"))[0]).toBe(0);
  const after = await mirror.state();
  const { sequence: expected, hashes } = await copyHashes(db, now());
  expect(after).toEqual({ sequence: expected, hashes });
  expect(after?.sequence).toBeGreaterThan(sequence ?? 0);
  await db.execute(`update organisation_versions set superseded_at = now() where level <> 'owner'`);
  await recordRebase(ctx(), { reason: "repair" });
  await makeDueSnapshot(db, now, { filesDir: env.FILES_DIR ?? "", schedule: [60], keepDays: 2 });
  expect((await once(mirror.start("--once"), "exit"))[0]).toBe(3);
  expect(await mirror.state()).toEqual(after);
  expect((await once(mirror.start("--once", "--force"), "exit"))[0]).toBe(0);
  expect((await mirror.state())?.hashes).toEqual((await copyHashes(db, now())).hashes);
});
