import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts"],
    globalSetup: ["src/testing/postgres.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    maxWorkers: 2,
    // Every file has a database of its own and nothing else to keep apart: loading all modules anew for each cost half the time.
    isolate: false,
    pool: "threads",
  },
});
