import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeDatabase, type Database, openDatabase } from "@sor/core";
import { type DemoAccounts, loadDemo } from "@sor/core/demo";
import { testDatabaseUrl } from "@sor/core/testing";
import { afterAll } from "vitest";
import { type RunningPortal, startPortal } from "./portal.ts";

export type DemoPortal = RunningPortal & {
  db: Database;
  databaseUrl: string;
  dataDir: string;
  accounts: DemoAccounts;
};

/** A database with demo data and the built portal on it; both are stopped at the end of the test file. */
export async function startDemoPortal(units = 120): Promise<DemoPortal> {
  const databaseUrl = await testDatabaseUrl();
  const db = openDatabase(databaseUrl);
  const dataDir = await mkdtemp(join(tmpdir(), "sor-portal-test-"));
  afterAll(async () => {
    await closeDatabase(db);
    await rm(dataDir, { recursive: true });
  });
  await loadDemo(db, { dataDir, units, now: new Date() });
  const accounts = JSON.parse(await readFile(join(dataDir, "demo-accounts.json"), "utf8")) as DemoAccounts;
  const portal = await startPortal(databaseUrl, { DATA_DIR: dataDir });
  return { ...portal, db, databaseUrl, dataDir, accounts };
}

/** Logs in through the login form; returns the session's cookies as a `cookie` header. */
export async function logIn(origin: string, login: { username: string; password: string }): Promise<string> {
  const answer = await fetch(`${origin}/login?/password`, {
    method: "POST",
    redirect: "manual",
    headers: { origin, accept: "text/html" },
    body: new URLSearchParams({ username: login.username, password: login.password, next: "/start" }),
  });
  if (answer.status !== 303) throw new Error(`logging in as ${login.username} answered ${answer.status}`);
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(";", 1)[0])
    .join("; ");
}

/** The cookies of a `cookie` header in the form that Playwright takes. */
export function browserCookies(header: string, origin: string) {
  return header
    .split("; ")
    .filter(Boolean)
    .map((pair) => {
      const [name = "", ...value] = pair.split("=");
      return { name, value: value.join("="), url: origin };
    });
}
