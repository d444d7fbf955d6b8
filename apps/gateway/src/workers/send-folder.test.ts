import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, realpathSync } from "node:fs";
import { mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeDatabase, createContext, type Database, openDatabase } from "@sor/core";
import { acceptInterchange } from "@sor/core/intake";
import { getMessage, listAttempts } from "@sor/core/messages";
import { aLocation, anEndpoint, anInterchange, aVendor, receives, testDatabaseUrl } from "@sor/core/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { aWorkerProcess, eventually } from "../testing/a-receiver.ts";
import { testDeps } from "../testing/index.ts";
import { startWorkers, type Workers } from "./index.ts";
import { type FolderFile, sendFolder, tryFolder } from "./send-folder.ts";

const supplierId = "0196f1f0-0000-7000-8000-00000000000a";
const deliveryId = "0196f1f0-0000-7000-8000-00000000000b";
const leaseToken = "0196f1f0-0000-4000-8000-00000000000c";
let root: string;

beforeEach(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "sor-folder-")));
  await mkdir(join(root, supplierId, "edi", "ind"), { recursive: true });
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

const file = (more: Partial<FolderFile> = {}): FolderFile => ({
  root,
  supplierId,
  path: "edi/ind",
  deliveryId,
  leaseToken,
  contentType: "application/EDIFACT; charset=iso-8859-1",
  body: Buffer.from("UNB+UNOC:3'"),
  timeoutMilliseconds: 10_000,
  ...more,
});
const sent = async (more: Partial<FolderFile> = {}) => (await sendFolder(file(more))).outcome;
const inside = async (...path: string[]) => (await readdir(join(root, supplierId, ...path))).sort();

describe("a folder that is tested", () => {
  const tried = async (more: Partial<FolderFile> = {}) => (await tryFolder(file(more))).fault;

  test("was written to, and is left empty", async () => {
    expect(await tried()).toBeNull();
    expect(await inside("edi", "ind")).toEqual([]);
  });

  test("that is missing, outside or not configured is reported by a code", async () => {
    expect(await tried({ path: "edi/ud" })).toBe("ENOENT");
    expect(await tried({ path: "../ind" })).toBe("folder-outside");
    expect(await tried({ root: undefined })).toBe("folder-not-configured");
    await symlink(join(root, supplierId, "edi", "ind"), join(root, supplierId, "genvej"));
    expect(await tried({ path: "genvej" })).toBe("folder-outside");
  });

  test("that is not writable is reported", async () => {
    await rm(join(root, supplierId, "edi", "ind"), { recursive: true });
    await writeFile(join(root, supplierId, "edi", "ind"), "");
    expect(await tried()).toBe("ENOTDIR");
  });
});

describe("a file in a folder", () => {
  test("has the delivery's id as name, the bytes, and nothing beside it; sent again it is the same file", async () => {
    for (const token of [leaseToken, leaseToken.replace("4000", "4001")]) {
      expect(await sent({ leaseToken: token })).toEqual({ kind: "delivered" });
      expect(await inside("edi", "ind")).toEqual([`${deliveryId}.edi`]);
    }
    expect(await readFile(join(root, supplierId, "edi/ind", `${deliveryId}.edi`), "utf8")).toBe(
      "UNB+UNOC:3'",
    );
  });

  test.each([
    ["application/xml; charset=utf-8", "xml"],
    ["application/fhir+json", "json"],
    ["application/x-../../etc", "dat"],
  ])("of type %s ends in .%s", async (contentType, ending) => {
    await sent({ contentType });
    expect(await inside("edi", "ind")).toEqual([`${deliveryId}.${ending}`]);
  });

  test("does not exist, not even in part, when it could not be written", async () => {
    await mkdir(join(root, supplierId, "edi/ind", `${deliveryId}.edi`));
    expect(await sent()).toMatchObject({ kind: "failed", error: "EISDIR" });
    expect(await inside("edi", "ind")).toEqual([`${deliveryId}.edi`]);
  });

  test("left incomplete by a killed process is removed when it is old; one being written stays", async () => {
    const folder = join(root, supplierId, "edi");
    const [old, young] = [`.${deliveryId}.${leaseToken}.part`, `.${leaseToken}.${deliveryId}.part`];
    for (const name of [old, young, ".keep"]) await writeFile(join(folder, name), "half");
    await utimes(join(folder, old), 1, 1);
    await utimes(join(folder, ".keep"), 1, 1);
    await sent({ path: "edi" });
    expect(await inside("edi")).toEqual([young, `${deliveryId}.edi`, ".keep", "ind"].sort());
  });
});

