import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";

/** Each folder may import only the ones before it (docs/architecture.md). */
const order = [
  ...[
    "faults",
    "errors",
    "etag",
    "paging",
    "own-address",
    "request-limit",
    "security-txt",
    "content-coding",
    "markup",
    "guides",
    "validity",
    "shares",
    "code-lists",
    "database",
    "queue",
    "spreadsheets",
    "vault",
    "identifiers",
    "permissions",
    "journal",
    "changed",
    "context",
  ],
  ...[
    "organisational-levels",
    "organisations",
    "location-numbers",
    "endpoints",
    "settings",
    "access",
    "message-types",
    "registration-steps",
    "editing",
    "changesets",
    "bulk",
    "phasing-out",
    "profiles",
    "day-changes",
    "routing",
    "messages",
    "content",
    "requests",
    "feed",
    "acceptance",
    "own-receipts",
    "ordering",
    "deliveries",
    "redirection",
    "receipts",
    "intake",
    "tracking",
    "sla",
    "steering",
    "resends",
    "retention",
    "probes",
    "vendor-switches",
  ],
  ...[
    "subscriptions",
    "outbox",
    "bounces",
    "public-subscriptions",
    "news",
    "newsletter",
    "roadmap",
    "contact",
    "written-guides",
    "status",
    "notice-plans",
    "notice-mail",
    "alerts",
    "datasets",
    "deltas",
    "snapshots",
    "changes",
    "change-subscriptions",
    "register-log",
    "watches",
    "demo",
    "imports",
  ],
];
type Sources = Readonly<Record<string, string>>;

/** The folder of a path, or the name of a top-level file: `journal/append.ts` and `errors.ts` give journal, errors. */
const nounOf = (path: string) => (path.split("/")[0] as string).replace(/\.ts$/, "");

function importsOf(path: string, text: string): string[] {
  const found = text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g);
  return [...found].map(([, target]) => normalize(join(dirname(path), target as string)));
}

function importFault(path: string, target: string): string | undefined {
  const [from, to] = [nounOf(path), nounOf(target)];
  const isTest = path.endsWith(".test.ts") || from === "testing";
  if (to === "testing") return isTest ? undefined : `${path}: only tests import testing`;
  if (from === to || isTest || path === "index.ts") return undefined;
  if (!order.includes(from) || !order.includes(to))
    return `${path}: ${from} or ${to} has no place in the order`;
  if (order.indexOf(to) > order.indexOf(from)) return `${path}: ${to} stands after ${from}`;
  const isFace = !target.includes("/") || /^[^/]+\/(index|tables)\.ts$/.test(target);
  return isFace ? undefined : `${path}: ${target} is not a face; import ${to}/index.ts`;
}

function placeFaults(path: string, text: string): string[] {
  if (path.endsWith(".test.ts") || path.startsWith("testing/")) return [];
  const isSchemas = path.endsWith("/schemas.ts") || path.startsWith("identifiers/");
  const faults: string[] = [];
  if (!isSchemas && /^import \{[^}]*\bz\b[^}]*\} from "zod"/m.test(text))
    faults.push(`${path}: schemas belong in schemas.ts`);
  if (!path.endsWith("/tables.ts") && /\bpgTable\(/.test(text))
    faults.push(`${path}: tables belong in tables.ts`);
  if (!/^database\/(locks|migrate)\.ts$/.test(path) && /pg_(?:try_)?advisory_/.test(text))
    faults.push(`${path}: advisory locks are named in database/locks.ts`);
  return faults;
}

// A key rotation renames payloads; everything else goes through `advanceDeliveries`, so that no lease is left standing.
const renamesPayload = "update(deliveries).set({ payloadSha256 })";

