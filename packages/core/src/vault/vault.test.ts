import { createSecretKey } from "node:crypto";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  currentPayloadKey,
  decrypt,
  encrypt,
  hideDigest,
  hidePatientId,
  hideText,
  holdKeyring,
  loadKeyring,
  openKey,
  patientIdHashes,
  readKeyList,
  showDigest,
  showText,
  wrapAgain,
} from "./index.ts";

const key = (id: string, fill: number) => `${id}:${Buffer.alloc(32, fill).toString("base64")}`;
const hold = (payload: string, index = key("i1", 9)) =>
  holdKeyring({ payload: readKeyList(payload, "PAYLOAD_KEY"), index: readKeyList(index, "INDEX_KEY") });

beforeEach(() => hold(key("p1", 1)));

describe("a list of keys", () => {
  test("is parsed newest first, ignoring comments", () => {
    const keys = readKeyList(`# ours\n${key("b", 2)} # since May\n${key("a", 1)}\n`, "X");
    expect(keys.map(({ id, key: held }) => [id, held.export()[0]])).toEqual([
      ["b", 2],
      ["a", 1],
    ]);
  });

  test.each([
    ["", "holds no key"],
    ["a:short", "key 1 must be id:base64 with 32 bytes"],
    [key("A", 1), "key 1 must be"],
    [`${key("a", 1)} ${key("a", 2)}`, "two keys are named a"],
  ])("%j is refused without showing it", (text, fault) => {
    const read = () => readKeyList(text, "PAYLOAD_KEY");
    expect(read).toThrow(fault);
    try {
      read();
    } catch (error) {
      expect(String(error)).not.toContain("AQEB");
      expect(String(error)).not.toContain("short");
    }
  });
});

describe("encryption", () => {
  const secret = createSecretKey(Buffer.alloc(32, 5));
  test("is reversible, and gives a different result each time", () => {
    const [a, b] = [encrypt(secret, Buffer.from("brev"), "x"), encrypt(secret, Buffer.from("brev"), "x")];
    expect(a.equals(b)).toBe(false);
    expect(decrypt(secret, a, "x").toString()).toBe("brev");
  });

  test("fails to decrypt with another key or context, a changed bit, or truncated data", () => {
    const sealed = encrypt(secret, Buffer.from("brev"), "x");
    expect(() => decrypt(createSecretKey(Buffer.alloc(32, 6)), sealed, "x")).toThrow();
    expect(() => decrypt(secret, sealed, "y")).toThrow();
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] as number) ^ 1;
      expect(() => decrypt(secret, changed, "x")).toThrow();
      expect(() => decrypt(secret, sealed.subarray(0, at), "x")).toThrow();
    }
  });
});

describe("a payload's key", () => {
  test("is unwrapped by its master key, even when a newer one comes first", () => {
    const made = currentPayloadKey();
    hold(`${key("p2", 2)} ${key("p1", 1)}`);
    expect(openKey(made).equals(made.key)).toBe(true);
    const again = wrapAgain(made);
    expect(again.masterKeyId).toBe("p2");
    hold(key("p2", 2));
    expect(openKey(again).equals(made.key)).toBe(true);
  });

  test("gives an error with the key's id when its master key is missing", () => {
    const made = currentPayloadKey();
    hold(key("p2", 2));
    expect(() => openKey(made)).toThrow('PAYLOAD_KEY lacks the key "p1"');
  });
});

describe("hidden values", () => {
  const sha = Buffer.alloc(32, 7);
  test("a digest has one name under one key, another under another, and can be decrypted", () => {
    const name = hideDigest(sha);
    expect(name).toBe(hideDigest(sha));
    expect(name).not.toContain(sha.toString("hex").slice(0, 8));
    hold(key("p1", 1), `${key("i2", 8)} ${key("i1", 9)}`);
    expect(hideDigest(sha)).not.toBe(name);
    expect(showDigest(name)).toBe(sha.toString("hex"));
    expect(showDigest(sha.toString("hex"))).toBe(sha.toString("hex"));
  });

  test("a personal number hashed under an older key is among the hashes that are searched for", () => {
    const stored = hidePatientId("2512489996");
    hold(key("p1", 1), `${key("i2", 8)} ${key("i1", 9)}`);
    expect(hidePatientId("2512489996").equals(stored)).toBe(false);
    expect(patientIdHashes("2512489996").some((hash) => hash.equals(stored))).toBe(true);
  });

  test("a short text is decrypted, and an unencrypted one returned as it is", () => {
    const hidden = hideText("svar: æøå");
    expect(hidden).not.toContain("svar");
    expect(showText(hidden)).toBe("svar: æøå");
    expect(showText("svar")).toBe("svar");
  });
});

describe("keys of a process", () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), "keys-"));
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  test("are created once in the data folder, readable by its owner only", () => {
    const first = loadKeyring({ dataDir, mayMake: true });
    const again = loadKeyring({ dataDir, mayMake: false });
    expect(again.payload[0].key.equals(first.payload[0].key)).toBe(true);
    expect(first.index[0].key.equals(first.payload[0].key)).toBe(false);
    for (const name of ["payload-key", "index-key"]) {
      expect(statSync(join(dataDir, name)).mode & 0o777).toBe(0o600);
    }
  });

  test("that are missing and may not be created give an error with the setting's name", () => {
    expect(() => loadKeyring({ dataDir, mayMake: false })).toThrow("PAYLOAD_KEY is missing");
    expect(existsSync(join(dataDir, "payload-key"))).toBe(false);
  });

  test("come from the settings, from a file that is not readable by others", () => {
    const path = join(dataDir, "mine");
    writeFileSync(path, `${key("x", 3)}\n`);
    chmodSync(path, 0o644);
    const ring = loadKeyring({ dataDir, mayMake: false, PAYLOAD_KEY_FILE: path, INDEX_KEY: key("y", 4) });
    expect([ring.payload[0].id, ring.index[0].id]).toEqual(["x", "y"]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, "utf8")).toContain("x:");
    const both = { PAYLOAD_KEY: key("x", 3), PAYLOAD_KEY_FILE: path };
    expect(() => loadKeyring({ dataDir, mayMake: false, ...both })).toThrow("not both");
  });
});
