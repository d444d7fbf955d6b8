import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, inject } from "vitest";
import { closeDatabase, type Database, openDatabase, programRole } from "../database/index.ts";
import type {} from "./provided.ts";

const databases: string[] = [];
const handles: Database[] = [];

// Vitest gives each test file its own module graph, so this runs at the end of the importing file.
afterAll(async () => {
  for (const db of handles) await closeDatabase(db);
  if (databases.length === 0) return;
  await asOwner(async (client) => {
    for (const name of databases) await client.query(`drop database ${name} with (force)`);
  });
});

async function asOwner(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const server = new URL(inject("templateUrl"));
  server.pathname = "/postgres";
  const client = new pg.Client({ connectionString: server.href });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** The address of a new database with all tables and no rows, dropped at the end of the test file. */
export async function testDatabaseUrl(): Promise<string> {
  const name = `test_${randomBytes(8).toString("hex")}`;
  await asOwner((client) => client.query(`create database ${name} template template_sor`));
  databases.push(name);
  const url = new URL(inject("templateUrl"));
  url.pathname = `/${name}`;
  return url.href;
}

/** The same test database as the programs connect to it, with few rights; any other address is returned as it is. */
export function asProgram(url: string): string {
  const [own, asked] = [new URL(inject("templateUrl")), new URL(url)];
  if (asked.host !== own.host || asked.username !== own.username) return url;
  asked.username = programRole;
  asked.password = inject("programPassword");
  return asked.href;
}

/** A new database with all tables and no rows, for the calling test file only, dropped at its end. */
export async function testDatabase(): Promise<Database> {
  const db = openDatabase(await testDatabaseUrl());
  handles.push(db);
  return db;
}
