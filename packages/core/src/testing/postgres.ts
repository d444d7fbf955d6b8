import pg from "pg";
import type { TestProject } from "vitest/node";
import { migrateDatabase, startThrowawayPostgres } from "../database/index.ts";
import type {} from "./provided.ts";

/** Vitest's globalSetup: one PostgreSQL for the run with a migrated template database, removed at the end of the run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startThrowawayPostgres();
  const template = new URL(postgres.url);
  template.pathname = "/template_sor";
  try {
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    await client.query("create database template_sor");
    await client.end();
    await migrateDatabase(template.href);
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  project.provide("templateUrl", template.href);
  project.provide("programPassword", new URL(postgres.programUrl).password);
  return postgres.stop;
}