function deliveryFaults(path: string, text: string): string[] {
  if (path === "deliveries/advance-delivery.ts" || path.endsWith(".test.ts")) return [];
  const rest = path === "retention/rotate-keys.ts" ? text.replaceAll(renamesPayload, "") : text;
  const fault = `${path}: deliveries are changed by advanceDeliveries`;
  const isUpdated = /update\(\s*deliveries\s*\)|\bupdate\s+deliveries\b/i.test(rest);
  // Rows that are inserted begin without a lease, and those copied from another are made by partingDelivery.
  const isLeased = /insert\(deliveries\)/.test(rest) && /\b(leaseToken|leaseUntil|leasedBy)\b/.test(rest);
  const isCopied = /insert\(deliveries\)\s*\.values\(\{\s*\.\.\./.test(rest);
  return isUpdated || isLeased || isCopied ? [fault] : [];
}

// Whether something is in force is decided by `isInForce`, and in SQL by `whereInForce`.
function forceFaults(path: string, text: string): string[] {
  if (/(in-force|\.test)\.ts$/.test(path)) return [];
  const isOwnRule =
    /deactivatedAt\s*[!=]==\s*null|(?:null \|\||&&) (?:now|ctx\.now) < (?:grant\.)?validTo/.test(text) ||
    /(?:isNull|gt|lte)\((?:users\.deactivatedAt|apiKeys\.(?:revokedAt|expiresAt)|grants\.valid|sessions\.expiresAt)/.test(
      text,
    );
  return isOwnRule ? [`${path}: what is in force is decided by isInForce or whereInForce`] : [];
}

function cycleFaults(sources: Sources): string[] {
  const faults: string[] = [];
  const state = new Map<string, "open" | "done">();
  const visit = (path: string, way: string[]): void => {
    if (state.get(path) === "done" || sources[path] === undefined) return;
    if (state.get(path) === "open") {
      faults.push(`cycle: ${[...way.slice(way.indexOf(path)), path].join(" -> ")}`);
      return;
    }
    state.set(path, "open");
    for (const target of importsOf(path, sources[path])) visit(target, [...way, path]);
    state.set(path, "done");
  };
  for (const path of Object.keys(sources)) visit(path, []);
  return faults;
}

/** All violations of the rules of docs/architecture.md in these sources. */
function architectureFaults(sources: Sources): string[] {
  const each = Object.entries(sources).flatMap(([path, text]) => [
    ...importsOf(path, text).map((target) => importFault(path, target)),
    ...placeFaults(path, text),
    ...deliveryFaults(path, text),
    ...forceFaults(path, text),
  ]);
  return [...each.filter((fault) => fault !== undefined), ...cycleFaults(sources), ...idFaults(sources)];
}

// A plain `z.uuid()` keeps upper-case letters, and the id would then not match the lower-case ids it is compared with.
function idFaults(sources: Sources): string[] {
  return Object.entries(sources)
    .filter(
      ([path, text]) => !/identifiers\/uuid\.ts$|\.test\.ts$/.test(path) && /\bz\.(?:uuid|guid)/.test(text),
    )
    .map(([path]) => `${path}: ids are read by Uuid of identifiers`);
}

const paths = globSync("**/*.ts", { cwd: import.meta.dirname });
const sources = Object.fromEntries(
  paths.map((path) => [path, readFileSync(join(import.meta.dirname, path), "utf8")]),
);

test("core keeps its import order, its index files and its file locations", () => {
  expect(architectureFaults(sources)).toEqual([]);
});

test("the programs parse ids and decide what is in force as core does", () => {
  const apps = join(import.meta.dirname, "../../../apps");
  const found = globSync("*/src/**/*.{ts,svelte}", { cwd: apps });
  expect(found.length).toBeGreaterThan(300);
  const texts = found.map((path) => [path, readFileSync(join(apps, path), "utf8")]);
  expect(idFaults(Object.fromEntries(texts))).toEqual([]);
  expect(texts.flatMap(([path, text]) => forceFaults(path ?? "", text ?? ""))).toEqual([]);
});

test.each([
  [
    "an import against the order",
    "journal/planted.ts",
    'import { x } from "../messages/index.ts";',
    "messages stands after journal",
  ],
  ["an import past a face", "routing/planted.ts", 'import { x } from "../journal/append.ts";', "not a face"],
  [
    "a dynamic import past a face",
    "routing/planted.ts",
    'await import("../journal/append.ts");',
    "not a face",
  ],
  [
    "a program that uses the test helpers",
    "routing/planted.ts",
    'import { x } from "../testing/index.ts";',
    "only tests",
  ],
  [
    "a folder without a place",
    "helpers/planted.ts",
    'import { x } from "../errors.ts";',
    "no place in the order",
  ],
  [
    "an advisory lock with a number of its own",
    "routing/planted.ts",
    "await tx.execute(sql`select pg_advisory_xact_lock(7)`);",
    "named in database/locks.ts",
  ],
  ["a schema in a use case", "routing/planted.ts", 'import { z } from "zod";', "schemas belong in"],
  [
    "an id read in the case in which it comes",
    "routing/schemas.planted.ts",
    "const id = z.uuidv7();",
    "Uuid",
  ],
  [
    "a delivery changed past its state machine",
    "routing/planted.ts",
    'await tx.update(deliveries).set({ state: "done" });',
    "changed by advanceDeliveries",
  ],
  [
    "a delivery changed in SQL",
    "routing/planted.ts",
    "await tx.execute(sql`update deliveries set state = 'done'`);",
    "changed by advanceDeliveries",
  ],
  [
    "a delivery copied with its lease",
    "routing/planted.ts",
    "await tx.insert(deliveries).values({ ...delivery, id });",
    "changed by advanceDeliveries",
  ],
  [
    "a rule of its own for a grant in force",
    "alerts/planted.ts",
    "const held = grant.validFrom <= now && (grant.validTo === null || now < grant.validTo);",
    "decided by isInForce",
  ],
  [
    "a condition of its own for users that are not deactivated",
    "access/planted.ts",
    "const where = isNull(users.deactivatedAt);",
    "decided by isInForce",
  ],
  ["a table in a use case", "routing/planted.ts", 'const t = pgTable("t", {});', "tables belong in"],
  [
    "a file that imports itself in a circle",
    "routing/planted.ts",
    'import { x } from "./planted.ts";',
    "cycle",
  ],
])("%s is found", (_, path, text, fault) => {
  const faults = architectureFaults({ ...sources, [path]: text });
  expect(faults.filter((found) => found.includes("planted"))).toEqual([expect.stringContaining(fault)]);
});