describe("no file is written", () => {
  test.each<[string, Partial<FolderFile>, string]>([
    ["without a root", { root: undefined }, "folder-not-configured"],
    ["where the folder is missing", { path: "edi/ud" }, "ENOENT"],
    ["where the root is missing", { root: "/nowhere/at/all" }, "ENOENT"],
    ["where another supplier's folder would be", { path: "../other" }, "folder-outside"],
    ["above the root", { path: "edi/../../.." }, "folder-outside"],
    ["where the path is a file", { path: "edi/file" }, "ENOTDIR"],
  ])("%s: %j", async (_name, more, error) => {
    await writeFile(join(root, supplierId, "edi", "file"), "");
    expect(await sent(more)).toEqual({ kind: "failed", error });
  });

  test.each(["edi/link", "edi/link/deeper"])("behind a symbolic link out of the folder: %s", async (path) => {
    const elsewhere = join(root, "elsewhere");
    await mkdir(join(elsewhere, "deeper"), { recursive: true });
    await symlink(elsewhere, join(root, supplierId, "edi", "link"));
    expect(await sent({ path })).toEqual({ kind: "failed", error: "folder-outside" });
    expect(await readdir(elsewhere)).toEqual(["deeper"]);
  });

  test("through a symbolic link with the file's name: the link is replaced, its target stays", async () => {
    const victim = join(root, "victim");
    await writeFile(victim, "before");
    await symlink(victim, join(root, supplierId, "edi/ind", `${deliveryId}.edi`));
    expect(await sent()).toEqual({ kind: "delivered" });
    expect(await readFile(victim, "utf8")).toBe("before");
  });
});

const [sender, receiver] = ["5790000120420", "5790000128686"];

describe("messages for a folder endpoint", () => {
  let url: string;
  let db: Database;
  let from: Awaited<ReturnType<typeof aVendor>>;
  let folder: string;
  const running: Workers[] = [];
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    url = await testDatabaseUrl();
    db = openDatabase(url);
    from = await aVendor(db);
    const to = await aVendor(db);
    await aLocation(db, { gln: sender, supplierId: from.supplierId });
    await aLocation(db, { gln: receiver, supplierId: to.supplierId });
    const endpoint = await anEndpoint(db, { supplierId: to.supplierId, transport: "folder", address: "ind" });
    await receives(db, receiver, endpoint, [["DIS91", "D9134L"]]);
    folder = join(root, to.supplierId, "ind");
  });
  afterEach(async () => {
    for (const workers of running.splice(0)) await workers.stop();
    for (const child of children.splice(0)) child.kill("SIGKILL");
    await closeDatabase(db);
  });

  const work = (aheadSeconds = 0) => {
    const clock = () => new Date(Date.now() + aheadSeconds * 1000);
    running.push(startWorkers(testDeps({ db, clock, env: { DATABASE_URL: url, FOLDER_ROOT: root } })));
  };
  const reader = () => createContext(db, from.key, new Date());
  async function send(text: string): Promise<{ id: string; bytes: Buffer }> {
    const bytes = anInterchange({
      sender,
      receiver,
      messages: [{ reference: `L${text.slice(0, 2).trim()}`, text }],
    });
    const ctx = createContext(db, from.key, new Date());
    const { interchange } = await acceptInterchange(ctx, { bytes, gatewayParty: "SORGATEWAY" });
    return { id: interchange.messages[0]?.id ?? "", bytes };
  }
  const stateOf = async (id: string) => (await getMessage(reader(), { id })).state;

  test("wait while the folder is missing and arrive once it exists", async () => {
    const { id, bytes } = await send("Kære kollega");
    work();
    await eventually(async () => (await listAttempts(reader(), { id })).length === 1);
    expect((await listAttempts(reader(), { id }))[0]).toMatchObject({ outcome: "failed", error: "ENOENT" });
    expect(await stateOf(id)).toBe("queued");
    await mkdir(folder, { recursive: true });
    work(700);
    await eventually(async () => (await stateOf(id)) === "delivered");
    const [name = ""] = await readdir(folder);
    expect(name).toMatch(/^[0-9a-f-]{36}\.edi$/);
    expect((await readFile(join(folder, name))).equals(bytes)).toBe(true);
  });

  test("are never incomplete under their name and none is lost when the writing processes are killed", async () => {
    await mkdir(folder, { recursive: true });
    const text = "x".repeat(300_000);
    const messages: { id: string; bytes: Buffer }[] = [];
    for (let message = 0; message < 25; message += 1) messages.push(await send(`${message} ${text}`));
    const whole = new Set(messages.map(({ bytes }) => bytes.toString("latin1")));
    const seen = async () => (await readdir(folder)).filter((name) => !name.startsWith("."));
    const checkWhole = async () => {
      for (const name of await seen()) {
        expect(whole.has(await readFile(join(folder, name), "latin1")), `${name} is whole`).toBe(true);
      }
    };
    for (const until of [2, 6, 12]) {
      const child = await aWorkerProcess(url, {
        FOLDER_ROOT: root,
        DELIVERIES_PER_ENDPOINT: "100",
        DELIVERIES_MAX: "3",
      });
      children.push(child);
      await eventually(async () => (await seen()).length >= until);
      child.kill("SIGKILL");
      await once(child, "exit");
      await checkWhole();
    }
    work(130);
    for (const { id } of messages) await eventually(async () => (await stateOf(id)) === "delivered");
    await checkWhole();
    expect(await seen()).toHaveLength(messages.length);
  }, 120_000);
});
